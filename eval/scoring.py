"""The score of one answer: right, wrong or refused, with its reasons. Deterministic; no language model judges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from eval.commitment import commit
from eval.evidence import EvidenceScore, LineSource, read_citations, score_evidence
from eval.facts import names_choice, names_text, spelled
from eval.figures import Figure, close, figures
from eval.gold import Gold, direction, gold_of
from eval.language import keeps_language
from eval.periods import months_in, periods, years_in
from eval.schema import EvalLanguage, Question
from eval.units import Unit, parse_unit
from eval.wording import pattern, plain, refuses, sentences

Verdict = Literal["right", "wrong", "refused", "error"]
LONGEST_TEXT = 1500  # characters; more than this is a page, not an answer


@dataclass(frozen=True)
class Score:
    """Of an answerable question: right, wrong, refused or error. Of an absent one: right (refused), wrong, error.

    reason: why it is not right ("scale", "period", "several figures", …), else "". evidence_hit, precision, recall:
    None where nothing was cited or nothing needs citing. both_shown: for conflicts, whether both values are stated.
    items: share of a list's items found.
    """

    verdict: Verdict
    reason: str = ""
    evidence_hit: bool | None = None
    precision: float | None = None
    recall: float | None = None
    cited: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    language_ok: bool | None = None
    both_shown: bool | None = None
    items: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a result file."""
        return asdict(self)


def no_lines(report: str, first: int, last: int) -> tuple[str, ...]:
    """A line source that knows no report: citation recall is then only as good as formulas allow."""
    return ()


def score(
    question: Question, language: EvalLanguage, answer: Mapping[str, Any] | None, lines: LineSource = no_lines
) -> Score:
    """Score an answer object (any mapping with at least "answer"); None is a missing answer."""
    if answer is None:
        return Score("error", "no answer")
    raw = answer.get("answer")
    if answer.get("error") or not isinstance(raw, str) or not raw.strip():
        return Score("error", str(answer.get("error") or "empty answer")[:200])
    if len(raw) > 4 * LONGEST_TEXT:
        return Score("wrong", "too long")
    text = plain(raw)
    spoken = keeps_language(question.text(language), raw)
    refused = is_refusal(question, language, answer, text)
    if question.type == "absent":
        cited = tuple(citation.place for citation in read_citations(answer))
        reason = "" if refused else "answered an absent question"
        return Score("right" if refused else "wrong", reason, cited=cited, language_ok=spoken)
    evidence = score_evidence(
        question, language, answer, lines, lambda sentence: names_text(question, language, sentence)
    )
    if refused:
        return _with(evidence, "refused", "", spoken, question, None, None)
    items = _items_found(question, text)
    reason = _judge(question, language, answer, text)
    both = _shows_both(question, language, answer, text) if question.conflict or question.type == "conflict" else None
    return _with(evidence, "wrong" if reason else "right", reason, spoken, question, both, items)


def _with(
    evidence: EvidenceScore,
    verdict: Verdict,
    reason: str,
    spoken: bool,
    question: Question,
    both: bool | None,
    items: float | None,
) -> Score:
    return Score(
        verdict=verdict,
        reason=reason,
        evidence_hit=None if verdict == "refused" else evidence.hit,
        precision=evidence.precision,
        recall=evidence.recall,
        cited=evidence.cited,
        missed=evidence.missed,
        language_ok=spoken,
        both_shown=both,
        items=items,
    )


def _judge(question: Question, language: EvalLanguage, answer: Mapping[str, Any], text: str) -> str:
    """Why an answer that does not refuse is not right; "" when it is."""
    if len(text) > LONGEST_TEXT:
        return "too long"
    if question.value is not None:
        reason = _judge_number(question, language, answer, text)
        if reason:
            return reason
    if question.type == "list":
        return "" if _items_found(question, text) == 1.0 else "items missing"
    if question.accept:
        if question.type in ("comparison", "conflict"):
            return "" if names_choice(question, language, text) else "other choice"
        return "" if names_text(question, language, text) else "other text"
    return ""


def _judge_number(question: Question, language: EvalLanguage, answer: Mapping[str, Any], text: str) -> str:
    gold = gold_of(question, language)
    if "第几" in plain(question.text(language)):
        text = re.sub(r"第(?=\d)", "", text)  # elsewhere such a number is a name
    stated = commit(text, gold, _labelled(answer), firm=answer.get("value") is not None)
    if stated.reason:
        return stated.reason
    if _period_field_differs(answer, gold):
        return "period"
    return _value_field_problem(answer, gold, text, stated.hits)


def _labelled(answer: Mapping[str, Any]) -> list[float]:
    """Amounts that the answer object names as further results, nearest figures or conflicting values."""
    numbers: list[float] = []
    for name in ("results", "nearest"):
        items = answer.get(name)
        numbers += [
            abs(i["value"]) for i in items or () if isinstance(i, Mapping) and isinstance(i.get("value"), int | float)
        ]
    for item in answer.get("conflicts") or ():
        if isinstance(item, Mapping):
            numbers += [abs(v) for v in item.get("values") or () if isinstance(v, int | float)]
    return numbers


def _period_field_differs(answer: Mapping[str, Any], gold: Gold) -> bool:
    """Whether the `period` field names another year or month than asked; of a computed value any asked year will do."""
    period = answer.get("period")
    if not isinstance(period, str) or not period:
        return False
    years = years_in(period)
    months = months_in(period) | ({6} if "H1" in period else set())
    if years and gold.years and not years & gold.years:
        return not gold.derived
    return bool(months and gold.months and not months & gold.months)


def _value_field_problem(answer: Mapping[str, Any], gold: Gold, text: str, hits: tuple[Figure, ...]) -> str:
    """Why the `value` and `unit` fields do not say what the text rightly says; "" when they do or are not there."""
    value = answer.get("value")
    if value is None or isinstance(value, bool):
        return ""
    unit_text = answer.get("unit")
    if isinstance(value, str):
        read = [figure for figure in figures(plain(value)) if not figure.weak]
        if len(read) != 1:
            return "value field"
        number, sign, decimals, unit = read[0].number, read[0].sign, read[0].decimals, read[0].unit
    elif isinstance(value, int | float):
        number, sign, unit = abs(float(value)), -1 if value < 0 else 1, Unit()
        decimals = len(str(value).split(".")[1]) if "." in str(value) and "e" not in str(value) else 0
    else:
        return "value field"
    if isinstance(unit_text, str) and unit_text.strip():
        unit = parse_unit(unit_text)
    elif not unit.dimension:
        same = any(close(number, hit.number) for hit in hits) or any(close(number, v) for v in gold.values)
        return "" if same else "value field"
    figure = Figure(number, sign, decimals, unit, 0, 0)
    reason = gold.mismatch(figure, "")
    if reason == "sign":  # a decline told by the text needs no minus in the field
        said = {direction(text, hit) for hit in hits}
        return "" if sign > 0 and gold.direction in said else "sign"
    return f"value field: {reason}" if reason else ""


def _items_found(question: Question, text: str) -> float | None:
    if not question.list_items:
        return None
    found = sum(any(spelled(spelling, text) for spelling in spellings) for spellings in question.list_items)
    return found / len(question.list_items)


def _shows_both(question: Question, language: EvalLanguage, answer: Mapping[str, Any], text: str) -> bool:
    if question.value is None:
        return bool(answer.get("conflicts"))
    gold = gold_of(question, language)
    stated = [figure.number for figure in figures(text)]
    stated += [number for number in _labelled(answer)]
    return all(any(close(value, number) for number in stated) for value in gold.values)


def is_refusal(question: Question, language: EvalLanguage, answer: Mapping[str, Any], text: str) -> bool:
    """Whether an answer says "not disclosed" and means it.

    With `abstained` true: it gives no figure, or says so in words and (where the report really does not disclose it)
    labels every figure it offers as another year or another metric. Without: a refusal phrase and no figure at all.
    A main `value` is never a refusal.
    """
    if answer.get("value") is not None:
        return False
    asked = plain(question.text(language))
    offered = [
        f for f in figures(text) if not f.weak and not re.search(rf"(?<!\d){re.escape(f'{f.number:g}')}(?!\d)", asked)
    ]
    if answer.get("abstained") is True:
        if not offered or question.type != "absent":
            return not offered or refuses(text)
        return refuses(text) and _all_labelled(text, offered, years_in(asked) | {question.year or 0})
    if not refuses(text) or offered:
        return False
    if question.type == "absent":
        return True
    return not (question.accept or question.list_items) or not names_text(question, language, text)


def _all_labelled(text: str, offered: list[Figure], asked_years: set[int]) -> bool:
    """Whether each figure stands in a sentence that says it is another thing, or is said of another year."""
    timed = dict(zip(figures(text), periods(text), strict=True))
    offset = 0
    for sentence in sentences(text):
        start = text.index(sentence, offset)
        offset = start + len(sentence)
        told = refuses(sentence) or pattern("other").search(sentence.lower()) is not None
        for figure in offered:
            years = timed[figure].years
            if start <= figure.start < offset and not told and not (years and not years & asked_years):
                return False
    return True
