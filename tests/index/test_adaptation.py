"""The retriever adapted to a library: what is held out, how two models are judged, and the whole on a small library."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index import retriever
from index.glossary import Glossary
from index.passages import dense_text
from index.records import Passage, passage_id
from index.retriever.encoder import StaticEncoder
from index.retriever.training import adapt, fit, holdout
from index.retriever.training.adapt import Change, Outcome
from index.retriever.training.holdout import Pair, Score
from index.retriever.training.vocabulary import choose, make_tokenizer, pieces
from index.retriever.training.wordings import Wordings
from index.translations import Translations

HAN = "水电煤气油风光木金银铜铁锡铅土石山河湖海"


class Hot:
    """An encoder that knows texts by name."""

    name, dimension = "hot", 4

    def __init__(self, **vectors: Sequence[float]) -> None:
        self._vectors = vectors

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self._vectors[text] for text in texts], dtype=np.float32).reshape(-1, 4)


def prose(report: str, number: int) -> Passage:
    """A passage of invented words, another for each number."""
    draw = random.Random(f"{report}{number}")
    text = "，".join("".join(draw.choice(HAN) for _ in range(8)) for _ in range(4)) + "。"
    key = passage_id(report, "prose", number, number, text)
    return Passage(key, report, "prose", (), number, number, text, text)


def score(*reciprocal: float) -> Score:
    values = np.array(reciprocal)
    return Score(values, (values >= 0.2).astype(float))


@pytest.fixture
def wordings(tmp_path: Path):
    (tmp_path / "glossary.tsv").write_text("water\t水\twater\nwater\t电\tpower\n", encoding="utf-8")
    glossary = Glossary.load(tmp_path / "glossary.tsv")
    return lambda seed: Wordings(glossary, Translations([]), [], seed)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model of single characters whose vectors say nothing yet."""
    tokenizer = make_tokenizer(choose([*HAN], []))
    start = np.random.default_rng(0).normal(size=(len(pieces(tokenizer)), 16)).astype(np.float32)
    fit.save(tokenizer, start, tmp_path / "start")
    return tmp_path / "start"


def test_a_tenth_is_held_out_and_asked_about(wordings) -> None:
    passages = [prose("alpha", number) for number in range(400)]
    held = holdout.hold_out(passages, 1)
    assert len(held) == 40 and held == holdout.hold_out(passages[::-1], 1) != holdout.hold_out(passages, 2)
    asked = holdout.ask(passages, held, wordings(1))
    assert {pair.text for pair in asked} == held
    assert all(pair.asked for pair in asked)


def test_a_short_report_is_not_held_out() -> None:
    assert len(holdout.hold_out([prose("alpha", number) for number in range(40)], 1)) == holdout.FEWEST
    assert not holdout.hold_out([prose("alpha", number) for number in range(39)], 1)
    assert not holdout.hold_out([], 1)


def test_ranks_are_those_among_all_texts() -> None:
    encoder = Hot(a=[1, 0, 0, 0], b=[0, 1, 0, 0], c=[0, 0, 1, 0], q=[0.9, 0.4, 0.1, 0], r=[0, 0, 1, 0])
    judged = holdout.judge(encoder, [Pair("q", "b"), Pair("r", "b"), Pair("r", "c")], ["a", "b", "c", "a"])
    assert judged.reciprocal.tolist() == pytest.approx([(1 / 2 + 1 / 2) / 2, 1])  # "b" and "a" tie behind "c"
    assert judged.first.tolist() == [1, 1]


def test_only_a_gain_beyond_chance_counts() -> None:
    draw = np.random.default_rng(0)
    before = draw.uniform(size=60)
    assert holdout.better(score(*before), score(*before + 0.1), 1)
    assert not holdout.better(score(*before), score(*before), 1)
    assert not holdout.better(score(*before), score(*before - 0.1), 1)
    assert not holdout.better(score(*before), score(*before + draw.normal(size=60)), 1)


def test_what_costs_the_other_reports_is_not_kept() -> None:
    gain = Change(score(*[0.5] * 30), score(*[0.6] * 30))
    assert Outcome(gain, None).keep()
    assert Outcome(gain, Change(score(0.5, 0.7), score(0.5, 0.69))).keep()
    assert not Outcome(gain, Change(score(0.5, 0.7), score(0.5, 0.6))).keep()
    assert not Outcome(Change(gain.after, gain.before), None).keep()


def test_an_adaptation_of_other_weights_does_not_count(small_shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / retriever.ADAPTED
    assert retriever.model_in(tmp_path / "models") == small_shipped
    fit.save(make_tokenizer({"水": 1}), np.ones((359, 4), dtype=np.float32), folder)
    for told, counts in (({"from": retriever.version()}, True), ({"from": "other"}, False), ([], False)):
        (folder / retriever.ORIGIN).write_text(json.dumps(told), encoding="utf-8")
        assert (retriever.model_in(tmp_path / "models") == folder) == counts
    (folder / retriever.ORIGIN).write_text("no JSON", encoding="utf-8")
    assert retriever.model_in(tmp_path / "models") == small_shipped


@pytest.fixture
def small_shipped(model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(retriever, "MODEL", model)
    return model


def test_a_library_too_short_to_judge_by_is_left(wordings, model: Path, tmp_path: Path) -> None:
    passages = [prose("alpha", number) for number in range(20)] + [prose("old", number) for number in range(100)]
    made = adapt.adapt(passages, {"alpha"}, wordings, model, tmp_path / "made", lambda *_: None)
    assert made is None and not (tmp_path / "made").exists()


def test_adaptation_to_a_small_library(wordings, model: Path, tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("datasets")
    pytest.importorskip("accelerate")
    monkeypatch.setattr(adapt, "RATE", 0.01)
    passages = [prose("alpha", number) for number in range(200)] + [prose("old", number) for number in range(60)]
    told: list[tuple[str, int, int]] = []
    made = adapt.adapt(passages, {"alpha"}, wordings, model, tmp_path / "made", lambda *step: told.append(step))
    assert made is not None and made.others is not None
    assert len(made.added.before.reciprocal) == 20 == len(made.others.before.reciprocal)
    assert told[-1][0] == "training" and told[-1][1] == told[-1][2] > 0
    origin = json.loads((tmp_path / "made" / retriever.ORIGIN).read_text(encoding="utf-8"))
    assert origin == {"from": retriever.version(model)}
    adapted = StaticEncoder("adapted", tmp_path / "made")
    text = dense_text(passages[0])
    assert adapted.encode([text]).shape == (1, 16)
    assert not np.allclose(adapted.encode([text]), StaticEncoder("start", model).encode([text]))
