"""The project's own retriever: the fast path, its equality with sentence-transformers, and what it must know."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index import retriever
from index.embedding import EncoderError, encoder_name, load_encoder
from index.retriever.encoder import StaticEncoder
from index.retriever.training.fit import save
from index.retriever.training.vocabulary import NUMBER, choose, make_tokenizer, pieces

TEXTS = [
    "绿色信贷余额",
    "Scope 1 greenhouse gas emissions, 1,234.5 tonnes",
    "員工流失率（按性別劃分）：女性",
    "30 岁以下 2024年 12.5%",
    "",
    "。！",
    "ковид €",
    "审计委员会每半年听取一次内部控制评价汇报，并对发现的缺陷督促整改。",
]

needs_model = pytest.mark.skipif(
    not (retriever.MODEL / "modules.json").is_file(), reason="the retriever is not trained yet"
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A model folder of a few tokens with random vectors."""
    tokenizer = make_tokenizer(choose(["贷款", "余额", " loan", "s", "ing"], ["绿色信贷余额 female directors"]))
    size = len(pieces(tokenizer))
    save(tokenizer, np.random.default_rng(0).normal(size=(size, 8)).astype(np.float32), tmp_path / "small")
    return tmp_path / "small"


def shipped() -> StaticEncoder:
    encoder = load_encoder(retriever.NAME, Path("nowhere"))
    assert isinstance(encoder, StaticEncoder)
    return encoder


def test_vectors_are_of_length_one_and_zero_without_a_word(small: Path) -> None:
    encoder = StaticEncoder("small", small)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension) and vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.allclose(lengths, [1, 1, 1, 1, 0, 0, 1, 1], atol=1e-5)
    assert encoder.encode([]).shape == (0, 8)


def test_batches_do_not_change_vectors(small: Path) -> None:
    encoder = StaticEncoder("small", small)
    together = encoder.encode(TEXTS * 300)
    assert np.allclose(together[: len(TEXTS)], encoder.encode(TEXTS), atol=1e-6)
    assert np.allclose(together[-len(TEXTS) :], encoder.encode(TEXTS), atol=1e-6)


def test_both_scripts_and_widths_are_one(small: Path) -> None:
    encoder = StaticEncoder("small", small)
    one, other = encoder.encode(["綠色信貸餘額 ＬＯＡＮ", "绿色信贷余额 loan"])
    assert np.allclose(one, other, atol=1e-6)


def test_a_folder_made_by_training_is_read_by_the_fast_path(small: Path, tmp_path: Path) -> None:
    encoder = load_encoder(str(small), tmp_path)
    assert isinstance(encoder, StaticEncoder)
    assert encoder.name == encoder_name(str(small), tmp_path) == "small"


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_damaged_folder_is_one_clear_line(small: Path, name: str) -> None:
    (small / "0_StaticEmbedding" / name).write_bytes(b"broken")
    with pytest.raises(EncoderError) as caught:
        StaticEncoder("small", small).encode(["贷款"])
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_tokens() -> None:
    tokens = [" emissions", "排放", "金融", "机构", "金融机构", "可持", "s"]
    tokenizer = make_tokenizer(choose(tokens, ["温室气体"]))
    assert "金融机构" not in pieces(tokenizer)
    assert tokenizer.encode("金融机构 emissions 2024 1,234.5 范围1").tokens[:5] == [
        "金融",
        "机构",
        "emissions",
        NUMBER,
        NUMBER,
    ]
    assert tokenizer.encode("范围1").tokens[-1] == "1"
    assert tokenizer.encode("ж").tokens == ["<0xD0>", "<0xB6>"]


@needs_model
def test_the_shipped_model_is_small_and_named_by_its_weights() -> None:
    size = sum(file.stat().st_size for file in retriever.MODEL.rglob("*") if file.is_file())
    assert 0 < size <= 40_000_000
    assert encoder_name(retriever.NAME, Path("nowhere")) == shipped().name == retriever.version()
    assert retriever.version().startswith(retriever.NAME + "-")
    told = json.loads((retriever.MODEL / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert told["search_form"] is True


@needs_model
@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("女职工的离职率是多少", "按性别划分的员工流失率 女性", "按性别划分的员工流失率 男性"),
        ("non-performing loan ratio", "不良贷款率", "拨备覆盖率"),
        ("how much electricity did the company use", "用电量", "用水量"),
        ("greenhouse gas emissions", "溫室氣體排放總量", "有害废弃物总量"),
        ("how many employees are there", "员工总数", "客户总数"),
    ],
)
def test_what_the_shipped_model_knows(question: str, right: str, wrong: str) -> None:
    asked, one, other = shipped().encode([question, right, wrong])
    assert asked @ one > asked @ other


@needs_model
def test_vectors_equal_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    from index.text import normalise

    model = SentenceTransformer(str(retriever.MODEL), device="cpu").float()
    theirs = model.encode([normalise(text) for text in TEXTS])
    assert np.allclose(shipped().encode(TEXTS), theirs, atol=1e-5)


@needs_model
def test_no_torch_on_the_question_path() -> None:
    code = (
        "import sys, pathlib\n"
        "from index.embedding import load_encoder\n"
        "from index import retriever\n"
        "print(load_encoder(retriever.NAME, pathlib.Path('nowhere')).encode(['不良贷款率是多少？']).shape[0])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["1", "[]"], done.stderr
