"""Which figures can be compared: rows of all reports gathered under the metric they state, filtered to a table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from index.catalog import Catalog
from index.glossary import Glossary
from index.records import Cell, Passage, Row
from index.text import normalise, simplify, traditional

_YEAR = re.compile(r"(?:19|20)\d\d")
_RANGE = re.compile(r"((?:19|20)\d\d)\s*年?\s*(?:-|–|—|~|至|到|to)\s*((?:19|20)\d\d)")
_COMPANIES = re.compile("公司|企业|compan", re.IGNORECASE)
_REGION = re.compile("(?:省|市|县|区)$")
_SPLIT = re.compile(r"^按(.+?)(?:组别|组)?(?:划分|分类|构成划分|统计|分布)?(?:的(.+))?$")  # 按性别划分(的员工流失人数)
_PREFIX = re.compile(r"^(?:本?年度|全年|当年|报告期内)(?=..)")


@dataclass(frozen=True)
class Series:
    """One row of a report as a line of the comparison. `where` tells it from others of the same report."""

    report: str
    where: str
    unit: str
    cells: dict[str, Cell]
    row: Row


@dataclass
class Metric:
    """What several rows state. `key` is canonical Simplified Chinese; `name` as the first report prints it."""

    key: str
    name: str
    english: str | None
    rows: list[Row] = field(default_factory=list)

    @property
    def reports(self) -> tuple[str, ...]:
        """Which reports disclose it."""
        return tuple(dict.fromkeys(row.report for row in self.rows))

    def label(self, language: str) -> str:
        """The name in the interface's language, where there is one."""
        if language == "en":
            return self.english or self.name
        return traditional(self.name) if language == "zh-Hant" else simplify(self.name)


@dataclass(frozen=True)
class Line:
    """A line of the comparison: a series, or (None) that the report does not disclose the metric."""

    metric: Metric
    report: str
    series: Series | None


@dataclass(frozen=True)
class Choice:
    """What is compared."""

    metrics: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    years: tuple[str, ...] = ()


class Figures:
    """All metrics of the library."""

    def __init__(self, passages: Iterable[Passage], catalog: Catalog, glossary: Glossary) -> None:
        """Gather the rows of `passages`."""
        self.catalog, self._glossary = catalog, glossary
        metrics: dict[str, Metric] = {}
        for passage in passages:
            row = passage.row
            if row is None or not row.label or not any(cell.value is not None for cell in row.cells):
                continue
            key, name, english = self._name(row)
            metrics.setdefault(key, Metric(key, name, english)).rows.append(row)
        self.metrics = sorted(metrics.values(), key=lambda metric: -len(metric.reports))
        self._by_key = metrics

    def get(self, key: str) -> Metric | None:
        """The metric of this key."""
        return self._by_key.get(key)

    def years(self) -> list[str]:
        """Every year that some row has a value for, the latest first."""
        years = {cell.period[:4] for metric in self.metrics for row in metric.rows for cell in row.cells}
        return sorted((year for year in years if _YEAR.fullmatch(year)), reverse=True)

    def lines(self, choice: Choice) -> tuple[list[Line], list[str]]:
        """The lines of the comparison and its periods in order; a chosen report without the metric is a gap."""
        lines: list[Line] = []
        periods: set[str] = set()
        for key in choice.metrics:
            metric = self._by_key.get(key)
            if metric is None:
                continue
            for report in choice.reports:
                found = [series for series in _series(metric, report, choice.years) if series.cells]
                lines += [Line(metric, report, series) for series in found] or [Line(metric, report, None)]
                periods.update(period for series in found for period in series.cells)
        return lines, sorted(periods)

    def near(self, metric: Metric, report: str) -> list[Metric]:
        """Other metrics of the report that speak of the same thing: where it gives, say, only the split of a total."""
        wanted = {match.entry.line for match in self._glossary.match_zh(metric.key)}
        core = self._glossary.exact(metric.key)
        wanted = {core.line} if core else wanted
        found = []
        for other in self.metrics:
            if other is metric or report not in other.reports or not wanted:
                continue
            if wanted <= {match.entry.line for match in self._glossary.match_zh(other.key)}:
                found.append(other)
        return sorted(found, key=lambda other: len(other.key))

    def read(self, question: str) -> Choice:
        """What a question in any language asks to compare; empty fields where it does not say."""
        plain = normalise(question)
        terms = [*self._glossary.chinese(question), *self._glossary.synonyms(question)]
        names = [(normalise(term), key) for key in self._by_key for term in (key, self._by_key[key].name)]
        texts = [plain, *(normalise(term) for term in terms)]
        held = sorted({key for name, key in names if any(name in text for text in texts)}, key=len, reverse=True)
        # The longest name wins: 员工流失率 and not also 员工.
        best = [key for place, key in enumerate(held) if not any(key in longer for longer in held[:place])]
        years = set(_YEAR.findall(plain))
        for first, last in _RANGE.findall(plain):
            years.update(str(year) for year in range(int(first), int(last) + 1))
        reports = self.catalog.resolve(question)
        if not reports and _COMPANIES.search(plain):
            reports = tuple(
                report.id for report in self.catalog.reports if not _REGION.search(report.institution["zh-Hans"])
            )
        return Choice(tuple(best[:3]), reports, tuple(sorted(years)))

    def _name(self, row: Row) -> tuple[str, str, str | None]:
        label, english = self._canonical(row.label)
        name = row.label
        split = _SPLIT.match(normalise(row.group[-1])) if row.group else None
        if split and not (split[2] and split[2] in normalise(row.label)):
            # 男性 alone says nothing: by what it is split, and of what, belong to the metric.
            head = f"按{split[1]}" + (f"·{split[2]}" if split[2] else "")
            label, name = f"{head}·{label}", f"{head} · {row.label}"
            by = self._glossary.english(head)
            english = f"{' '.join(by)}: {english}" if english and by else None
        return label, name, english

    def _canonical(self, label: str) -> tuple[str, str | None]:
        plain = _PREFIX.sub("", normalise(label))
        entry = self._glossary.exact(plain)
        if entry:
            return normalise(entry.chinese[0]), entry.english[0] if entry.english else None
        if self._glossary.covers(plain):
            return plain, " ".join(self._glossary.english(plain)) or None
        return plain, None


def _series(metric: Metric, report: str, years: Sequence[str]) -> list[Series]:
    rows = [row for row in metric.rows if row.report == report]
    found: list[Series] = []
    by_unit: dict[str, list[Series]] = defaultdict(list)
    for row in rows:
        cells = {
            cell.period: cell
            for cell in row.cells
            if cell.period and (not years or cell.period[:4] in years) and not (cell.unit and cell.unit != row.unit)
        }
        where = " › ".join(part for part in (row.table, *row.group, row.basis) if part)
        series = Series(report, where, row.unit, cells, row)
        if any(_same(series, other) for other in by_unit[normalise(row.unit)]):
            continue  # the same figures printed a second time
        by_unit[normalise(row.unit)].append(series)
        found.append(series)
    return found


def _same(one: Series, other: Series) -> bool:
    shared = one.cells.keys() & other.cells.keys()
    return (
        bool(shared)
        and len(shared) == len(one.cells)
        and all(one.cells[period].value == other.cells[period].value for period in shared)
    )
