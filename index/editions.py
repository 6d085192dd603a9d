"""Which of one institution's reports a text means: those of the years it names, else the latest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SPAN = re.compile(
    r"近[两二三四五六七八九十\d]+年|历年|逐年|趋势|走势|变化|over the (?:past|last) \w+ years|trend|since \d{4}",
    re.IGNORECASE,
)


class Edition(Protocol):
    """What is asked of a report here."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def legal_name(self) -> str:
        """The institution's legal name."""
        ...

    @property
    def year(self) -> int:
        """The year it covers."""
        ...


def choose_editions(reports: Sequence[Edition], text: str) -> tuple[str, ...]:
    """Ids of the reports meant, latest first.

    Reports of several institutions are all kept: the name is ambiguous. Of one institution's: for each year named, the
    report of that year, else the earliest later one, whose tables look back; all of them where a development is asked
    for; the latest where no year is named.
    """
    if len({report.legal_name for report in reports}) != 1 or len(reports) < 2:
        return tuple(report.id for report in reports)
    ordered = sorted(reports, key=lambda report: -report.year)
    years = {int(year) for year in _YEAR.findall(text)}
    if _SPAN.search(text) or (years and max(years) - min(years) > 1):
        return tuple(report.id for report in ordered)
    meant = [min((r for r in ordered if r.year >= year), key=lambda r: r.year, default=ordered[0]) for year in years]
    chosen = [report for report in ordered if report in meant] or ordered[:1]
    return tuple(report.id for report in chosen)
