"""A library of two invented reports, small enough to read, and a language model that says what a test scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from assistant.answering import Assistant
from assistant.contrasts import Contrasts
from assistant.figures import Figure, figures_of
from assistant.grounding import Fit, Grounding
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.prompts import Prompt
from assistant.question import understand
from assistant.settings import Settings
from index.catalog import Catalog, Report
from index.glossary import Glossary
from index.passages import row_text
from index.records import Cell, Line, Passage, Row, passage_id
from index.store import Index, make_index
from index.text import normalise, read_lines
from index.totals import totals

YEARS = ("2024", "2023", "2022")
ALPHA = """甲银行2024年度报告
员工
指标 单位 2024年 2023年 2022年
员工总数 人 1,200 1,100 1,000
按性别划分
男性 人 700 650 600
女性 人 500 450 400
员工流失率 % 8.1 9.0 /
环境
范围一温室气体排放量 吨二氧化碳当量 120.5 130.5 140.5
范围二温室气体排放量 吨二氧化碳当量 900.0 950.0 990.0
用水总量 万吨 3.5 4.0 3.0
2024年，绿色贷款余额112.08亿元，较年初新增12.5亿元。
甲银行与示例大学共建联合实验室，开展气候风险研究。
核心一级资本充足率 % 10.5 10.1 10.0
资本充足率 % 13.5 13.0 12.8
全年组织反洗钱培训 1,
250 场。
年末普惠型小微企业贷款余额达 62.88
亿元。
"""
BETA = """乙證券2024年度報告
員工
指標 單位 2024年 2023年 2022年
員工總數 人 300 310 320
用水總量 噸 2,000 2,100 /
"""
# report, line, table, group, label, unit, printed values of YEARS, group line
_ROWS: tuple[tuple[str, int, str, tuple[str, ...], str, str, tuple[str, ...], int | None], ...] = (
    ("alpha", 4, "员工", (), "员工总数", "人", ("1,200", "1,100", "1,000"), None),
    ("alpha", 6, "员工", ("按性别划分",), "男性", "人", ("700", "650", "600"), 5),
    ("alpha", 7, "员工", ("按性别划分",), "女性", "人", ("500", "450", "400"), 5),
    ("alpha", 8, "员工", (), "员工流失率", "%", ("8.1", "9.0", "/"), None),
    ("alpha", 10, "环境", (), "范围一温室气体排放量", "吨二氧化碳当量", ("120.5", "130.5", "140.5"), None),
    ("alpha", 11, "环境", (), "范围二温室气体排放量", "吨二氧化碳当量", ("900.0", "950.0", "990.0"), None),
    ("alpha", 12, "环境", (), "用水总量", "万吨", ("3.5", "4.0", "3.0"), None),
    ("alpha", 15, "监管指标", (), "核心一级资本充足率", "%", ("10.5", "10.1", "10.0"), None),
    ("alpha", 16, "监管指标", (), "资本充足率", "%", ("13.5", "13.0", "12.8"), None),
    ("beta", 4, "員工", (), "員工總數", "人", ("300", "310", "320"), None),
    ("beta", 5, "員工", (), "用水總量", "噸", ("2,000", "2,100", "/"), None),
)
_PROSE = (("alpha", 13, 13), ("alpha", 14, 14), ("alpha", 17, 18), ("alpha", 19, 20))
PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


class ScriptedModel:
    """Says what `reply` returns for a prompt's name and slots; finds a figure right with the chance `same` returns."""

    name = "scripted"

    def __init__(
        self,
        reply: Callable[[str, Mapping[str, str]], str] | str = "未披露",
        same: Callable[[Mapping[str, str]], float] | float = 0.0,
    ) -> None:
        self._reply = reply
        self._same = same
        self.calls: list[tuple[str, Mapping[str, str]]] = []

    def complete(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        *,
        max_tokens: int,
        grammar: str | None = None,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> str:
        prompt.fill(values)  # as a real model would: a slot that is missing shows
        self.calls.append((prompt.name, dict(values)))
        if usage is not None:
            usage.read += 1
            usage.written += 1
        return self._reply if isinstance(self._reply, str) else self._reply(prompt.name, values)

    def choose(
        self, prompt: Prompt, values: Mapping[str, str], choices: Sequence[str], *, usage: Usage | None = None
    ) -> list[float]:
        prompt.fill(values)
        self.calls.append((prompt.name, dict(values)))
        same = self._same if isinstance(self._same, float) else self._same(values)
        return [same, 1 - same]

    def asked(self, prompt: str) -> list[Mapping[str, str]]:
        """What it was asked with one prompt."""
        return [values for name, values in self.calls if name == prompt]


@cache
def glossary() -> Glossary:
    """The project's glossary, which takes half a second to read."""
    return Glossary.load(PROMPTS / "glossary.tsv")


def cell(text: str, period: str, line: int) -> Cell:
    """A cell as the table readers make it."""
    undisclosed = text in ("/", "—", "不适用")
    return Cell(period, None if undisclosed else float(text.replace(",", "")), text, line, 3)


def row_passage(row: Row, total: str = "") -> Passage:
    """The passage of a row, as index.passages makes it."""
    text = row_text(row)
    lines = [row.label_line, *(cell.line for cell in row.cells)]
    about = normalise(" ".join((row.table, *row.group, row.label, row.unit, row.basis)))
    section = tuple(part for part in (row.table, total) if part)
    key = passage_id(row.report, "row", min(lines), max(lines), text)
    return Passage(key, row.report, "row", section, min(lines), max(lines), text, about, row)


def prose_passage(report: str, first: int, last: int, text: str, section: tuple[str, ...] = ("概览",)) -> Passage:
    """A passage of running text."""
    key = passage_id(report, "prose", first, last, text)
    return Passage(key, report, "prose", section, first, last, text, normalise(text))


class Library:
    """The two reports in a folder, their passages, and what the answering needs of them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "alpha.txt").write_text(ALPHA, encoding="utf-8")
        (folder / "beta.txt").write_text(BETA, encoding="utf-8")
        names = {"zh-Hans": "甲银行", "zh-Hant": "甲銀行", "en": "Alpha Bank"}
        alpha = Report(
            "alpha",
            names,
            "甲银行股份有限公司",
            ("Alpha",),
            ("1234.HK",),
            "年报",
            2024,
            "zh-Hans",
            folder / "alpha.txt",
        )
        names = {"zh-Hans": "乙证券", "zh-Hant": "乙證券", "en": "Beta Securities"}
        beta = Report("beta", names, "乙證券股份有限公司", (), (), "年報", 2024, "zh-Hant", folder / "beta.txt")
        self.catalog = Catalog((alpha, beta))
        self.rows = [
            Row(
                report,
                table,
                group,
                label,
                unit,
                "",
                tuple(cell(text, year, line) for text, year in zip(values, YEARS, strict=True)),
                line,
                line,
                2,
                (group_line,) if group_line else (),
                "test",
            )
            for report, line, table, group, label, unit, values, group_line in _ROWS
        ]
        made = [row_passage(row, total) for row, total in zip(self.rows, totals(self.rows), strict=True)]
        for report, first, last in _PROSE:
            made.append(
                prose_passage(report, first, last, "".join(line.raw for line in self.lines(report, first, last)))
            )
        self.passages = sorted(made, key=lambda passage: (passage.report, passage.line_start))
        self.glossary = glossary()

    def lines(self, report: str, first: int, last: int) -> list[Line]:
        return read_lines(self.catalog.get(report).path)[max(0, first - 1) : last]

    def printed(self, report: str, text: str) -> Passage:
        """A passage of running text that the report also prints, on a line of its own at its end."""
        file = self.catalog.get(report).path
        lines = file.read_text(encoding="utf-8").split("\n")
        file.write_text("\n".join([*lines, text]), encoding="utf-8")
        return prose_passage(report, len(lines) + 1, len(lines) + 1, text)

    def index(self, *more: Passage) -> Index:
        """An index in memory, with some passages of the test's own."""
        return make_index(sorted((*self.passages, *more), key=lambda passage: (passage.report, passage.line_start)))

    def assistant(self, llm: LanguageModel | None = None, *more: Passage) -> Assistant:
        """The whole pipeline over this library, lexical search only."""
        return Assistant(Settings(embedder="none"), self.catalog, self.index(*more), None, llm, self.glossary)

    def grounding(self) -> Grounding:
        return Grounding(self.index().idf, self.glossary, Contrasts.load(PROMPTS / "contrasts.txt"))

    def figures(self, report: str, line: int) -> list[Figure]:
        """The figures of the passage that begins on a line."""
        passage = next(p for p in self.passages if p.report == report and p.line_start == line)
        return figures_of(passage, self.lines, 2024)

    def figure(self, report: str, line: int, period: str) -> Figure:
        """One cell."""
        return next(figure for figure in self.figures(report, line) if figure.period == period)


def fit(small: Library, text: str, figure: Figure) -> Fit:
    """How a figure fits a question about the period that it names first."""
    question = understand(text, text, "zh-Hans", small.catalog)
    period = question.periods[0].period if question.periods else None
    return small.grounding().fit(question, figure, period, 2024)


def row_figure(small: Library, label: str, unit: str, text: str = "5", group: tuple[str, ...] = ()) -> Figure:
    """The cell of 2024 in a row of its own."""
    row = Row("alpha", "表", group, label, unit, "", tuple(cell(text, year, 8) for year in YEARS), 8)
    return figures_of(row_passage(row), small.lines, 2024)[0]
