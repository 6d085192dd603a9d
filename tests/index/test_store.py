from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np
import pytest

from index import store
from index.conflicts import Conflict, Place
from index.records import Cell, Passage, Row
from index.store import Index, ReportEntry, StoreError, make_index
from tests.index.fake_encoder import FakeEncoder

TEXTS = {
    "alpha": ["员工流失率 3.62%", "绿色贷款余额 112.08亿元", "年度培训总时长 29万小时"],
    "beta": ["员工总数 1,899人", "绿色贷款余额 40亿元"],
}


def passages() -> list[Passage]:
    made = []
    for report, texts in TEXTS.items():
        for number, text in enumerate(texts, start=1):
            made.append(Passage(f"{report}{number}", report, "prose", ("节",), number, number, text, text))
    row = Row("gamma", "表", ("组",), "男", "人", "", (Cell("2024", None, "/", 5, 1), Cell("2023", 3.0, "3", 6)), 4)
    made.append(Passage("gamma1", "gamma", "row", ("表",), 4, 6, "表 > 组 > 男", "表 组 男", row))
    return made


CONFLICTS = [Conflict("alpha", "员工总数", "2024", "人", (Place(1899.0, "1,899", 3), Place(1937.0, "1,937", 9)))]
ENTRIES = [ReportEntry(name, "mark", 10, 2, 0) for name in ("alpha", "beta", "gamma")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vectors = FakeEncoder().encode([passage.text for passage in passages()])
    with store.lock(tmp_path / "index"):
        store.write(tmp_path / "index", passages(), CONFLICTS, vectors, "fake", ENTRIES)
    return tmp_path / "index"


def found(hits: list[tuple[int, float]], index: Index) -> list[str]:
    return [index.passages[position].id for position, _ in hits]


def test_what_is_written_is_read(folder: Path) -> None:
    index = Index.load(folder)
    assert index.passages == tuple(passages())
    assert index.conflicts == tuple(CONFLICTS)
    assert index.encoder == "fake"
    index.check()


def test_lexical_search(folder: Path) -> None:
    index = Index.load(folder)
    hits = index.lexical("绿色贷款余额是多少？", 5)
    assert set(found(hits, index)[:2]) == {"alpha2", "beta2"}
    assert all(score > 0 for _, score in hits)
    assert hits == sorted(hits, key=lambda hit: -hit[1])
    assert found(index.lexical("绿色贷款余额", 5, ["beta"]), index)[0] == "beta2"
    assert all(index.passages[position].report == "beta" for position, _ in index.lexical("绿色员工", 5, ["beta"]))


@pytest.mark.parametrize("text", ["", "？？", "😀", "zzz qqq"])
def test_a_text_that_shares_nothing_finds_nothing(text: str, folder: Path) -> None:
    assert Index.load(folder).lexical(text, 5) == []


def test_dense_search_is_exact(folder: Path) -> None:
    index = Index.load(folder)
    encoder = FakeEncoder()
    query = encoder.encode(["问题"])[0]
    matrix = encoder.encode([passage.text for passage in index.passages])
    expected = np.argsort(-(matrix @ query), kind="stable")
    assert [position for position, _ in index.dense(query, 10)] == expected.tolist()
    chosen = [position for position in expected if index.passages[position].report in ("alpha", "gamma")]
    assert [position for position, _ in index.dense(query, 10, ["alpha", "gamma"])] == chosen
    assert index.dense(query, 10, ["nobody"]) == []
    assert len(index.dense(query, 2)) == 2


def test_a_vector_of_another_encoder_is_refused(folder: Path) -> None:
    with pytest.raises(StoreError, match="encoder"):
        Index.load(folder).dense(np.ones(7, dtype=np.float32), 3)


def test_without_vectors_dense_finds_nothing(tmp_path: Path) -> None:
    assert make_index(passages()).dense(np.ones(16, dtype=np.float32), 3) == []


def test_an_empty_index_can_be_written_and_searched(tmp_path: Path) -> None:
    with store.lock(tmp_path):
        store.write(tmp_path, [], [], None, "none", [])
    index = Index.load(tmp_path)
    assert index.lexical("绿色", 3) == []
    index.check()


def test_passages_near_lines(folder: Path) -> None:
    index = Index.load(folder)
    assert found([(position, 0.0) for position in index.near("alpha", 2, 3)], index) == ["alpha2", "alpha3"]
    assert index.near("nobody", 1, 9) == []


def message(folder: Path, encoder: str | None = None) -> str:
    with pytest.raises(StoreError) as caught:
        Index.load(folder, encoder)
    assert "\n" not in str(caught.value)
    assert "assistant index build" in str(caught.value)
    return str(caught.value)


def test_no_index(tmp_path: Path) -> None:
    assert "no index" in message(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["passages.jsonl", "conflicts.jsonl", "vectors.faiss", "bm25/vocab.index.json"])
@pytest.mark.parametrize("harm", ["remove", "empty", "flip", "cut"])
def test_a_damaged_file_is_named(name: str, harm: str, folder: Path) -> None:
    file = store.current(folder) / name
    data = bytearray(file.read_bytes())
    if harm == "remove":
        file.unlink()
    else:
        data[len(data) // 2] ^= 1
        file.write_bytes({"empty": b"", "flip": bytes(data), "cut": bytes(data[:-3])}[harm])
    assert name in message(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "\x00\xff"])
def test_a_damaged_manifest(text: str, folder: Path) -> None:
    (store.current(folder) / store.MANIFEST).write_text(text, encoding="latin-1")
    assert "damaged" in message(folder)


def test_a_pointer_to_nowhere(folder: Path) -> None:
    for text in ("", "generation-000000000000", "..", "/"):
        (folder / store.CURRENT).write_text(text, encoding="utf-8")
        assert "damaged" in message(folder)


def test_another_format(folder: Path) -> None:
    file = store.current(folder) / store.MANIFEST
    data = json.loads(file.read_text(encoding="utf-8"))
    data["format"] = store.FORMAT + 1
    file.write_text(json.dumps(data), encoding="utf-8")
    assert f"format {store.FORMAT + 1}" in message(folder)


def test_another_encoder(folder: Path) -> None:
    assert "'fake'" in message(folder, "m3e-small")
    Index.load(folder, "fake")
    Index.load(folder, "none")


def test_parts_that_do_not_fit_are_found(folder: Path) -> None:
    index = Index.load(folder)
    index._vectors = faiss.IndexFlatIP(16)
    with pytest.raises(StoreError, match="fit"):
        index.check()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"), store.lock(tmp_path / "file" / "index"):
        pass


def test_a_full_disk_leaves_the_old_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_flush", full)
    with pytest.raises(StoreError, match="No space left on device"), store.lock(folder):
        store.write(folder, passages(), [], None, "none", ENTRIES)
    monkeypatch.undo()
    assert Index.load(folder).encoder == "fake"
    assert len(list(folder.glob("generation-*"))) == 1


def test_two_builds_at_once_are_refused(folder: Path) -> None:
    with store.lock(folder), pytest.raises(StoreError, match="another build"), store.lock(folder):
        pass


def test_reading_while_a_build_swaps_the_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that began on the old generation goes on with the new one when the old is removed under it."""
    check = store.check_files
    swapped = []

    def swap_first(home: Path, manifest: store.Manifest) -> None:
        if not swapped:
            swapped.append(True)
            store.write(folder, passages()[:1], [], None, "none", ENTRIES[:1])
        check(home, manifest)

    monkeypatch.setattr(store, "check_files", swap_first)
    assert len(Index.load(folder).passages) == 1


def test_loading_is_fast(tmp_path: Path) -> None:
    import time

    many = [
        Passage(f"id{n}", "alpha", "prose", ("节",), n, n, f"第{n}项绿色贷款余额", f"第{n}项绿色贷款余额")
        for n in range(4000)
    ]
    vectors = FakeEncoder(dimension=64).encode([passage.text for passage in many])
    with store.lock(tmp_path):
        store.write(tmp_path, many, [], vectors, "fake", ENTRIES[:1])
    began = time.process_time()
    Index.load(tmp_path)
    assert time.process_time() - began < 1
