"""Question sets against the reports: quotes on their lines, digits in quotes, derived values recomputed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from eval.figures import loose_numbers
from eval.formula import FormulaError, evaluate, is_rounded, one_step, operands
from eval.schema import Evidence, Question, parse
from index.catalog import Catalog
from index.records import Line
from index.text import normalise, read_lines

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_FREE_OPERANDS = frozenset({1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 100.0, 1000.0, 10_000.0, 1e8})  # counts and scales


class Library:
    """The lines of the reports, read once."""

    def __init__(self, folder: Path) -> None:
        """Read `catalog.toml` of a folder; raises CatalogError."""
        self.catalog = Catalog.load([folder])
        self.lines = lru_cache(maxsize=None)(self._lines)

    def _lines(self, report: str) -> list[Line]:
        return read_lines(self.catalog.get(report).path)

    def raw(self, report: str, number: int) -> str | None:
        """The printed text of a line, None past the end."""
        lines = self.lines(report)
        return lines[number - 1].raw if number <= len(lines) else None


def verify_files(files: Sequence[Path], reports: Path) -> tuple[int, list[str]]:
    """Check files against the schema, each other and the reports: number of good lines read, problems by file:line."""
    library = Library(reports)
    problems: list[str] = []
    count = 0
    ids: dict[str, str] = {}
    wordings: dict[tuple[str, str], str] = {}
    facts: dict[object, tuple[str, str]] = {}
    for file in files:
        questions, bad = parse(file)
        problems += bad
        count += len(questions)
        for number, question in questions:
            where = f"{file}:{number}: {question.id}"
            found = list(verify(question, library))
            stem_split = next((s for s in ("dev", "test") if file.stem.endswith("-" + s)), question.split)
            if stem_split != question.split:
                found.append(f"split {question.split!r} in a file of split {stem_split!r}")
            if question.id in ids:
                found.append(f"id already used at {ids[question.id]}")
            ids.setdefault(question.id, f"{file}:{number}")
            for language in ("zh", "en"):
                turns = "".join(turn.content for turn in question.history(language))
                key = (normalise(question.text(language)), normalise(turns))
                if key in wordings:
                    found.append(f"question_{language} is the same as at {wordings[key]}")
                wordings.setdefault(key, f"{file}:{number}")
            for fact in _facts(question):
                other, split = facts.setdefault(fact, (f"{file}:{number}", question.split))
                if split != question.split:
                    found.append(f"the same fact is in split {split!r} at {other}; splits are by fact")
            problems += [f"{where}: {problem}" for problem in found]
    return count, problems


def _facts(q: Question) -> Iterator[object]:
    """Keys of the fact a question asks for: equal keys mean the same fact in other words."""
    if q.fact:
        yield q.fact
    if q.type in ("table", "prose"):
        for item in q.evidence:
            if item.role == "value":
                yield (item.report or q.report, item.line, q.value, q.year)
    elif q.type != "absent":
        lines = tuple(sorted((item.report or q.report, item.line) for item in q.evidence))
        answers = (
            [q.value]
            if q.value is not None
            else [_tight(s) for s in (*q.accept, *(i for n in q.list_items for i in n))]
        )
        for answer in answers:  # one line may state several facts: the answer tells them apart
            yield (lines, answer)


def verify(q: Question, library: Library) -> Iterator[str]:
    """What is wrong with one question, by the text of the reports."""
    known = library.catalog.ids()
    unknown = [
        report
        for report in (*q.all_reports(), *(item.report for item in q.evidence if item.report))
        if report not in known
    ]
    if unknown:
        yield f"no report {unknown[0]!r}; the library has: {', '.join(known)}"
        return
    for position, item in enumerate(q.evidence):
        yield from _verify_evidence(q, position, item, library)
    for place in q.also_lines:
        report, line = (q.report, place) if isinstance(place, int) else (place.report, place.line)
        if library.raw(report, line) is None:
            yield f"also_lines: {report} has no line {line}"
    yield from _verify_value(q, library)
    yield from _verify_spellings(q, library)
    if not _HAN.search(q.question_zh):
        yield "question_zh holds no Chinese"
    if len(_HAN.findall(q.question_en)) > len(_LATIN.findall(q.question_en)):
        yield "question_en is mostly Chinese"


def _verify_evidence(q: Question, position: int, item: Evidence, library: Library) -> Iterator[str]:
    report = item.report or q.report
    raw = library.raw(report, item.line)
    if raw is None:
        yield f"evidence[{position}]: {report} has no line {item.line}"
    elif item.quote not in raw:
        places = [str(line.number) for line in library.lines(report) if item.quote in line.raw][:5]
        hint = f"; it stands on line {', '.join(places)}" if places else f"; the line reads {raw.strip()[:80]!r}"
        yield f"evidence[{position}]: quote {item.quote!r} is not on line {item.line} of {report}{hint}"
    if q.type != "absent" and report not in q.all_reports():
        yield f"evidence[{position}]: {report} is not among the question's reports {q.all_reports()}"


def _verify_value(q: Question, library: Library) -> Iterator[str]:
    if q.value is None:
        if q.formula:
            yield "formula without a value"
        return
    golds = [q.value, *q.also_accept]
    for position, item in enumerate(q.evidence):
        if item.role == "value" and q.type in ("table", "prose", "conflict"):
            numbers = loose_numbers(item.quote)
            if not any(_same_digits(gold, number) for gold in golds for number in numbers):
                yield f"evidence[{position}]: value {q.value:g} is not in quote {item.quote!r} of role value"
    stated = [number for item in q.evidence for number in loose_numbers(item.quote)]
    if q.formula:
        yield from _verify_formula(q, stated)
    elif q.type == "derived" and one_step(q.value, stated) is None:
        yield f"value {q.value:g} does not follow in one step from the numbers of the quotes; give `formula`"
    for language in ("zh", "en"):
        if not loose_numbers(q.gold(language)):
            yield f"answer_{language} states no number"


def _verify_formula(q: Question, stated: Iterable[float]) -> Iterator[str]:
    assert q.formula is not None and q.value is not None
    pool = list(stated)
    try:
        exact = evaluate(q.formula)
        numbers = operands(q.formula)
    except FormulaError as error:
        yield f"formula: {error}"
        return
    if not is_rounded(q.value, exact):
        yield f"formula {q.formula} gives {exact:.6g}, not {q.value:g}"
    missing = [n for n in numbers if n not in _FREE_OPERANDS and not any(_same_digits(n, s) for s in pool)]
    if missing:
        yield f"formula: {', '.join(f'{n:g}' for n in missing)} not in any quote"


def _verify_spellings(q: Question, library: Library) -> Iterator[str]:
    if q.type not in ("text", "list"):
        return
    printed = [library.raw(item.report or q.report, item.line) or "" for item in q.evidence]
    proof = _tight("".join(printed))
    groups = (
        [("accept", q.accept)]
        if q.type == "text"
        else [(f"list_items[{n}]", item) for n, item in enumerate(q.list_items)]
    )
    asked = {language: _tight(q.text(language)) for language in ("zh", "en")}
    for name, spellings in groups:
        if not any(_tight(spelling) in proof for spelling in spellings):
            yield f"{name}: none of {list(spellings)[:4]} stands on an evidence line"
        for language in ("zh", "en"):
            repeated = [spelling for spelling in spellings if _tight(spelling) in asked[language]]
            if repeated:
                yield f"{name}: {repeated[0]!r} is in question_{language}: repeating the question would pass"
            if not any(_tight(spelling) in _tight(q.gold(language)) for spelling in spellings):
                yield f"{name}: no spelling is in answer_{language}"


def _tight(text: str) -> str:
    """Script-, case- and space-insensitive form for finding one text in another."""
    return re.sub(r"\s", "", normalise(text))


def _same_digits(a: float, b: float) -> bool:
    return abs(abs(a) - abs(b)) <= 1e-9 * max(1.0, abs(a))
