"""Figures: every cell of a row and every number with its unit in prose, each with the words that say what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.instructions import is_instruction
from assistant.periods import Asked, find_periods
from assistant.respective import respective
from assistant.units import (
    NUMBER_PATTERN,
    SPOKEN_PATTERN,
    UNIT_PATTERN,
    Unit,
    parse_number,
    parse_unit,
    spoken_number,
)
from index.records import Cell, Line, Passage, Row
from index.text import normalise, simplify

Lines = Callable[[str, int, int], Sequence[Line]]

# "1,031万余元": the word for "and some" stands inside the unit.
# A comma before a number is part of it only after a digit: "…份额,1,515名".
_FIGURE = re.compile(
    rf"(?<![\d.a-z·])(?<!\d,)({NUMBER_PATTERN})\s*"
    rf"(?:[余多](?={UNIT_PATTERN}))?((?:万|亿|千|百)[余多](?:{UNIT_PATTERN})|{UNIT_PATTERN})?"
)
_SPOKEN = re.compile(SPOKEN_PATTERN)
_CLAUSE_END = re.compile(r"(?<!\d)[,、]|[,;。！？!?、:](?!\d)")  # not within 1,031 or 10:30
_SENTENCE_END = re.compile(r"[;。！？!?]")
# "44家分公司和167家营业部": two things, each with its number before it.
_AND_COUNTED = re.compile(
    rf"(?<=[\u3400-\u9fff]{{2}})(?:以及|[和及与])"
    rf"(?=\s*(?:{NUMBER_PATTERN})\s*(?:{UNIT_PATTERN}|\+)[\u3400-\u9fff]{{2}})(?!\s*\d{{4}}年)"
)
_COUNTED = re.compile(rf"(?:{NUMBER_PATTERN})\s*(?:{UNIT_PATTERN}|\+)\s*[\u3400-\u9fff]{{2}}")
# "高阶指标23项和低阶指标91项": each with its number behind it.
_AND_NAMED = re.compile(
    rf"(?<=[\u3400-\u9fff%])(?:以及|[和及与])(?=[\u3400-\u9fff]{{2,12}}\s*(?:{NUMBER_PATTERN})\s*(?:{UNIT_PATTERN}))"
)
_NAMED = re.compile(rf"[\u3400-\u9fff]{{2}}\s*(?:{NUMBER_PATTERN})\s*(?:{UNIT_PATTERN})$")
# "健康、就业、气象服务等14个": what the number counts stands before it as a list.
_COUNTED_UP = re.compile(r"等(?:共|合计|在内的)?(?:约|近|超过?|逾)?\s*$")
_LIST_END = re.compile(r"(?<!\d)[,]|[,;。！？!?:](?!\d)")
_COUNTED_BEFORE = re.compile(rf"(?:{NUMBER_PATTERN})\s*(?:{UNIT_PATTERN})\s*[\u3400-\u9fff]{{2,12}}?(?:以及|[和与及])")
_THEN_COUNTED_UP = re.compile(
    rf"([\u3400-\u9fff]{{2,12}}?)(?:以及|[和与及])[^,;。\d]{{2,60}}等(?:约|近)?\s*(?:{NUMBER_PATTERN})"
)
_LISTED_BEHIND = re.compile(r"(?:、[^、,;。:\d和与及等]{2,12})+(?=[和与及,;。]|$)")
# What a number without a unit must follow to be a figure: "得分为4.88", "评分: 92".
_STATED = re.compile(r"(?:[为达是至到得共约:]|达到|高于|低于|超过)\s*$")
_DATE_TAIL = re.compile(r"\s*(?:年(?!度?[化均])|月|日|号|季度|:\d)")
_DOWN = re.compile(
    r"(?:下降|减少|降低|下滑|回落|缩短|降|减|缩减|节约|节省|下跌|负增长)(?:了|至少|约|幅度?|率)*(?:为|达|达到)?\s*$"
)
# What a date opens: the founding, of which the clauses after it say what has come of it.
_FOUNDED = re.compile(r",?[^,;。]{0,40}?(?:成立|创立|创办|组建)[^,;。]*[,]")
_BY_NOW = re.compile(r"现有|目前|现已|至今")
# "《关于发布2022年…的公告》", in these marks or not, names a document, not the period of a figure.
_TITLE = re.compile(r"《[^《》]*》|关于[^《》,。;]{2,40}?的(?:公告|通知|通告|批复)")
_MORE_THAN = re.compile(r"\+\s*[\u3400-\u9fff]")  # "沉淀了200+质检模型" counts what follows
# "连续7年入围…榜单(2018-2024)", "50家(2023年)": such years are the figure's own, the last of them where it stands.
_IN_BRACKETS = r"\((?:20\d\d年?\s*(?:-|—|–|~|至|到)\s*)?(20\d\d)年?[度末底]?\)"
_YEAR_BEHIND = re.compile(rf"\s*{_IN_BRACKETS}")
_YEARS_IN_A_ROW = re.compile(rf"[^,。;()《]{{0,40}}{_IN_BRACKETS}")
_SAID_OF = re.compile(r"(?:上年|去年|年度|报告期|期间|本期|当期|同期)度?$")
_MONTH_REACH = 6  # lines
_ALONE = 4  # characters: fewer beside a number say nothing of it
_WEAK_PERIOD_YEARS = re.compile(r"^(?:19|20)\d\d$")
# "分别下降0.33个和0.50个百分点": the first is one of points too.
_POINTS_FOLLOW = re.compile(r"\s*[和与及、]\s*\d+(?:\.\d+)?\s*个?百分点")


@dataclass(frozen=True)
class Figure:
    """One figure of a report.

    label: the words that name it (row label, or the clause in prose). context: what stands around it (groups, table,
    section, sentence). period: "" when nothing states it. value: in `unit_text`; None where the report says that it is
    not disclosed. line: where `value_text` stands. direction: -1 when the prose states a fall as a positive number.
    paired: its own words where a "分别" pairs it with one of several names. month: the month in which, by the text
    before it, something happened, where nothing states its period.
    """

    passage: Passage
    label: str
    context: str
    period: str
    value: float | None
    value_text: str
    unit_text: str
    unit: Unit | None
    line: int
    basis: str = ""
    row: Row | None = None
    cell: Cell | None = None
    direction: int = 0
    sentence: str = ""
    paired: str = ""
    month: str = ""

    @property
    def report(self) -> str:
        """The report's id."""
        return self.passage.report

    @property
    def words(self) -> str:
        """The words that say what it is: the label, or its part of a sentence that names several things."""
        return self.paired or self.label


def figures_of(passage: Passage, lines: Lines, report_year: int) -> list[Figure]:
    """The figures of a passage, in order."""
    if passage.row is not None:
        return [_from_cell(passage, passage.row, cell) for cell in passage.row.cells]
    return _from_prose(passage, lines, report_year)


def groups_of(passage: Passage) -> tuple[str, ...]:
    """The total a row is a part of (index/totals.py), then its groups, outermost first."""
    row = passage.row
    if row is None:
        return ()
    total = passage.section[-1:] if passage.section and passage.section[-1] != row.table else ()
    return (*total, *row.group)


def _from_cell(passage: Passage, row: Row, cell: Cell) -> Figure:
    unit_text = cell.unit or row.unit
    return Figure(
        passage=passage,
        label=row.label,
        context=" ".join((*groups_of(passage), row.table)),
        period=cell.period,
        value=cell.value,
        value_text=cell.value_text,
        unit_text=unit_text,
        unit=_unit(row.label, unit_text),
        line=cell.line,
        basis=row.basis,
        row=row,
        cell=cell,
    )


def _from_prose(passage: Passage, lines: Lines, report_year: int) -> list[Figure]:
    text = normalise(passage.text)
    titles = [match.span() for match in _TITLE.finditer(text)]
    periods = [p for p in find_periods(text) if not any(start < p.start < end for start, end in titles)]
    pairs = {pair.start: pair.name for pair in respective(text)}
    month = "" if periods else _month_before(passage, lines)
    found: list[Figure] = []
    matches = sorted([*_FIGURE.finditer(text), *_SPOKEN.finditer(text)], key=lambda match: match.start())
    for match in matches:
        number, unit_text = match[1], re.sub(r"(?<=[万亿千百])[余多]", "", match[2] or "")
        if any(asked.start <= match.start() < asked.end for asked in periods):
            continue
        after = text[match.end(1) :]
        if after[:1] in ("·", "后") or (match.start() == 0 and not unit_text):
            continue  # 3·15, 80后, or the number of a note
        more = _MORE_THAN.match(after) is not None
        if not unit_text and not more and not _STATED.search(text[: match.start()]):
            continue  # 范围 3, ISO 9001, Tier 1: a name, not a figure
        day = unit_text == "日" and text[: match.start()].rstrip().endswith("月")
        if day or (unit_text == "年" and _WEAK_PERIOD_YEARS.match(number)):
            continue
        if not unit_text and (_DATE_TAIL.match(text[match.end() :]) or _WEAK_PERIOD_YEARS.match(number)):
            continue
        value = spoken_number(number) if match.re is _SPOKEN else parse_number(number)
        line = _line_of(number, unit_text, passage, lines)
        if value is None or line is None:
            continue
        if unit_text == "个" and _POINTS_FOLLOW.match(text, match.end()):
            unit_text = "个百分点"
        start, end = _sentence(text, match.start())
        if is_instruction(text[start:end]):
            continue
        clause_start, clause_end = _clause(text, match.start(), match.end())
        # "较前三季度加快" names what is compared with, not the period spoken of.
        before = [p for p in periods if p.start < match.start() and text[: p.start].rstrip()[-1:] not in ("较", "比")]
        before = [p for p in before if not _closed_off(p, text, clause_start)]
        period = before[-1].period if before else ""
        happened = ""
        if before and before[-1].start < start and _is_event(before[-1], text):
            # "2024年11月,某平台入选。该平台单日处理5亿笔": when something happened, and no period of what follows.
            happened, period = period, ""
        if before and _FOUNDED.match(text[before[-1].end : clause_start]):
            # "2015年成立公司,现有员工500人": the year of the founding alone. What else follows may be of that year.
            own = period.startswith(str(report_year)) or _BY_NOW.search(text[before[-1].end : match.start()])
            period = "" if own else period
        in_a_row = unit_text == "年" and text[: match.start()].rstrip().endswith("连续")
        if behind := _YEAR_BEHIND.match(text, match.end()) or (in_a_row and _YEARS_IN_A_ROW.match(text, match.end())):
            period = behind[1]
        found.append(
            Figure(
                passage=passage,
                label=text[clause_start:clause_end],
                context=" ".join(passage.section),
                period=period,
                value=value,
                value_text=number,
                unit_text=unit_text,
                unit=Unit("count", 1.0) if more and not unit_text else _unit(text[clause_start:clause_end], unit_text),
                line=line,
                direction=-1 if _DOWN.search(text[clause_start : match.start()]) else 0,
                sentence=text[start:end],
                paired=f"{pairs[match.start()]}{match[0].strip()}" if match.start() in pairs else "",
                month=happened or month,
            )
        )
    return found


def _unit(name: str, unit_text: str) -> Unit | None:
    """The unit of a figure: 观看人次 7,440次 counts those who came, whatever is printed after it."""
    return parse_unit("人次" if unit_text == "次" and "人次" in normalise(name) else unit_text)


def _is_event(asked: Asked, text: str) -> bool:
    """Whether a period is a month in which something happened: no month's end, and no months from the year's start."""
    return len(asked.period) == 7 and not asked.cumulative and text[asked.end : asked.end + 1] not in ("末", "底", "份")


def _closed_off(asked: Asked, text: str, clause: int) -> bool:
    """Whether a period stands in brackets that end before the clause: "入围A榜(2018-2024),连续6年入围B榜"."""
    opened = text.rfind("(", 0, asked.start)
    if _SAID_OF.search(text[:opened] if opened > 0 else ""):
        return False  # "上年(2023年),…"
    if opened < 0 or ")" in text[opened : asked.start]:
        return False
    return -1 < text.find(")", asked.end) < clause


def _month_before(passage: Passage, lines: Lines) -> str:
    """The month named last in the lines just above the passage: "2024年8月，某论坛举行。" opens what follows."""
    above = lines(passage.report, max(1, passage.line_start - _MONTH_REACH), passage.line_start - 1)
    named = find_periods(normalise("".join(line.text for line in above)))
    return named[-1].period if named and len(named[-1].period) == 7 else ""


def _sentence(text: str, place: int) -> tuple[int, int]:
    starts = [match.end() for match in _SENTENCE_END.finditer(text, 0, place)]
    end = _SENTENCE_END.search(text, place)
    return (starts[-1] if starts else 0), (end.start() if end else len(text))


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a number; a clause that is the number alone takes in the one before it."""
    cuts = [match.end() for match in _CLAUSE_END.finditer(text, 0, start)]
    left = cuts[-1] if cuts else 0
    found = _CLAUSE_END.search(text, end)
    right = found.start() if found else len(text)
    joints = [joint for joint in _AND_COUNTED.finditer(text, left, right) if _COUNTED.search(text, left, joint.start())]
    joints += [joint for joint in _AND_NAMED.finditer(text, left, right) if _NAMED.search(text[left : joint.start()])]
    for joint in sorted(joints, key=lambda match: match.start()):
        if joint.end() <= start:
            left = joint.end()
        elif joint.start() >= end:
            right = joint.start()
            break
    if start - left < _ALONE and right - end < _ALONE:
        left = cuts[-2] if len(cuts) > 1 else 0
    return _listed_from(text, left, start), _listed_to(text, end, right)


def _listed_from(text: str, left: int, start: int) -> int:
    """Where a clause begins, with what its number counts up: "健康、就业、气象服务等14个公共服务"."""
    if not _COUNTED_UP.search(text[left:start]):
        return left
    cuts = [match.end() for match in _LIST_END.finditer(text, 0, left)]
    begins = cuts[-1] if cuts else 0
    others = list(_COUNTED_BEFORE.finditer(text, begins, left))
    begins = others[-1].end() if others else begins
    return left if re.search(r"\d", text[begins:left]) else begins


def _listed_to(text: str, end: int, right: int) -> int:
    """Where a clause ends: before what the next number counts up, after what its own does ("45个细则、指南、手册")."""
    if next_list := _THEN_COUNTED_UP.match(text, end):
        return next_list.end(1)
    listed = _LISTED_BEHIND.match(text, right) if right - end > 1 else None
    return listed.end() if listed else right


def _line_of(number: str, unit_text: str, passage: Passage, lines: Lines) -> int | None:
    """The line on which a number stands, the one with its unit first: "1元" is not the 1 of "2024年第1章"."""
    digits = number.lstrip("-−–")
    joined = digits.replace(",", "")
    unit = re.escape(unit_text[:1])
    own = lines(passage.report, passage.line_start, passage.line_end)
    for tail in (rf"\s*{unit}", "") if unit else ("",):
        pattern = re.compile(rf"(?<![\d.]){re.escape(digits)}(?![\d]|\.\d|,\d\d\d){tail}")
        plain = re.compile(rf"(?<![\d.]){re.escape(joined)}(?![\d]|\.\d){tail}")
        for line in own:
            text = simplify(line.text)
            if pattern.search(text) or plain.search(text.replace(",", "")):
                return line.number
    # A number broken over two lines: the line on which it begins.
    head = digits.split(".")[0].split(",")[0]
    for line in own:
        if re.search(rf"(?<![\d.]){re.escape(head)}[.,]?\s*$", line.text):
            return line.number
    return None


def readable(figure: Figure) -> str:
    """The figure's value with its unit, as printed."""
    if figure.value is None:
        return figure.value_text or "—"
    if figure.unit_text and figure.value_text.endswith(figure.unit_text):
        return figure.value_text  # a cell that prints its unit
    joint = "" if figure.unit_text in ("", "%") or figure.unit_text[:1] in "万亿%" else " "
    return f"{figure.value_text}{joint}{figure.unit_text}".strip()


def metric_name(figure: Figure) -> str:
    """What the figure is called, for people: groups and label of a row, the clause of prose."""
    if figure.row is None:
        return normalise(figure.label)
    return "".join(f"{part}·" for part in groups_of(figure.passage)) + figure.row.label
