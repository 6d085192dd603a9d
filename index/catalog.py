"""Which reports there are, and which of them a text speaks of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.editions import choose_editions
from index.text import simplify

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_PLACE = re.compile(r"[省市州县]$|自治区$")
_JOINED_BEFORE = re.compile(r"(?:[和与跟同及、比]|\b(?:and|than|versus|vs\.?|or)\s+(?:that of |in )?)$")
_JOINED_AFTER = re.compile(r"\s*(?:[和与跟及、比]|(?:and|than|versus|vs)\b)")
_COMPARED = re.compile(
    r"低于|高于|超过|哪[个家一者]|谁|与.{1,20}相比|对比|\b(?:compared?|higher|lower|which|versus|vs)\b"
)
_WITHIN = re.compile(r"\s*(?:省|市)?(?:以?[内外]|之[内外]|境[内外]|本[地省]|当地)")


class CatalogError(ValueError):
    """A catalogue that cannot be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Report:
    """One report of the library. `institution` maps each of LANGUAGES to the short name shown to users."""

    id: str
    institution: dict[str, str]
    legal_name: str
    aliases: tuple[str, ...]
    tickers: tuple[str, ...]
    title: str
    year: int
    script: str
    path: Path

    def names(self) -> tuple[str, ...]:
        """Every name the report's institution answers to."""
        return (*self.institution.values(), self.legal_name, *self.aliases, *self.tickers)


@dataclass(frozen=True)
class Mention:
    """A place in a text (start, end, in the simplified text) that names one or, if ambiguous, several reports."""

    start: int
    end: int
    reports: tuple[str, ...]


@dataclass
class Catalog:
    """The reports of one or several library folders, in the order listed."""

    reports: tuple[Report, ...]
    _names: dict[str, tuple[str, ...]] = field(init=False, repr=False)
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build the alias table; the longest alias is tried first."""
        names: dict[str, list[str]] = {}
        for report in self.reports:
            for name in report.names():
                ids = names.setdefault(_key(name), [])
                if report.id not in ids:
                    ids.append(report.id)
        names.pop("", None)
        self._names = {name: tuple(ids) for name, ids in names.items()}
        ordered = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(_as_pattern(name) for name in ordered) or r"(?!)")

    @classmethod
    def load(cls, folders: Iterable[Path]) -> Catalog:
        """Read `catalog.toml` of each folder that has one; raises CatalogError on a bad or doubled entry."""
        reports: list[Report] = []
        for folder in folders:
            file = folder / "catalog.toml"
            if file.is_file():
                reports.extend(_read(file))
        seen: set[str] = set()
        for report in reports:
            if report.id in seen:
                raise CatalogError(f"{report.path.parent / 'catalog.toml'}: report id {report.id!r} is listed twice")
            seen.add(report.id)
        return cls(tuple(reports))

    def get(self, report_id: str) -> Report:
        """The report with this id; raises CatalogError that lists the ids there are."""
        for report in self.reports:
            if report.id == report_id:
                return report
        known = ", ".join(report.id for report in self.reports) or "none"
        raise CatalogError(f"no report {report_id!r}; the library has: {known}")

    def ids(self) -> tuple[str, ...]:
        """All report ids, in order."""
        return tuple(report.id for report in self.reports)

    def mentions(self, text: str) -> list[Mention]:
        """Where `text` (any script) names an institution. Offsets refer to `simplify(text)`.

        Beside a company a place only says where ("山西证券在山西省内"), unless the two are set side by side
        ("山西省和晋商银行") or compared ("哪个大").
        """
        plain = simplify(text).lower()
        found = [
            Mention(match.start(), match.end(), self._meant(match.group(), text))
            for match in self._pattern.finditer(plain)
        ]
        if all(self._is_place(mention) for mention in found):
            return found
        return [m for m in found if not self._is_place(m) or _side_by_side(plain, m)]

    def _is_place(self, mention: Mention) -> bool:
        return all(_PLACE.search(self.get(report).institution["zh-Hans"]) for report in mention.reports)

    def _meant(self, name: str, text: str) -> tuple[str, ...]:
        """Ids behind a name; of one institution's reports those for the years that the text names."""
        ids = self._names[name]
        return ids if len(ids) == 1 else choose_editions([r for r in self.reports if r.id in ids], text)

    def resolve(self, text: str) -> tuple[str, ...]:
        """Ids of the reports named in `text`, in order of mention; a certain name outweighs an ambiguous one."""
        found = self.mentions(text)
        certain = [mention.reports[0] for mention in found if len(mention.reports) == 1]
        chosen: Sequence[str] = certain or [report for mention in found for report in mention.reports]
        return tuple(dict.fromkeys(chosen))


def _side_by_side(text: str, mention: Mention) -> bool:
    """Whether a place is one of several things compared or listed, not where something is."""
    if _WITHIN.match(text, mention.end):
        return False
    joined = _JOINED_BEFORE.search(text, 0, mention.start) or _JOINED_AFTER.match(text, mention.end)
    return bool(joined or _COMPARED.search(text))


def _key(name: str) -> str:
    return simplify(name).lower().strip()


def _as_pattern(name: str) -> str:
    # Latin names and tickers are whole words, and no ticker is part of a number; Chinese has no word boundaries.
    head = r"(?<![a-z0-9])(?<!\d[.,])" if name[0].isascii() else ""
    tail = r"(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return head + re.escape(name) + tail


def _read(file: Path) -> list[Report]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogError(f"{file}: {error}") from error
    reports = []
    for number, entry in enumerate(data.get("report", []), start=1):
        try:
            reports.append(
                Report(
                    id=entry["id"],
                    institution={language: entry["institution"][language] for language in LANGUAGES},
                    legal_name=entry["legal_name"],
                    aliases=tuple(entry["aliases"]),
                    tickers=tuple(entry["tickers"]),
                    title=entry["title"],
                    year=int(entry["year"]),
                    script=entry["script"],
                    path=file.parent / entry["file"],
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CatalogError(
                f"{file}: report {number} ({entry.get('id', 'no id')}): bad or missing {error}"
            ) from error
    return reports
