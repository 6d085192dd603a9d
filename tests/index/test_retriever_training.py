"""The retriever's training data: wordings, triples, batches, questions; without the LLM and without training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.catalog import Report
from index.glossary import Glossary
from index.passages import dense_text, make_passages
from index.records import Cell, Passage, Row
from index.retriever.training import fit, questions
from index.retriever.training.batches import Apart
from index.retriever.training.language_model import Message, Writer
from index.retriever.training.lexicon import mutual
from index.retriever.training.pairs import Triple, all_triples
from index.retriever.training.questions import Question, answerable, order
from index.retriever.training.wordings import Wordings, read_contrasts
from index.text import read_lines
from index.translations import Translations, english_terms

GLOSSARY = """\
workforce\t流失率|离职率\tturnover rate|attrition rate
workforce\t员工|雇员\temployees|staff
workforce\t女性|女员工\tfemale|women
water\t用水量|耗水量\twater consumption|water use
water\t用电量\telectricity consumption
"""
PROSE = """审计委员会每半年听取一次内部控制评价汇报，并对发现的缺陷督促整改。
审计委员会由三名独立董事组成，主任委员具备会计专业资格，全年共召开六次会议，所有委员均亲自出席。
公司为女性员工开展健康讲座，并设立母婴室和心理咨询热线，全年用水量在节水改造之后继续下降。
"""


@pytest.fixture
def wordings(tmp_path: Path) -> Wordings:
    (tmp_path / "glossary.tsv").write_text(GLOSSARY, encoding="utf-8")
    (tmp_path / "contrasts.txt").write_text("# a set a line\n! 男|男性 / 女|女性\n", encoding="utf-8")
    contrasts = read_contrasts(tmp_path / "contrasts.txt")
    return Wordings(Glossary.load(tmp_path / "glossary.tsv"), Translations([]), contrasts, seed=1)


@pytest.fixture
def passages(tmp_path: Path, wordings: Wordings) -> list[Passage]:
    (tmp_path / "report.txt").write_text(PROSE, encoding="utf-8")
    name = {"zh-Hans": "甲公司", "zh-Hant": "甲公司", "en": "Alpha"}
    report = Report("alpha", name, "甲公司", (), (), "报告", 2024, "zh-Hans", tmp_path / "report.txt")

    def row(group: str, label: str, line: int) -> Row:
        cells = (Cell("2024", 1.0, "1.0", line),)
        return Row("alpha", "社会", (group,) if group else (), label, "%", "", cells, label_line=line)

    rows = [row("员工流失率", "女性", 11), row("员工流失率", "男性", 12), row("", "用水量", 13), row("", "用电量", 14)]
    return make_passages(report, read_lines(report.path), rows, lambda text: english_terms(text, wordings.glossary))


def made(passages: Sequence[Passage], wordings: Wordings) -> list[Triple]:
    asked = [Question(passages[0].id, "alpha", "内控评价多久汇报一次？", "How often is internal control reported?")]
    return all_triples(passages, asked, [("水", "water"), ("电", "electricity")], wordings, fit.ROUNDS)


def test_terms_are_said_otherwise_in_both_languages(wordings: Wordings) -> None:
    assert {wordings.chinese("员工流失率", 1.0) for _ in range(40)} >= {"雇员离职率", "员工离职率"}
    assert {wordings.english("女性流失率") for _ in range(40)} >= {"female turnover rate", "women attrition rate"}
    assert wordings.mixed("用电量（度）", 1.0) == "electricity consumption (度)"


def test_what_must_not_be_confused_is_swapped(wordings: Wordings) -> None:
    assert wordings.confused("女性员工") == "男员工"
    assert wordings.confused("男性和女性") == ""
    assert wordings.confused("用水量") == ""


def test_triples_are_of_every_source_and_never_their_own_negative(passages, wordings) -> None:
    triples = made(passages, wordings)
    assert {triple.source for triple in triples} >= {"glossary", "rows", "cloze", "questions", "lexicon"}
    texts = {dense_text(passage) for passage in passages}
    for triple in triples:
        assert triple.anchor and triple.positive and triple.negative and triple.positive != triple.negative
        if triple.source in ("rows", "questions"):
            assert triple.positive in texts
    assert any(triple.anchor.isascii() for triple in triples if triple.source == "rows")


def test_a_text_without_a_word_is_no_part_of_a_triple(passages, wordings) -> None:
    number = Question(passages[0].id, "alpha", "1,234.5?", "2024?")
    triples = all_triples(passages, [number], [("水", "water"), ("…", "water")], wordings, fit.ROUNDS)
    assert not [triple for triple in triples if triple.source == "questions"]
    assert all(triple.anchor != "…" for triple in triples)


def test_the_same_seed_gives_the_same_triples(passages, wordings) -> None:
    other = Wordings(wordings.glossary, wordings.translations, wordings.contrasts, seed=1)
    assert made(passages, Wordings(wordings.glossary, wordings.translations, wordings.contrasts, 1)) == made(
        passages, other
    )


def test_no_batch_asks_or_answers_the_same_twice() -> None:
    triples = [
        Triple(f"问{number % 50}", f"答{number % 20}", f"答{(number + 1) % 20}", "rows") for number in range(400)
    ]
    batches = Apart(range(400), triples, batch_size=8)
    first, second = list(batches), None
    batches.set_epoch(1)
    second = list(batches)
    assert len(first) == len(batches) > 10 and first != second
    for batch in first:
        assert len({triples[number].anchor for number in batch}) == len(batch)
        assert len({triples[number].positive for number in batch}) == len(batch)


def test_questions_are_read_from_the_reply_and_asked_once(passages, tmp_path: Path, monkeypatch) -> None:
    asked = []

    class Model:
        def create_chat_completion(self, messages: list[Message], **_: object) -> dict[str, object]:
            asked.append(messages)
            return {"choices": [{"message": {"content": "内控评价多久汇报一次？\nHow often is it reported to them?"}}]}

    monkeypatch.setattr(Writer, "_model", lambda self: Model())
    for _ in range(2):
        writer = Writer(tmp_path / "none.gguf", tmp_path / "replies.jsonl")
        found = list(questions.write(order(passages), writer))
        assert {(question.zh, question.en) for question in found} == {
            ("内控评价多久汇报一次？", "How often is it reported to them?")
        }
    assert len(asked) == len({str(messages) for messages in asked}) == len(order(passages))
    questions.save(found, tmp_path / "questions.jsonl")
    assert sorted(questions.read(tmp_path / "questions.jsonl"), key=str) == sorted(found, key=str)


def test_a_question_that_finds_another_passage_is_dropped(passages, monkeypatch) -> None:
    monkeypatch.setattr(questions, "_FIRST", 1)
    water, power = (next(p for p in passages if p.row and p.row.label == label) for label in ("用水量", "用电量"))
    right = Question(water.id, "alpha", "用水量是多少？", "How much was it then?")
    wrong = Question(power.id, "alpha", "用水量是多少？", "How much was it then?")
    assert answerable([right, wrong], passages) == [right]


def test_words_that_are_mutually_nearest_are_a_pair() -> None:
    pieces = ["排放", "贷款", "emissions", "loan", "x"]
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0, 1]], dtype=np.float32)
    assert ("排放", "emissions") in mutual(pieces, vectors, nearest=1)
    assert ("排放", "loan") not in mutual(pieces, vectors, nearest=1)


def test_training_brings_question_and_answer_together_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    pytest.importorskip("accelerate")

    from index.retriever.encoder import StaticEncoder
    from index.retriever.training.vocabulary import choose, make_tokenizer, pieces

    words = ["水", "电", "煤", "气", "油", "风", "光", "木"]
    english = ["water", "power", "coal", "gas", "oil", "wind", "light", "wood"]
    tokenizer = make_tokenizer(choose([*words, *(f" {word}" for word in english)], []))
    start = np.random.default_rng(0).normal(size=(len(pieces(tokenizer)), 16)).astype(np.float32)
    triples = [
        Triple(f"{english[n]} {english[(n + k) % 8]}", f"{words[n]}{words[(n + k) % 8]}", words[(n + 4) % 8], "rows")
        for n in range(8)
        for k in range(4)
    ]
    trained = fit.train(tokenizer, start, triples, tmp_path / "work", epochs=20, rate=0.05, batch=8)
    again = fit.train(tokenizer, start, triples, tmp_path / "work", epochs=20, rate=0.05, batch=8)
    assert trained.shape == start.shape and np.abs(trained - again).max() < 1e-5  # nothing was left to do
    fit.save(tokenizer, trained, tmp_path / "model")
    encoder = StaticEncoder("model", tmp_path / "model")
    scores = encoder.encode(english) @ encoder.encode(words).T
    assert (scores.argmax(axis=1) == np.arange(8)).mean() > 0.8


def test_between_start_and_end_of_a_training() -> None:
    start = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    trained = np.array([[0.0, 2.0], [2.0, 0.0]], dtype=np.float32)
    assert np.allclose(fit.between(start, trained, 1.0), trained)
    assert np.allclose(fit.between(start, trained, 0.75), [[0.5, 1.5], [1.5, 0.5]])  # start at the trained ones' length
