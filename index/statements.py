"""Figures with what they measure, read from rows, call-outs and sentences: the raw material of contradictions.

Only what is certain is stated: the metric named in the figure's own clause, the reporting institution as its subject,
the unit printed, the period known. Figures given as approximate, changes and targets are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.records import Line, Passage, Row
from index.text import normalise


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure. key: the metric in the words that are compared; step: what its last printed digit counts, in `unit`.

    amount = number × scale, in the base unit; prose: read from a sentence.
    """

    key: str
    metric: str
    period: str
    number: float
    step: float
    base: str
    scale: float
    unit: str
    text: str
    line: int
    prose: bool

    @property
    def amount(self) -> float:
        """The figure in its base unit."""
        return self.number * self.scale


_HAN = r"[\u4e00-\u9fff]"
_SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_SAME_BASE = {"名": "人", "位": "人", "百分比": "%", "项次": "次"}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = r"%|[百千万亿]{0,2}(?:人次|人|名|位|元|家|件|项|次|场|户|吨|小时|个|只|篇|千瓦时|立方米)"
_VERB = r"(?:共计|总计|合计|共有|达到?|为|是|有)?"
_CLAUSE = re.compile(
    rf"^(?P<metric>{_HAN}{{2,18}}?)(?:\([^()]{{1,16}}\))?{_VERB}(?P<number>{_NUMBER})(?P<unit>{_UNIT})(?:\([^()]*\))?$"
)
_OWNED = re.compile(rf"(?:公司|本行|集团|全行|范围内)(?:目前|现)?(?:拥有|共有|现有)(?P<number>{_NUMBER})(?:名|位)员工$")
_CALLOUT = re.compile(rf"^(?P<metric>.+?): ?(?P<number>{_NUMBER}) ?(?P<unit>\S*)$")
_ROUGH = re.compile(r"(?:约|近|超过?|逾|不低于|不少于|多达|至少|突破)$")
_CHANGE = re.compile(r"增|减|升|下降|同比|环比|较|降|目标|计划|预计|变动|净|每|人均")
_YEAR = r"(?:19|20)\d\d年?(?:度|末|底)?"
_TIME = re.compile(
    r"^(?:截至|截止)?(?:于|到)?(?:(?P<year>(?:19|20)\d\d)年(?:度|末|底|全年|12月31日|12月末|12月底)?|报告期(?:内|末)?|本年度|年末|年底|期末)(?:末|底|内)?$"
)
_LEADING = re.compile(
    rf"^(?:{_YEAR}|公司|本公司|本行|全行|集团|我们|其中|截至|报告期[内末]?|期末|年末|年底|全年|年度|本年度|目前|现|已|的|累计|共有|共计)+"
)
_COUNTING = re.compile(r"(?:共计|总计|合计|累计|达到?|为|总人数|总数量|总数|人数|数量|数|总额)+$")
_GENERAL = re.compile(r"关键绩效|绩效|亮点|概览|数据|指标|[\s>,，。、:：]")
_GENERIC = frozenset(
    "男 女 男性 女性 其他 合计 总计 小计 总 境内 境外 国内 海外 本科 硕士 博士 专科 人 项目 金额 参与".split()  # noqa: SIM905
)
_SURE = 0.8
STAFF = "员工总数"


def of_rows(passages: Sequence[Passage]) -> Iterator[Statement]:
    """Cells of rows whose label says alone what they are: no other group of the report has it with such a unit."""
    rows = [passage.row for passage in passages if passage.row is not None]
    homes: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        homes[metric_key(row.label), _base_of(row)].add(tuple(map(_plain, (row.table, *row.group))))
    for row in rows:
        key = metric_key(row.label)
        alone = len(homes[key, _base_of(row)]) == 1
        if alone and row.confidence >= _SURE and not row.basis and _telling(key):
            yield from _cells(row, key)


def _cells(row: Row, key: str) -> Iterator[Statement]:
    for cell in row.cells:
        printed = normalise(cell.value_text)
        unit = parse_unit(cell.unit or row.unit)
        if cell.value is None or not cell.period or unit is None or not re.fullmatch(rf"-?(?:{_NUMBER})%?", printed):
            continue
        name, step = cell.unit or row.unit, _step(printed)
        yield Statement(key, row.label, cell.period, cell.value, step, *unit, name, cell.value_text, cell.line, False)


def of_callouts(passages: Sequence[Passage], year: int, lines: Sequence[Line]) -> Iterator[Statement]:
    """Call-outs whose heading, if any, names no subject of its own."""
    for passage in passages:
        *context, last = normalise(passage.text).split(" > ")
        match = _CALLOUT.match(last)
        if passage.kind != "callout" or match is None or any(not _says_no_more(part) for part in context):
            continue
        period = next((found for part in reversed(context) if (found := _period(part, year))), str(year))
        statement = _statement(match, match["metric"], period, _line(passage, match["number"], lines), prose=False)
        if statement is not None:
            yield statement


def of_sentences(passages: Sequence[Passage], year: int, lines: Sequence[Line]) -> Iterator[Statement]:
    """Figures of sentences like 截至2024年底，公司员工总数共计1,937人，其中男性员工1,270人。"""
    for passage in passages:
        if passage.kind != "prose":
            continue
        for sentence in re.split(r"[。；;!?\n]", normalise(passage.text)):
            for statement, number in _of_sentence(sentence, year):
                yield replace(statement, line=_line(passage, number, lines))


def _of_sentence(sentence: str, year: int) -> Iterator[tuple[Statement, str]]:
    period: str | None = None
    # Of the first figure the institution is the subject, 其中 gives parts of it; after anything else it may be another.
    first, parts, lost = True, False, False
    for clause in re.split(r"[，、](?!\d)|,(?!\d{3})", sentence):
        clause = clause.strip()
        time = _TIME.match(clause)
        if time:
            period = time["year"] or str(year)
            continue
        owned = _OWNED.search(clause)
        if owned:
            number = float(owned["number"].replace(",", ""))
            now = str(year) if period is None else period
            yield Statement(STAFF, STAFF, now, number, 1.0, "人", 1.0, "人", owned["number"], 0, True), owned["number"]
        inner = re.match(rf"^(?:截至)?({_YEAR})", clause)
        when = inner.group(1)[:4] if inner else period
        parts = parts or (not first and not lost and clause.startswith(("其中", "包括")))
        match = _CLAUSE.match(clause)
        statement = _statement(match, match["metric"], when, 0, prose=True) if match and when else None
        if match is not None and statement is not None and not lost and (first or parts):
            yield statement, match["number"]
            first = False
        else:
            lost = True


def _line(passage: Passage, number: str, lines: Sequence[Line]) -> int:
    """The line of a passage on which a number stands."""
    for line in lines[passage.line_start - 1 : passage.line_end]:
        if re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", line.text):
            return line.number
    return passage.line_end


def _statement(match: re.Match[str], metric: str, period: str, line: int, *, prose: bool) -> Statement | None:
    unit_text = match["unit"]
    key, unit = metric_key(metric), parse_unit(unit_text)
    if unit is None or not _telling(key) or _ROUGH.search(metric) or (prose and _CHANGE.search(metric)):
        return None
    number = float(match["number"].replace(",", ""))
    step, name = _step(match["number"]), _LEADING.sub("", metric)
    return Statement(key, name, period, number, step, *unit, unit_text, match["number"], line, prose)


def _says_no_more(context: str) -> bool:
    return not re.sub(r"公司|本行|集团|截至|报告期[内末]?|年度|年末|年底|" + _YEAR, "", _GENERAL.sub("", context))


def _period(text: str, year: int) -> str | None:
    named = re.search(r"(?:19|20)\d\d", text)
    return named.group() if named else str(year) if re.search(r"报告期|本年度", text) else None


def metric_key(label: str) -> str:
    """What a metric is called, without brackets, punctuation, subject and the words that only announce a number."""
    plain = _LEADING.sub("", _plain(re.sub(r"\([^()]*\)", "", normalise(label))))
    key = _COUNTING.sub("", plain)
    return STAFF if key in ("员工", "在职员工", "雇员") and key != plain else key


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", normalise(text))


def _telling(key: str) -> bool:
    return len(key) >= 3 and key not in _GENERIC and not re.search(r"\d", key)


def parse_unit(unit: str) -> tuple[str, float] | None:
    """(base, scale) of a unit; None when it has no base."""
    plain = re.sub(r"[()\s]", "", normalise(unit)).replace("人民币", "")
    for scale in sorted(_SCALES, key=len, reverse=True):
        if plain.startswith(scale) and len(plain) > len(scale):
            return _SAME_BASE.get(plain[len(scale) :], plain[len(scale) :]), _SCALES[scale]
    return (_SAME_BASE.get(plain, plain), 1.0) if plain else None


def _base_of(row: Row) -> str:
    unit = parse_unit(row.unit)
    return unit[0] if unit else ""


def _step(digits: str) -> float:
    """What the last printed digit counts: 1 for 8181, 0.1 for 8180.5."""
    fraction = re.search(r"\.(\d+)", digits)
    return float(10.0 ** -len(fraction.group(1))) if fraction else 1.0
