"""A scripted stand-in for the pipeline, for tests of the screens alone: real reports, real rows, scripted answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.answer import (
    Answer,
    Citation,
    CitedLine,
    Conflict,
    Event,
    EvidenceFound,
    Finished,
    Nearest,
    Queued,
    Result,
    Sentence,
    Timings,
)
from assistant.errors import AssistantError
from index.catalog import Catalog
from index.records import Line, Passage, Row, passage_id
from index.tables import read_rows
from index.text import normalise, read_lines

REPORTS = Path(__file__).resolve().parents[2] / "reports"


@dataclass(frozen=True)
class Script:
    """What is answered to questions that contain `ask`."""

    ask: str
    find: tuple[tuple[str, str, str], ...]  # report, label, period; or report, words of a prose line, ""
    text: str
    language: str = "zh-Hans"
    formula: str | None = None
    value: float | None = None
    unit: str | None = None
    abstained: bool = False
    conflict: bool = False


SCRIPTS = (
    Script(
        "不良贷款率",
        (("jinshang-bank", "不良貸款率", "2024"),),
        "晋商银行2024年末不良贷款率为1.77%[1]，较上年末下降0.01个百分点。",
    ),
    Script(
        "NPL",
        (("jinshang-bank", "不良貸款率", "2024"),),
        "Jinshang Bank's non-performing loan ratio was 1.77% at the end of 2024.[1]",
        "en",
    ),
    Script(
        "範圍二",
        (("oneconnect", "範圍二溫室氣體排放量", "2024"), ("shanxi-securities", "范围 2温室气体排放量", "2024")),
        "金融壹賬通2024年範圍二溫室氣體排放量為757.08噸二氧化碳當量[1]。山西證券為6,537.01噸二氧化碳當量[2]。",
        "zh-Hant",
    ),
    Script(
        "增长",
        (("jinshang-bank", "貸款餘額", "2024"), ("jinshang-bank", "貸款餘額", "2023")),
        "晋商银行2024年末贷款余额2,014.14亿元[1]，2023年末1,914.36亿元[2]，增长5.21%。",
        formula="(2014.14 − 1914.36) ÷ 1914.36 × 100 = 5.21",
        value=5.21,
        unit="%",
    ),
    Script(
        "员工总数",
        (("oneconnect", "1,899", ""), ("oneconnect", "1,937", "")),
        "报告给出两个员工总数：1,899人[1]和1,937人[2]。",
        conflict=True,
        value=1937,
        unit="人",
    ),
    Script(
        "范围三",
        (("shanxi-securities", "范围 2温室气体排放量", "2024"),),
        "山西证券的报告没有披露范围三温室气体排放量。",
        abstained=True,
    ),
    Script("普惠", (("jinshang-bank", "普惠", ""),), "晋商银行持续推进普惠金融业务[1]。"),
)


class FakeAssistant:
    """Has the public shape of `assistant.Assistant`. `delay`: seconds between events."""

    def __init__(self, delay: float = 0.05, queue: int = 0, folders: Sequence[Path] = (REPORTS,)) -> None:
        self.catalog = Catalog.load(folders)
        self.delay, self.queue = delay, queue
        self.given_up: list[str] = []
        self.warmed = False
        self._lines = {report.id: read_lines(report.path) for report in self.catalog.reports}
        self._rows = {key: read_rows(key, lines) for key, lines in self._lines.items()}
        passages = [_passage(row) for rows in self._rows.values() for row in rows]
        self.index = SimpleNamespace(passages=tuple(passages), conflicts=())

    def warm(self) -> None:
        self.warmed = True

    def lines(self, report: str, start: int, end: int) -> list[Line]:
        return self._lines[self.catalog.get(report).id][max(0, start - 1) : end]

    def needs_llm_to_search(self, question: str, history: Any = ()) -> bool:
        return question.isascii() or bool(history)

    def search(self, question: str, **_: Any) -> list[Citation]:
        script = next((script for script in SCRIPTS if script.ask in question), None)
        return list(self._others(script, 0)) if script else []

    def stream(
        self,
        question: str,
        *,
        reports: Sequence[str] | None = None,
        language: str = "auto",
        history: Any = (),
        **_: Any,
    ) -> Iterator[Event]:
        started = time.perf_counter()
        if "bug" in question:
            raise AssistantError("the model file is damaged: run `assistant models pull`")
        script = next((script for script in SCRIPTS if script.ask in question), None)
        citations = tuple(self._cite(n, *place) for n, place in enumerate(script.find if script else (), start=1))
        others = tuple(self._others(script, len(citations))) if script else ()
        yield EvidenceFound((*citations, *others))
        for position in range(self.queue, 0, -1):
            time.sleep(self.delay)
            yield Queued(position)
        try:
            text = script.text if script else f"没有找到与“{question}”有关的内容。"
            for sentence in [part + "。" for part in text.rstrip("。").split("。")]:
                time.sleep(self.delay)
                yield Sentence(sentence, citations)
            time.sleep(self.delay)
        except GeneratorExit:
            self.given_up.append(question)
            raise
        seconds = time.perf_counter() - started
        yield Finished(_answer(question, script, text, citations, seconds))

    def _cite(self, n: int, report: str, words: str, period: str) -> Citation:
        if not period:
            line = next(line for line in self._lines[report] if words in line.raw and len(line.raw) > 8)
            value = words if words[0].isdigit() else None
            return Citation(
                n=n,
                report=report,
                line_start=line.number,
                line_end=line.number,
                section="",
                quote=line.raw.strip()[:90],
                value_text=value,
                lines=(CitedLine(role="text", line=line.number, text=line.raw),),
            )
        row = next(row for row in self._rows[report] if normalise(row.label) == normalise(words))
        return self._of(row, period, n)

    def _of(self, row: Row, period: str, n: int) -> Citation:
        cell = next((cell for cell in row.cells if cell.period == period), row.cells[-1])
        raw = self._lines[row.report][cell.line - 1].raw
        lines = [CitedLine(role="value", line=cell.line, text=raw)]
        if cell.header_line:
            lines.append(
                CitedLine(role="header", line=cell.header_line, text=self._lines[row.report][cell.header_line - 1].raw)
            )
        return Citation(
            n=n,
            report=row.report,
            line_start=cell.line,
            line_end=cell.line,
            section=row.table,
            quote=raw.strip(),
            value_text=cell.value_text,
            lines=tuple(lines),
        )

    def _others(self, script: Script, taken: int) -> Iterator[Citation]:
        rows = self._rows[script.find[0][0]][3:7]
        for n, row in enumerate(rows, start=taken + 1):
            yield self._of(row, "2024", n)


class Held(FakeAssistant):
    """Says what it found and its place in the queue, then nothing before it is let `go`."""

    def __init__(self, position: int = 0) -> None:
        super().__init__(delay=0.0)
        self.position = position
        self.asked: list[str] = []
        self.go = threading.Event()

    def stream(self, question: str, **how: Any) -> Iterator[Event]:
        events = super().stream(question, **how)
        self.asked.append(question)
        yield next(events)
        if self.position:
            yield Queued(self.position)
        try:
            self.go.wait(120)
            yield from events
        finally:
            events.close()  # type: ignore[attr-defined]


def _passage(row: Row) -> Passage:
    first, last = row.label_line, max([row.label_line, *(cell.line for cell in row.cells)])
    return Passage(
        id=passage_id(row.report, "row", first, last, row.label),
        report=row.report,
        kind="row",
        section=(row.table,),
        line_start=first,
        line_end=last,
        text=row.label,
        search_text=normalise(row.label),
        row=row,
    )


def _answer(question: str, script: Script | None, text: str, citations: tuple[Citation, ...], seconds: float) -> Answer:
    if script is None or script.abstained:
        nearest = tuple(
            Nearest(
                report=c.report,
                metric="范围 2温室气体排放量",
                period="2024",
                value=6537.01,
                unit="吨二氧化碳当量",
                why="范围二，不是范围三",
                citations=(c.n,),
            )
            for c in citations
        )
        return Answer(
            question=question,
            language=script.language if script else "zh-Hans",
            answer=text,
            abstained=True,
            citations=citations,
            nearest=nearest,
            seconds=seconds,
        )
    results: tuple[Result, ...] = tuple(
        Result(
            report=c.report,
            metric=script.find[place][1],
            period=script.find[place][2],
            value=float((c.value_text or "0").replace(",", "")),
            unit="吨" if "範圍" in script.ask else "%",
            verified=True,
            citations=(c.n,),
        )
        for place, c in enumerate(citations)
        if script.find[place][2]
    )
    if script.formula:
        results = (
            Result(
                report=citations[0].report,
                metric="贷款余额增长率",
                period="2024",
                value=script.value,
                unit=script.unit,
                formula=script.formula,
                verified=True,
                citations=tuple(c.n for c in citations),
            ),
        )
    conflicts = ()
    if script.conflict:
        conflicts = (
            Conflict(
                report=citations[0].report,
                metric="员工总数",
                period="2024",
                values=(1899, 1937),
                unit="人",
                citations=(1, 2),
            ),
        )
    first = results[0] if results else None
    return Answer(
        question=question,
        language=script.language,
        answer=text,
        value=first.value if first else None,
        unit=first.unit if first else None,
        period="2024",
        formula=script.formula,
        results=results,
        citations=citations,
        conflicts=conflicts,
        seconds=seconds,
        timings=Timings(retrieval=0.05, first_evidence=0.06, first_sentence=0.4),
    )
