"""What a numeric question accepts: amounts, unit, precision, direction of change, period, and the context it allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from eval.figures import Figure, close, figures, loose_numbers
from eval.formula import FormulaError, decimals, evaluate, one_step, operands
from eval.periods import months_in, years_in
from eval.schema import EvalLanguage, Question
from eval.units import Unit, fits, parse_unit, units_named
from eval.wording import pattern, plain

_PERCENT_ASKED = re.compile(r"百分之[几多]|百分比|percentage|per cent|percent|几成", re.IGNORECASE)
_PER_ASKED = re.compile(r"人均|平均|每|户均|\bper\b|average|each", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:。；！？!?、(（\n]")
_ONE_HAN_BEFORE = re.compile(r"([多少高低增减升降涨跌])(?:了|出|约|近|达)*\s*$")
_AFTER = re.compile(r"\s?(?:的)?\s?(?:\(?\s?)?(\S+(?:\s\S+){0,1})")
_AS_RATIO = re.compile(r"as an? (?:ratio|decimal|fraction)|以小数|按小数|比值")
_EPSILON = 1e-9


@dataclass(frozen=True)
class Gold:
    """The gold of one numeric question in one language.

    values: amounts in `unit`, the main one first, without sign. exact: the unrounded result of a derived value.
    direction: -1 a decline, 1 a rise, 0 a level or not known. strict_sign: the gold is negative, so a figure that
    says neither a minus nor a decline is wrong. context: numbers an answer may state beside the gold one.
    """

    values: tuple[float, ...]
    unit: Unit
    exact: float | None
    direction: int
    strict_sign: bool
    question: str
    years: frozenset[int]
    months: frozenset[int]
    context: tuple[float, ...]
    named: tuple[Unit, ...]
    under: bool
    derived: bool

    def mismatch(self, figure: Figure, text: str) -> str | None:
        """Why a figure of a text is not the gold one, None when it is: "unit", "scale", "sign", "digits", …"""
        problem = self._amount_mismatch(figure, text)
        if problem:
            return problem
        if denied(text, figure):
            return "negated"
        if not self.under and _says(text, figure, "under", 2):
            return "bound"
        return self._sign_mismatch(direction(text, figure))

    def _sign_mismatch(self, said: int) -> str | None:
        if self.direction * said < 0:
            return "sign"
        if self.strict_sign and said == 0 and direction_of_words(self.question) != -1:
            return "sign"
        return None

    def _amount_mismatch(self, figure: Figure, text: str) -> str | None:
        unit = figure.unit
        if unit.per and not self.unit.per and _PER_ASKED.search(self.question):
            unit = replace(
                unit, per="", below=1.0
            )  # the question asks for an average, the gold unit does not repeat it
        if unit.dimension and not fits(unit, self.unit):
            return "unit" if self._same_digits(figure) else "digits"
        for size, resolution in self._readings(figure, text):
            if any(self._equal(size, resolution, value) for value in self.values):
                return None
        if not self._same_digits(figure):
            return "digits"
        return "unit missing" if not unit.dimension and self.unit.measured else "scale"

    def _same_digits(self, figure: Figure) -> bool:
        return any(close(figure.number, value) for value in self.values)

    def _readings(self, figure: Figure, text: str) -> list[tuple[float, float]]:
        """(size, resolution) in the base of the dimension: what a figure can mean, given the units of the question."""
        unit = figure.unit
        step = 10.0**-figure.decimals
        below = self.unit.below / unit.below if unit.per and self.unit.per else 1.0
        if unit.dimension:
            return [(figure.size * below, figure.resolution * below)]
        asked = [u for u in self.named if u.dimension == self.unit.dimension or not self.unit.measured]
        readings = []
        if unit.scaled:  # 2.78亿: the currency goes without saying, a tonne does not
            if asked or not self.unit.measured or self.unit.dimension == "CNY":
                readings.append((figure.size, figure.resolution))
            return readings
        if not self.unit.measured:
            readings.append((figure.number, step))
        readings += [(figure.number * u.factor, step * u.factor) for u in asked]
        if self.unit.dimension == "percent" and self._said_as_ratio(figure, text):
            readings.append((figure.number * 100, step * 100))
        return readings

    def _said_as_ratio(self, figure: Figure, text: str) -> bool:
        start = _clause_start(text, figure.start)
        before = (
            text[start : figure.start].lower()
            + " | "
            + " ".join(_AS_RATIO.findall(text[max(0, start - 24) : start].lower()))
        )
        after = text[figure.end : figure.end + 24].lower()
        return figure.number <= 1 and pattern("ratio").search(before + " | " + after) is not None

    def _equal(self, size: float, resolution: float, value: float) -> bool:
        gold = value * self.unit.factor
        if close(size, gold):
            return True
        if self.exact is None or value != self.values[0]:
            return False
        finest = 10.0 ** -decimals(value) * self.unit.factor
        exact = abs(self.exact) * self.unit.factor
        return resolution <= finest * (1 + _EPSILON) and abs(size - exact) <= resolution / 2 + _EPSILON * max(
            1.0, exact
        )


def _clause_start(text: str, position: int) -> int:
    ends = [match.end() for match in _CLAUSE_END.finditer(text, 0, position) if not _inside_number(text, match.start())]
    return ends[-1] if ends else 0


def _inside_number(text: str, position: int) -> bool:
    return 0 < position < len(text) - 1 and text[position - 1].isdigit() and text[position + 1].isdigit()


def _says(text: str, figure: Figure, name: str, reach: int) -> bool:
    """Whether a word of a list stands right before a figure, with at most `reach` characters between."""
    before = text[max(0, figure.start - 24) : figure.start].lower()
    return any(len(before.rstrip()) - match.end() <= reach for match in pattern(name).finditer(before))


def denied(text: str, figure: Figure) -> bool:
    """Whether a text says that a figure is not the one: 不是1.77%, "not 1.77%"."""
    return _says(text, figure, "negation", 4)


def direction_of_words(text: str) -> int:
    """-1 when a text speaks of a decline only, 1 of a rise only, 0 of neither or both."""
    text = pattern("no_direction").sub(" ", text.lower())
    down, up = (any(len(m.group()) > 1 for m in pattern(name).finditer(text)) for name in ("down", "up"))
    return int(up) - int(down)


def direction(text: str, figure: Figure) -> int:
    """-1 when a figure is said as a decline (minus sign, 下降, "fell by", "lower"), 1 as a rise, 0 as a level."""
    if figure.sign < 0:
        return -1
    start = _clause_start(text, figure.start)
    before_it = [other.end for other in figures(text) if start <= other.end <= figure.start and not other.weak]
    before = text[max([start, *before_it]) : figure.start].lower()
    after = _AFTER.match(text, figure.end)
    return _before(before) or _behind(after.group(1).lower() if after else "")


def _before(before: str) -> int:
    """Direction said before a figure; a word between ("fell to", 增至) makes it a level."""
    single = _ONE_HAN_BEFORE.search(before)
    if single:
        return 1 if single.group(1) in "多高增升涨" else -1
    cleaned = pattern("no_direction").sub(lambda match: "#" * len(match.group()), before)
    found = [
        (m.end(), sign)
        for sign, name in ((1, "up"), (-1, "down"))
        for m in pattern(name).finditer(cleaned)
        if len(m.group()) > 1
    ]
    if not found:
        return 0
    end, sign = max(found)
    rest = cleaned[end:].strip()
    return (
        0
        if any(m.end() >= len(rest) - 2 for m in pattern("level").finditer(rest)) and not re.search(r"\bby\b", rest)
        else sign
    )


def _behind(after: str) -> int:
    word = pattern("no_direction").sub("#", after)
    for sign, name in ((1, "up"), (-1, "down")):
        match = pattern(name).search(word)
        if match and len(match.group()) > 1 and match.start() <= 1:
            return sign
        if (
            match
            and match.group().isascii()
            and " " in word[: match.start()]
            and match.start() < 16
            and word[: match.start()].count(" ") == 1
        ):
            return sign
    return 0


@lru_cache(maxsize=4096)
def gold_of(question: Question, language: EvalLanguage) -> Gold:
    """The gold of a numeric question; `question.value` must not be None."""
    assert question.value is not None
    asked = plain(question.text(language))
    unit = _unit(question)
    exact, context = _derivation(question)
    # The direction is what both gold sentences say beside the gold figure.
    draft = Gold(
        values=tuple(abs(v) for v in (question.value, *question.also_accept)),
        unit=unit,
        exact=exact,
        direction=0,
        strict_sign=False,
        question=asked,
        years=_years(question, asked),
        months=frozenset(months_in(asked)) or frozenset(months_in(plain(question.gold(language))) | {12}),
        context=(*context, *loose_numbers(asked)),
        named=tuple(units_named(asked)) + ((Unit("percent", word="%"),) if _PERCENT_ASKED.search(asked) else ()),
        under=_speaks_of_bound(question),
        derived=question.type in ("derived", "comparison"),
    )
    said = {_gold_direction(draft, plain(sentence)) for sentence in (question.answer_zh, question.answer_en)}
    way = -1 if question.value < 0 else said.pop() if len(said) == 1 else 0
    return replace(draft, direction=way, strict_sign=question.value < 0)


def _years(question: Question, asked: str) -> frozenset[int]:
    """Years a figure may be stated for: of the question, the gold one, and all later ones where it says "since"."""
    named = years_in(asked) | ({question.year} if question.year else set())
    if named and pattern("since").search(asked.lower()):
        named |= set(range(min(named), min(named) + 30))
    return frozenset(named)


def _unit(question: Question) -> Unit:
    """The gold unit; the English one adds a currency that the Chinese one (亿) leaves out."""
    unit, english = parse_unit(question.unit), parse_unit(question.unit_en)
    occasions = english.dimension == "multiple"  # "5 times"
    named = not unit.measured and english.measured and not occasions
    return english if named and close(unit.factor, english.factor) else unit


def _gold_direction(draft: Gold, sentence: str) -> int:
    for figure in figures(sentence):
        if draft.mismatch(figure, sentence) is None and direction(sentence, figure):
            return direction(sentence, figure)
    return 0


def _speaks_of_bound(question: Question) -> bool:
    texts = (
        question.question_zh,
        question.question_en,
        question.answer_zh,
        question.answer_en,
        *(e.quote for e in question.evidence),
    )
    return any(pattern("under").search(plain(text).lower()) for text in texts)


def _derivation(question: Question) -> tuple[float | None, list[float]]:
    """The unrounded derived value and the numbers it was computed from."""
    if question.type not in ("derived", "comparison") or question.value is None:
        return None, []
    formula = question.formula or one_step(
        question.value, [n for item in question.evidence for n in loose_numbers(item.quote)]
    )
    if not formula:
        return None, []
    try:
        return evaluate(formula), operands(formula)
    except FormulaError:
        return None, []
