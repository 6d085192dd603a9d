"""The question sets: what a line may hold, and loading with every bad line named (`python -m eval.schema FILES`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.errors import UsageError

QUESTIONS_FOLDER = Path(__file__).parent / "questions"
REPORTS_FOLDER = Path(__file__).parent.parent / "reports"

Kind = Literal["table", "prose", "derived", "comparison", "conflict", "text", "list", "absent"]
NUMERIC: tuple[Kind, ...] = ("table", "prose", "derived")  # these always have a value; comparison and conflict may
EvalLanguage = Literal["zh", "en"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Model):
    """A line that proves the gold answer. `report` is needed only where it is not the question's first report."""

    line: int = Field(ge=1)
    quote: str = Field(min_length=1)
    role: Literal["value", "label", "unit", "header", "group", "text"] | None = None
    report: str | None = None


class Place(_Model):
    """A further line that is right too, in a report other than the question's first."""

    line: int = Field(ge=1)
    report: str


class Turn(_Model):
    """One turn of the conversation before a follow-up question."""

    role: Literal["user", "assistant"]
    content: str = Field(min_length=1)


class Question(_Model):
    """One question in both languages with its gold answer; the fields are described in eval/README.md."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    report: str
    reports: tuple[str, ...] = ()
    type: Kind
    split: Literal["dev", "test"] = "dev"
    layout: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]*$")
    wording: Literal["near", "far"] | None = None
    absent_kind: Literal["other-year", "other-institution", "look-alike", "not-reported"] | None = None
    fact: str | None = None
    question_zh: str = Field(min_length=1)
    question_en: str = Field(min_length=1)
    history_zh: tuple[Turn, ...] = ()
    history_en: tuple[Turn, ...] = ()
    value: float | None = None
    unit: str = ""
    unit_en: str = ""
    year: int | None = Field(default=None, ge=1900, le=2100)
    formula: str | None = None
    answer_zh: str = Field(min_length=1)
    answer_en: str = Field(min_length=1)
    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    list_items: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    also_accept: tuple[float, ...] = ()
    also_lines: tuple[int | Place, ...] = ()
    conflict: bool = False
    note: str = ""

    @field_validator("unit", "unit_en", mode="before")
    @classmethod
    def _no_null_unit(cls, unit: object) -> object:
        return "" if unit is None else unit

    @field_validator("layout", mode="before")
    @classmethod
    def _no_empty_layout(cls, layout: object) -> object:
        return layout or None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Question:
        problems = list(_shape_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def text(self, language: EvalLanguage) -> str:
        """The question in one language."""
        return self.question_zh if language == "zh" else self.question_en

    def history(self, language: EvalLanguage) -> tuple[Turn, ...]:
        """The turns before the question in one language."""
        return self.history_zh if language == "zh" else self.history_en

    def gold(self, language: EvalLanguage) -> str:
        """The gold sentence in one language."""
        return self.answer_zh if language == "zh" else self.answer_en

    def all_reports(self) -> tuple[str, ...]:
        """The reports the question is about; the first is `report`."""
        return self.reports or (self.report,)

    @property
    def numeric(self) -> bool:
        """Whether the right answer is a figure."""
        return self.value is not None

    def right_places(self) -> frozenset[tuple[str, int]]:
        """(report, line) pairs of which a citation must cover one.

        Lines with role "value"; for text, list and what is computed, any evidence line that is not a header or a unit.
        """
        marked = [item for item in self.evidence if item.role == "value"]
        content = [item for item in self.evidence if item.role not in ("header", "unit", "group")]
        by_value = marked and self.type not in ("derived", "comparison", "text", "list")
        chosen = marked if by_value else content or self.evidence
        places = {(item.report or self.report, item.line) for item in chosen}
        for place in self.also_lines:
            places.add((self.report, place) if isinstance(place, int) else (place.report, place.line))
        return frozenset(places)

    def supporting_places(self) -> frozenset[tuple[str, int]]:
        """(report, line) pairs of all evidence, headers included: to cite one of these is not wrong."""
        return self.right_places() | {(item.report or self.report, item.line) for item in self.evidence}


def _shape_problems(q: Question) -> Iterable[str]:
    """What is inconsistent within one question, in the words of the one who must mend it."""
    if q.reports and q.reports[0] != q.report:
        yield f"reports must start with report ({q.report!r}), not {q.reports[0]!r}"
    if bool(q.history_zh) != bool(q.history_en):
        yield "history_zh and history_en: give both or neither"
    for name, turns in (("history_zh", q.history_zh), ("history_en", q.history_en)):
        if turns and (turns[0].role != "user" or turns[-1].role != "assistant"):
            yield f"{name} must start with a user turn and end with an assistant turn"
    if q.type == "absent":
        if q.value is not None or q.accept or q.list_items or q.evidence:
            yield "type absent: value must be null, accept, list_items and evidence empty"
        return
    if q.absent_kind:
        yield f"absent_kind is for type absent only, not {q.type}"
    if not q.evidence:
        yield "evidence is empty"
    if q.type in NUMERIC and q.value is None:
        yield f"type {q.type}: value is missing"
    if q.type in ("comparison", "conflict") and q.value is None and not q.accept:
        yield f"type {q.type}: give value or accept"
    if q.value is not None and not (q.unit and q.unit_en):
        yield "unit and unit_en are needed beside a value (個/个, 名 … and the English noun for counts)"
    if q.type in ("table", "prose") and not any(item.role == "value" for item in q.evidence):
        yield f'type {q.type}: no evidence line has role "value"'
    if q.type == "text" and not q.accept:
        yield "type text: accept is empty"
    if (q.type == "list") != bool(q.list_items) or any(not spellings for spellings in q.list_items):
        yield "list_items: a list of lists of accepted spellings, for type list and only there"
    if any(not spelling.strip() for spelling in (*q.accept, *q.reject, *(s for item in q.list_items for s in item))):
        yield "an accepted spelling is empty"
    if (q.conflict or q.type == "conflict") and not (q.also_lines or q.also_accept):
        yield "conflict: also_accept and also_lines must name the other value and where it stands"


class SetError(UsageError):
    """Question files that cannot be used; the message names the first bad lines, `problems` all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Shorten the list to one line that says how to see the rest."""
        self.problems = tuple(problems)
        rest = f" … and {len(problems) - 3} more: python -m eval.schema FILES lists them" if len(problems) > 3 else ""
        super().__init__(" | ".join(problems[:3]) + rest)


def parse(file: Path) -> tuple[list[tuple[int, Question]], list[str]]:
    """Questions of one file with their line numbers, and the problems, each "file:line: id: what"."""
    questions: list[tuple[int, Question]] = []
    problems: list[str] = []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return [], [f"{file}: cannot be read: {error}"]
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            data: Any = json.loads(line)
        except ValueError as error:
            problems.append(f"{where}: not JSON: {error}")
            continue
        if not isinstance(data, dict):
            problems.append(f"{where}: not a JSON object")
            continue
        try:
            questions.append((number, Question.model_validate(data)))
        except ValidationError as error:
            problems.extend(f"{where}: {data.get('id', 'no id')}: {_plain(item)}" for item in error.errors())
    return questions, problems


def _plain(item: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return (
            f"{place}: unknown field (known: {', '.join(Question.model_fields)})"
            if "." not in place
            else f"{place}: unknown field"
        )
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def load(files: Sequence[Path]) -> list[Question]:
    """All questions of the files, in order.

    Raises SetError that names every bad line, and any id that is used twice.
    """
    questions: list[Question] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for file in files:
        found, bad = parse(file)
        problems.extend(bad)
        for number, question in found:
            where = f"{file}:{number}"
            if question.id in seen:
                problems.append(f"{where}: {question.id}: id already used at {seen[question.id]}")
            seen.setdefault(question.id, where)
            questions.append(question)
    if problems:
        raise SetError(problems)
    if not questions:
        raise SetError([f"no questions in {', '.join(map(str, files)) or 'nothing'}"])
    return questions


def default_files(split: str | None = "dev") -> list[Path]:
    """The question files that come with the project; `split` leaves out those of the other split, None none."""
    files = sorted(QUESTIONS_FOLDER.glob("*.jsonl"))
    if split is None:
        return files
    other = "-test" if split == "dev" else "-dev"
    return [file for file in files if not file.stem.endswith(other)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check question files against the schema and the reports; 0 when all is right, 1 otherwise."""
    from eval.verify import verify_files  # the reports are needed only here

    files = [Path(name) for name in (sys.argv[1:] if arguments is None else arguments)] or default_files(None)
    count, problems = verify_files(files, REPORTS_FOLDER)
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"{count} questions in {len(files)} files, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
