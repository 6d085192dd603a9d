"""Citations against the gold evidence and against what the answer says (precision and recall in the sense of ALCE).

ALCE (Gao et al. 2023, arXiv 2305.14627) asks an entailment model whether the cited passages support a statement. Here
the statements are the sentences that state a figure (or, for text questions, the accepted fact), and support is checked
by code: the figure stands in the cited lines, or is computed from figures that do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eval.figures import Figure, close, figures, loose_numbers
from eval.formula import FormulaError, evaluate, is_rounded, one_step, operands
from eval.schema import EvalLanguage, Question
from eval.wording import CITATION_MARK, plain, sentences

WIDEST_SPAN = 60  # lines; a wider citation is a chapter, not evidence
_SCALES = (1.0, 1e3, 1e4, 1e6, 1e8, 1e9, 1e-2, 1e2)

LineSource = Callable[[str, int, int], Sequence[str]]
"""(report, first line, last line) → the printed lines; empty for a report or lines that do not exist."""


@dataclass(frozen=True)
class Cited:
    """One citation of an answer; `n` is None for a mark in the text that points to nothing."""

    n: int | None
    report: str = ""
    first: int = 0
    last: int = -1
    lines: tuple[int, ...] = ()
    value_text: str = ""

    @property
    def place(self) -> str:
        """The place in words: "report:12" or "report:12–14"."""
        return f"{self.report}:{self.first}" + (f"–{self.last}" if self.last > self.first else "")

    def covers(self, report: str, line: int) -> bool:
        """Whether the line lies in the span of a citation that is narrow enough to count."""
        return self.report == report and self.first <= line <= self.last and self.last - self.first < WIDEST_SPAN


@dataclass(frozen=True)
class EvidenceScore:
    """hit: a citation covers a line of the value. precision: share of citations that carry what is said; recall: share
    of statements fully supported by what they cite. None where there is nothing to count. missed: gold lines uncited.
    """

    hit: bool
    precision: float | None
    recall: float | None
    cited: tuple[str, ...]
    missed: tuple[str, ...]


def read_citations(answer: Mapping[str, Any]) -> list[Cited]:
    """Citations of an answer object, lenient about what other programs leave out."""
    found = []
    raw = answer.get("citations")
    for position, item in enumerate(raw if isinstance(raw, Sequence) and not isinstance(raw, str) else (), start=1):
        if not isinstance(item, Mapping):
            continue
        first = _integer(item.get("line_start", item.get("line")))
        last = _integer(item.get("line_end", first))
        extra = item.get("lines") or ()
        lines = tuple(
            n for entry in extra if (n := _integer(entry.get("line") if isinstance(entry, Mapping) else entry))
        )
        if first:
            found.append(
                Cited(
                    _integer(item.get("n")) or position,
                    str(item.get("report", "")),
                    first,
                    last or first,
                    lines,
                    str(item.get("value_text") or ""),
                )
            )
    return found


def _integer(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def marks(text: str) -> list[int]:
    """The numbers of the [n] marks of a raw text, in order."""
    return [int(number) for match in CITATION_MARK.finditer(text) for number in re.findall(r"\d+", match.group())]


def score_evidence(
    question: Question,
    language: EvalLanguage,
    answer: Mapping[str, Any],
    lines: LineSource,
    right_text: Callable[[str], bool],
) -> EvidenceScore:
    """Judge the citations of an answer. `right_text` tells whether a sentence states the accepted text."""
    citations = read_citations(answer)
    raw = str(answer.get("answer") or "")
    marked = marks(raw)
    by_number = {citation.n: citation for citation in citations}
    used = [by_number[n] for n in dict.fromkeys(marked) if n in by_number] if marked else citations
    invented = sum(n not in by_number for n in dict.fromkeys(marked))
    places = _right_places(question)
    hit = any(_supports_gold(citation, question, places) for citation in used)
    statements = list(_statements(question, language, raw, used, by_number, right_text))
    fits = [_is_supported(figure_list, cited, answer, lines, question, places) for figure_list, cited in statements]
    useful = [
        _supports_gold(citation, question, places)
        or any(citation in cited and _carries_any(citation, figure_list, lines) for figure_list, cited in statements)
        for citation in used
    ]
    total = len(used) + invented
    covered = {place for place in places if any(citation.covers(*place) for citation in used)}
    needed = places if question.type in ("derived", "comparison", "list") else (set() if covered else places)
    return EvidenceScore(
        hit=hit,
        precision=sum(useful) / total if total else None,
        recall=sum(fits) / len(fits) if fits else None,
        cited=tuple(citation.place for citation in used),
        missed=tuple(f"{report}:{line}" for report, line in sorted(needed - covered)),
    )


def _right_places(question: Question) -> frozenset[tuple[str, int]]:
    """For computed answers the lines of the operands, where they are known; otherwise the question's own."""
    formula = _formula(question)
    if not formula:
        return question.right_places()
    needed = operands(formula)
    found = {
        (item.report or question.report, item.line)
        for item in question.evidence
        if any(close(abs(a), abs(b)) for a in loose_numbers(item.quote) for b in needed)
    }
    return frozenset(found) or question.right_places()


@lru_cache(maxsize=4096)
def _formula(question: Question) -> str | None:
    """The formula of a computed question: its own, or the one step from its quotes that gives its value."""
    if question.type not in ("derived", "comparison") or question.value is None:
        return None
    return question.formula or one_step(
        question.value, [n for item in question.evidence for n in loose_numbers(item.quote)]
    )


def _supports_gold(citation: Cited, question: Question, places: frozenset[tuple[str, int]]) -> bool:
    """Whether a citation covers a right line; where it names its cell (`value_text`), that must be the right cell."""
    if not any(citation.covers(*place) for place in places):
        return False
    if not citation.value_text or question.type not in ("table", "prose", "conflict") or question.value is None:
        return True
    golds = (question.value, *question.also_accept)
    cell = loose_numbers(citation.value_text)
    return not cell or any(close(abs(gold) * scale, number) for gold in golds for number in cell for scale in _SCALES)


def _statements(
    question: Question,
    language: EvalLanguage,
    raw: str,
    used: list[Cited],
    by_number: Mapping[int | None, Cited],
    right_text: Callable[[str], bool],
) -> list[tuple[list[Figure], list[Cited]]]:
    """Sentences that state something to prove: their figures, and what they cite (all, where nothing is marked)."""
    asked = loose_numbers(plain(question.text(language)))
    any_marks = bool(marks(raw))
    found = []
    for sentence in sentences(_marks_inside(raw)):
        stated = [f for f in figures(plain(sentence)) if not f.weak and not any(close(f.number, n) for n in asked)]
        if not stated and not right_text(plain(sentence)):
            continue
        cited = [by_number[n] for n in marks(sentence) if n in by_number] if any_marks else used
        found.append((stated, cited))
    return found


def _marks_inside(raw: str) -> str:
    """Move marks that follow a full stop to before it, so that they stay with their sentence."""
    return re.sub(rf"([。！？.!?])((?:\s?{CITATION_MARK.pattern})+)", r"\2\1", raw)


def _cited_numbers(citations: Sequence[Cited], lines: LineSource) -> list[float]:
    numbers: list[float] = []
    for citation in citations:
        if citation.last - citation.first >= WIDEST_SPAN:
            continue
        texts = [*lines(citation.report, citation.first, citation.last)]
        texts += [text for n in citation.lines for text in lines(citation.report, n, n)]
        numbers += loose_numbers(" ".join(texts))
    return numbers


def _stands_in(figure: Figure, numbers: Sequence[float]) -> bool:
    return any(close(figure.number, n) or any(close(figure.size, n * scale) for scale in _SCALES) for n in numbers)


def _carries_any(citation: Cited, stated: Sequence[Figure], lines: LineSource) -> bool:
    numbers = _cited_numbers([citation], lines)
    return any(_stands_in(figure, numbers) for figure in stated)


def _is_supported(
    stated: Sequence[Figure],
    cited: Sequence[Cited],
    answer: Mapping[str, Any],
    lines: LineSource,
    question: Question,
    places: frozenset[tuple[str, int]],
) -> bool:
    if not stated:
        return any(citation.covers(*place) for citation in cited for place in places)
    numbers = _cited_numbers(cited, lines)
    return all(_stands_in(figure, numbers) or _is_computed(figure, numbers, answer, question) for figure in stated)


def _is_computed(figure: Figure, numbers: Sequence[float], answer: Mapping[str, Any], question: Question) -> bool:
    """Whether a figure follows by a formula (the answer's own or the question's) from numbers of the cited lines."""
    for formula in (answer.get("formula"), _formula(question)):
        try:
            if not isinstance(formula, str) or not _is_result(figure, evaluate(formula)):
                continue
            if all(n in (1, 2, 3, 100, 10_000) or any(close(abs(n), m) for m in numbers) for n in operands(formula)):
                return True
        except FormulaError:
            continue
    return (
        question.type in ("derived", "comparison")
        and len(numbers) < 40
        and one_step(figure.number, numbers) is not None
    )


def _is_result(figure: Figure, exact: float) -> bool:
    """Whether a figure is a result, rounded, in the result's own scale or another one (52.28 万元, CNY 522,800)."""
    return is_rounded(figure.number, exact) or any(
        is_rounded(round(figure.size / scale, 6), exact) for scale in _SCALES if scale > 1
    )
