"""Periods as column heads print them, and the form in which cells carry them: 2024, 2024-06, 2024-H1, 2024-Q3."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.text import simplify

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_OF_YEAR = r"(?:财年|财政年度|年度|年末|年底|年终|年期末|年全年|年)"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?:fy)?{_YEAR}{_OF_YEAR}?(?:\(.{{0,8}}\))?"), "{year}"),
    (re.compile(rf"{_YEAR}(?:年|[-/.])12(?:月|[-/.])31日?(?:止年度)?"), "{year}"),
    (re.compile(rf"(?:截至)?(?:{_YEAR}(?:年|[-/.]))?(?P<month>1[0-2]|0?[1-9])月(?:末|底|份)?"), "{year}-{month}"),
    (re.compile(rf"{_YEAR}[-/.](?P<month>1[0-2]|0[1-9])"), "{year}-{month}"),
    (re.compile(rf"{_YEAR}(?:年|[-/.])(?P<month>6|06)(?:月|[-/.])30日?"), "{year}-{month}"),
    (re.compile(rf"(?:{_YEAR}年?)?(?:上半年|1[-~至—]6月|h1)"), "{year}-H1"),
    (re.compile(rf"(?:{_YEAR}年?)?(?:下半年|7[-~至—]12月|h2)"), "{year}-H2"),
    (re.compile(rf"(?:{_YEAR}年?)?(?:第?(?P<quarter>[1-4])季度?|q(?P<q>[1-4]))"), "{year}-Q{quarter}"),
    (re.compile(rf"(?:{_YEAR}年?)?1[-~至—](?P<month>1[0-2]|[2-9])月"), "{year}-{month}"),
)  # fmt: skip
_LONG_YEAR = re.compile(r"(?:19|20)\d{2}(?:年|財年|财年)|(?:19|20)\d{2}")
_ENGLISH_YEAR = re.compile(r"(?:year)?((?:19|20)\d{2})")


@lru_cache(maxsize=65536)
def read_period(printed: str) -> str | None:
    """The period a column head names, "????" in place of a year it leaves out; None when it names none."""
    if len(printed) > 24 or not printed.strip():
        return None
    text = re.sub(r"\s+", "", simplify(unicodedata.normalize("NFKC", printed)).lower())
    if not any(character.isdigit() for character in text):
        if "年" not in text and "季" not in text and "月" not in text:
            return None
        text = text.translate(_DIGITS)
    text = re.sub(r"^(?:于|截至)", "", text)
    text = re.sub(r"[一二三四](?=季)", lambda match: match[0].translate(_DIGITS), text)
    for pattern, form in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        found = match.groupdict()
        month = found.get("month")
        return form.format(
            year=found.get("year") or "????",
            month=f"{int(month):02d}" if month else "",
            quarter=found.get("quarter") or found.get("q") or "",
        )
    return None


def is_bare_year(printed: str) -> bool:
    """True for "2024" without a word that makes it a year."""
    return printed.strip().isdigit() and len(printed.strip()) == 4


def with_year(period: str, year: int | None) -> str | None:
    """The period with its year filled in; None when it needs one and none is known."""
    if not period.startswith("????"):
        return period
    return None if year is None else f"{year}{period[4:]}"


def year_in(text: str) -> int | None:
    """The one calendar year a text names; None when it names none or several."""
    years = {int(found) for found in re.findall(r"(?<!\d)((?:19|20)\d{2})(?=\s*年|\s*財年|年度|\s|$)", text)}
    return years.pop() if len(years) == 1 else None
