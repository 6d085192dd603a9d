"""Whether a text commits to one figure, and whether that figure is the gold one.

The last number of a text is never simply taken. A text that states other figures of the same kind beside the right one
is right only when it marks which is meant: by another period, by another metric's name, as the start of a change, or as
an operand of the calculation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from eval.figures import Figure, close, figures
from eval.gold import Gold, denied, direction
from eval.periods import Period, periods, years_in
from eval.units import fits
from eval.wording import pattern, refuses, sentences, words

MOST_LABELLED = 4  # more figures of the same kind than this is a list and not an answer
_MAXIMUM = re.compile(r"(?:out of|满分为?|满分|/)\s*$", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'-]+")
_STOP_AFTER = re.compile(r"[,;。；、(（\n]|\band\b|\bwhile\b|\.\s|\.$|而")
_OF_TOTAL = re.compile(r"(?:^|[.;]\s)Of (?:the |its |all )?$")
_HOW_MANY = re.compile(r"how many ((?:[\w'-]+ ){1,4})", re.IGNORECASE)
_HAN_UNIT = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Commitment:
    """The figure a text commits to that fits the gold, or why there is none.

    reason: "" when right; else "no figure", "other figure",
    "unit", "unit missing", "scale", "sign", "negated", "bound",
    "period", "several figures", "list of figures", "refusal". hits: every figure that is the gold one.
    """

    reason: str
    hits: tuple[Figure, ...] = ()


def commit(text: str, gold: Gold, labelled: Sequence[float] = (), firm: bool = False) -> Commitment:
    """Judge a plain text.

    labelled: amounts that the answer object itself names as other results or nearest figures. firm: the object names a
    main value, so a later "not disclosed" speaks of something else.
    """
    every = [figure for figure in figures(text) if not figure.quoted]
    strong = [figure for figure in every if not figure.weak]
    found = _hits(strong, text, gold) or (_hits(every, text, gold) if min(gold.values) <= 100 else [])
    if not found:
        return Commitment(_why_none(strong, text, gold))
    timed = dict(zip(figures(text), periods(text), strict=True))
    hits = [figure for figure in found if _fits_period(timed[figure], gold, direction(text, figure))]
    if not hits:
        return Commitment("period")
    hits = [figure for figure in hits if not _is_taken_back(text, figure, gold, firm)]
    if not hits:
        return Commitment("refusal")
    pool = every if any(hit.weak for hit in hits) else strong
    rivals = [f for f in pool if _rivals(f, hits, text, gold)]
    labels: list[Figure] = []
    for rival in rivals:
        if any(close(rival.number, number) for number in labelled):
            labels.append(rival)
        elif any(_by_role(rival, hit, text, gold) for hit in hits):
            continue
        elif any(_by_label(rival, hit, text, gold, timed) for hit in hits):
            labels.append(rival)
        else:
            return Commitment("several figures")
    if len({round(figure.size, 9) for figure in labels}) > MOST_LABELLED:
        return Commitment("list of figures")
    return Commitment("", tuple(hits))


def _hits(pool: Sequence[Figure], text: str, gold: Gold) -> list[Figure]:
    return [figure for figure in pool if gold.mismatch(figure, text) is None]


def _why_none(pool: Sequence[Figure], text: str, gold: Gold) -> str:
    reasons = [gold.mismatch(figure, text) or "" for figure in pool]
    telling = [reason for reason in reasons if reason != "digits"]
    return telling[0] if telling else "other figure" if pool else "no figure"


def _fits_period(period: Period, gold: Gold, change: int) -> bool:
    """Whether a figure's period is the one asked for, or not said; where a change starts from says nothing."""
    if change and period.base:
        return not (period.frame and gold.years and not period.frame & gold.years) or gold.derived
    if period.other and not period.years:
        return bool(pattern("year_on_year").search(gold.question.lower()))
    if period.years and gold.years and not period.years & gold.years:
        return gold.derived and not period.own
    return not (period.months and gold.months and not period.months & gold.months)


def _is_taken_back(text: str, figure: Figure, gold: Gold, firm: bool) -> bool:
    """Whether a "not disclosed" stands before a figure, with it, or after it about the same period."""
    offset = 0
    for sentence in sentences(text):
        start = text.index(sentence, offset)
        offset = start + len(sentence)
        if not refuses(sentence):
            continue
        if start <= figure.start:
            return True
        years = years_in(sentence)
        if not firm and not (years and not years & gold.years):
            return True
    return False


def _rivals(figure: Figure, hits: Sequence[Figure], text: str, gold: Gold) -> bool:
    """Whether a figure could be taken for the answer: of the gold's kind, another amount, not part of the question."""
    if figure in hits or any(_same_amount(figure, hit, gold) for hit in hits):
        return False
    scale = gold.unit.factor
    if any(close(figure.number, number) or close(figure.size, abs(number) * scale) for number in gold.context):
        return False
    if denied(text, figure) or _MAXIMUM.search(text[: figure.start]):
        return False
    if not figure.unit.dimension:
        return not gold.unit.measured or not any(hit.unit.dimension for hit in hits)
    if not fits(figure.unit, gold.unit):
        return False
    return gold.unit.measured or _same_thing(figure, hits)


def _same_amount(figure: Figure, hit: Figure, gold: Gold) -> bool:
    if figure.same_as(hit) or (figure.unit.dimension and abs(figure.size - hit.size) <= figure.resolution / 2):
        return True  # the latter is the hit again, rounded
    exact = gold.values[0] * gold.unit.factor
    return close(figure.size, exact) or (
        not figure.unit.dimension and any(close(figure.number, value) for value in gold.values)
    )


def _same_thing(figure: Figure, hits: Sequence[Figure]) -> bool:
    """Counts with different Han counting words (137.8万张, 458棵) count different things."""
    word = figure.unit.word
    others = {hit.unit.word for hit in hits if hit.unit.word}
    if not word or not others or not _HAN_UNIT.match(word):
        return True
    groups = {hit.unit.dimension for hit in hits if hit.unit.word}
    return word in others or figure.unit.dimension in groups - {"thing"} or bool({"个", "家"} >= {word, *others})


def _by_role(rival: Figure, hit: Figure, text: str, gold: Gold) -> bool:
    """Whether a rival is only the start or the size of a change, or the level beside the change asked for."""
    change = direction(text, rival) != 0
    if change and gold.direction == 0 and direction(text, hit) == 0:
        return True
    if gold.direction and direction(text, hit) and not change:
        return True
    between = text[rival.end : hit.start].lower()
    return (
        rival.end <= hit.start
        and len(between) < 24
        and _ends_with(text[: rival.start], "base", 8)
        and _ends_with(between, "target", 3)
    )


def _ends_with(text: str, name: str, reach: int) -> bool:
    tail = text[-24:].lower().rstrip()
    return any(len(tail) - match.end() <= reach for match in pattern(name).finditer(tail))


def _by_label(rival: Figure, hit: Figure, text: str, gold: Gold, timed: dict[Figure, Period]) -> bool:
    """Whether the text says that a rival is of another period or another metric."""
    other, right = timed[rival], timed[hit]
    if (other.years or other.other) and not other.years & (right.years or gold.years):
        return True
    if other.own and other.months and right.months and not other.months & right.months:
        return True
    if _counts_another_noun(text, rival, hit, gold):
        return True
    label = _context(text, rival)
    asked = _tokens(gold.question)
    theirs, own = _tokens(label), _tokens(_context(text, hit))
    for_hit, for_rival = (own - theirs) & asked, (theirs - own) & asked
    is_total = pattern("part").search(text[rival.end : hit.start].lower()) or _OF_TOTAL.search(text[: rival.start])
    if rival.end <= hit.start and is_total and (for_hit or not for_rival):
        return True  # the rival is the total, the hit the part that is asked for
    if not _is_label(label, asked | own):
        return False
    first, second = sorted((hit, rival), key=lambda figure: figure.start)
    if hit is first and not theirs & asked:
        return True
    # "2,974 female and 7,953 male employees": the noun they share stands with the second one only
    shared_noun = re.fullmatch(r"[\w\s'-]{1,30}\band\s", text[first.end : second.start]) is not None
    return len(for_hit) > len(for_rival) or bool(for_hit and shared_noun and len(for_hit) == len(for_rival))


def _counts_another_noun(text: str, rival: Figure, hit: Figure, gold: Gold) -> bool:
    """Whether the noun after a bare English count is neither what "how many" asks for nor what the hit counts."""
    asked = _HOW_MANY.search(gold.question)
    noun = _noun(text[rival.end :])
    if gold.unit.measured or rival.unit.dimension or not asked or not noun:
        return False
    return not noun & (
        _tokens(asked.group(1)) | _noun(text[hit.end :]) | _tokens(hit.unit.word) | _tokens(gold.unit.word)
    )


def _noun(after: str) -> frozenset[str]:
    """The words right after a figure, up to the first stop word or break; empty when there are none."""
    phrase = []
    for word in re.match(r"[A-Za-z '-]*", after).group().split()[:4]:  # type: ignore[union-attr]
        if (
            word.lower() in words("stop")
            or word.lower() in words("connective")
            or pattern("base").fullmatch(word.lower())
        ):
            break
        phrase.append(word)
    return _tokens(" ".join(phrase))


@lru_cache(maxsize=4096)
def _context(text: str, figure: Figure) -> str:
    """The words around a figure that say what it is: back to the figure before, on to the next break."""
    every = figures(text)
    start = max([0, *(f.end for f in every if f.end <= figure.start and not f.weak)])
    sentence = [m.end() for m in re.finditer(r"[。！？;；\n]|[.!?]\s", text[start : figure.start])]
    start += sentence[-1] if sentence else 0
    stop = min([len(text), *(f.start for f in every if f.start >= figure.end and not f.weak)])
    break_after = _STOP_AFTER.search(text, figure.end, stop)
    before = text[start : figure.start]
    after = text[figure.end : break_after.start() if break_after else stop]
    own = re.split(r"[,，、;；]|\band\b|\bwhile\b", before)[-1]  # what follows the last break is the figure's own
    return (own if _tokens(own + " " + after) else before) + " " + after


@lru_cache(maxsize=4096)
def _tokens(text: str) -> frozenset[str]:
    """Han bigrams and Latin words of a text, without stop words."""
    text = text.lower()
    found = {run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)}
    stop = set(words("stop"))
    found.update(word.removesuffix("'s").removesuffix("s") for word in _WORD.findall(text) if word not in stop)
    return frozenset(found)


def _is_label(context: str, asked: frozenset[str]) -> bool:
    """Whether a context names something of its own, more than "or", "about" and words of the question."""
    text = pattern("connective").sub(" ", context.lower())
    if any(len(run) > 1 and {run[i : i + 2] for i in range(len(run) - 1)} - asked for run in _HAN.findall(text)):
        return True
    stop = set(words("stop")) | set(words("connective"))
    return any(word not in stop and word.removesuffix("s") not in asked for word in _WORD.findall(text))
