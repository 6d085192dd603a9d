"""A folder of added reports: their text and `catalog.toml`; what a report's first pages say of it; adding, removing."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from index.catalog import Catalog, CatalogError, Report
from index.store import replace_text
from index.text import simplify, traditional

CATALOG = "catalog.toml"
_FIRST_PAGES = 2000  # characters
_TITLE_LINES, _FIRST_LINES = 60, 4

_HAN = r"[\u4e00-\u9fff]"
_COMPANY = re.compile(rf"{_HAN}[\u4e00-\u9fff（）()]{{1,18}}(?:股份有限公司|有限責任公司|有限责任公司|有限公司)")
_BODY = re.compile(
    rf"^{_HAN}{{3,20}}(?:银行|銀行|证券|證券|保险|保險|集团|集團|分行|委员会|委員會|管理局|人民政府|交易所|协会|協會)$"
)
_FORM = re.compile(r"(?:控股|集团|集團)?(?:股份)?有限(?:责任|責任)?公司$|[（(][^（）()]*[）)]")
_LEAD_IN = re.compile(
    r"^(?:本报告|本報告|关于|關於|报告|報告|由|是|为|為|与|與|和|及|的|对|對|经|經|在|于|於|我们|我們|以下简称|系|现任|曾任|担任|任|涵盖|涵蓋|包括|「|“)+"
)
_SHORT = re.compile(r"[（(](?:以下)?(?:简称|簡稱)[：:]?\s*[“「\"『‘]([^”」\"』’]{2,12})[”」\"』’]")
_NOT_SHORT = frozenset(
    ["公司", "本公司", "本行", "集团", "本集团", "我们", "集團", "本集團", "我們", "报告", "本报告", "银行", "銀行"]
)
_ENGLISH = re.compile(
    r"\b[A-Z][A-Za-z&.'-]+(?: (?:[A-Z&][A-Za-z&.'-]*|of|and)){0,6},? "
    r"(?:Co\.?, ?Ltd\.?|Co\.?, ?Limited|Limited|Inc\.?|Corporation|Bank|Group)"
)
_TITLE = re.compile(r"^[^《》，。；：:]*(?:报告|報告)(?:[（(]20\d\d[年）)]*)?$")
_TITLE_YEAR = re.compile(r"(20\d\d) ?(?:年度?)?[^\n]{0,24}(?:报告|報告)")
_FULL_TITLE = re.compile(r"20\d\d ?年?度?[\u4e00-\u9fff（）()A-Za-z、 ]{2,30}?(?:报告|報告)(?:[（(]20\d\d[）)])?")
_SAYS = re.compile(
    r"(?:^|(?<=[。；\n]))([\u4e00-\u9fff]{2,8}?)(?:始终|始終|严格|嚴格|高度|坚持|堅持|秉承|积极|積極|持续|持續|不断|不斷)",
    re.M,
)
_LEAST_USES = 4
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?= ?年)")
_SLUG_STOP = frozenset(["co", "ltd", "limited", "inc", "corporation", "company", "the", "of", "and"])


class LibraryError(ValueError):
    """A report that cannot be added or removed; the message says why and what to do."""


@dataclass(frozen=True)
class Description:
    """What the catalogue says of a report. Empty or 0 where the first pages do not tell."""

    institution: str
    english: str
    legal_name: str
    title: str
    year: int
    script: str


def describe(text: str, name: str) -> Description:
    """Guess who reports on which year from the first pages; `name` is the file's, used where the text has no title."""
    lines = [line.strip("\f \t") for line in text.split("\n")]
    head = [line for line in lines if line][:_TITLE_LINES]
    legal = _legal_name(text, head)
    short = _short_name(legal, text) or _subject(text)
    title = _title(text, head, name)
    return Description(short, _english_name(text, legal), legal, title, _year(text, [title, *head]), _script(text))


def digest(data: bytes) -> str:
    """What a file is recognised by."""
    return hashlib.sha256(data).hexdigest()


def find_same(folders: Iterable[Path], mark: str) -> str | None:
    """The id of the report that was made from a file with this digest, if there is one."""
    for folder in folders:
        for entry in _entries(folder):
            file = folder / str(entry.get("file", ""))
            if entry.get("source_sha256") == mark or (file.is_file() and digest(file.read_bytes()) == mark):
                return str(entry.get("id"))
    return None


def add(
    folder: Path, catalog: Catalog, description: Description, text: str, *,
    source: str, mark: str, report_id: str | None = None, aliases: Sequence[str] = (), tickers: Sequence[str] = (),
) -> Report:  # fmt: skip
    """Put a report into the folder; raises LibraryError when its id is taken or unusable or nothing can be written."""
    name = report_id or new_id(catalog, description, mark)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", name):
        raise LibraryError(f"id {name!r}: use small letters, digits and hyphens")
    if name in catalog.ids():
        raise LibraryError(f"id {name!r} is taken: choose another with --id")
    named = {description.institution, description.english, description.legal_name, *aliases} - {""}
    entry = {
        "id": name,
        "institution": {
            "zh-Hans": simplify(description.institution),
            "zh-Hant": traditional(simplify(description.institution)),
            "en": description.english or description.institution,
        },
        "legal_name": description.legal_name or description.institution,
        "aliases": sorted(named),
        "tickers": list(tickers),
        "title": description.title,
        "year": description.year,
        "script": description.script,
        "file": f"{name}.txt",
        "source": source,
        "source_sha256": mark,
    }
    with _writing(folder):
        entries = _entries(folder)
        replace_text(folder / f"{name}.txt", text)
        _write(folder, [*entries, entry])
    return Catalog.load([folder]).get(name)


def remove(folder: Path, report_id: str) -> None:
    """Take a report out of the folder; raises LibraryError when it is not in it."""
    with _writing(folder):
        entries = _entries(folder)
        gone = [entry for entry in entries if entry.get("id") == report_id]
        if not gone:
            added = ", ".join(str(entry.get("id")) for entry in entries) or "none"
            raise LibraryError(f"no added report {report_id!r}; added are: {added}")
        _write(folder, [entry for entry in entries if entry.get("id") != report_id])
        for entry in gone:
            (folder / str(entry["file"])).unlink(missing_ok=True)


def new_id(catalog: Catalog, description: Description, mark: str) -> str:
    """An id that is free: the institution's English name and the year."""
    words = [word for word in re.findall(r"[a-z0-9]+", description.english.lower()) if word not in _SLUG_STOP]
    base = "-".join([*words[:3], str(description.year)]) if words else f"report-{mark[:6]}-{description.year}"
    number, name = 1, base
    while name in catalog.ids():
        number += 1
        name = f"{base}-{number}"
    return name


def _legal_name(text: str, head: Sequence[str]) -> str:
    """The company, or else the body on the title page, whose short name the report uses most."""
    found = {_LEAD_IN.sub("", match.group()) for match in _COMPANY.finditer(text)}
    found |= {line for line in head if _BODY.match(line)}
    uses = {name: text.count(_FORM.sub("", name) or name) for name in found}
    uses = {name: count for name, count in uses.items() if len(_FORM.sub("", name)) >= 3}  # less is a broken word
    best = max(sorted(uses), key=lambda name: uses[name], default="")
    for name in sorted(uses, key=len):  # 商银行… is counted in every 晋商银行…
        if name.endswith(best) and uses[name] >= 0.5 * uses[best]:
            best = name
    if uses.get(best, 0) >= _LEAST_USES:
        return best
    return next(
        (line for line in head[:_FIRST_LINES] if _COMPANY.fullmatch(line)), ""
    )  # it stands alone above the title


def _subject(text: str) -> str:
    """Who the sentences of a report are about: 恒生电子始终坚持…, 恒生电子高度重视…"""
    counts = Counter(match.group(1) for match in _SAYS.finditer(text))
    for name in ("公司", "本公司", "本行", "我们", "我們", "集团", "集團", "董事会", "董事會"):
        counts.pop(name, None)
    name, count = counts.most_common(1)[0] if counts else ("", 0)
    return name if count >= _LEAST_USES else ""


def _title(text: str, head: Sequence[str], name: str) -> str:
    counts = Counter(match.group().strip() for match in _FULL_TITLE.finditer(text))
    for match in _FULL_TITLE.finditer("\n".join(head)):
        counts[match.group().strip()] += 5
    if counts:
        return counts.most_common(1)[0][0]
    return next((line for line in head if _TITLE.search(line) and 4 <= len(line) <= 30), Path(name).stem)


def _short_name(legal: str, text: str) -> str:
    if not legal:
        return ""
    for match in re.finditer(re.escape(legal), text):
        said = _SHORT.match(text, match.end())
        if said and said.group(1) not in _NOT_SHORT:
            return said.group(1)
    return _FORM.sub("", legal) or legal


def _english_name(text: str, legal: str) -> str:
    """The English name that stands on the first pages or right behind the legal one; others may be anyone's."""
    near = [match.end() for match in re.finditer(re.escape(legal), text)] if legal else []
    found = [
        match.group().strip()
        for match in _ENGLISH.finditer(text)
        if match.start() < _FIRST_PAGES or any(0 <= match.start() - end < 80 for end in near)
    ]
    if not found:
        return ""
    name = Counter(found).most_common(1)[0][0]
    return re.sub(r",? (?:Co\.?, ?)?(?:Ltd\.?|Limited|Inc\.?|Corporation)$", "", name).strip(" ,")


def _year(text: str, head: Sequence[str]) -> int:
    """The year that is reported on: the title's, or the one before it where the text speaks of that far more."""
    said = Counter(int(year) for year in _YEAR.findall(text))
    titles = [int(match.group(1)) for line in head if (match := _TITLE_YEAR.search(line))]
    titles += [int(year) for line in head if _TITLE.match(line) for year in re.findall(r"20\d\d", line)]
    if titles:
        title = titles[0]
        return title - 1 if said[title - 1] > 3 * said[title] else title
    return said.most_common(1)[0][0] if said else 0


def _script(text: str) -> str:
    han = re.findall(_HAN, text)[:5000]
    if len(han) < 20:
        return "en" if not han else "zh-Hans"
    sample = "".join(han)
    simple, complex_ = simplify(sample), traditional(sample)
    to_simple = sum(a != b for a, b in zip(sample, simple, strict=False))
    to_traditional = sum(a != b for a, b in zip(sample, complex_, strict=False))
    return "zh-Hant" if to_simple > to_traditional else "zh-Hans"


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock", timeout=10):
            yield
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or "another program is changing it"
        raise LibraryError(f"{folder} cannot be changed: {reason}") from error


def _entries(folder: Path) -> list[dict[str, Any]]:
    file = folder / CATALOG
    if not file.is_file():
        return []
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("report", [])
    except (OSError, ValueError) as error:
        raise CatalogError(f"{file}: {error}") from error
    return [dict(entry) for entry in entries]


def _write(folder: Path, entries: Sequence[dict[str, Any]]) -> None:
    blocks = [
        "# Reports added by `assistant reports add`. Names may be corrected here; then run `assistant index build`."
    ]
    for entry in entries:
        blocks.append("\n".join(["[[report]]", *(f"{key} = {_toml(value)}" for key, value in entry.items())]))
    replace_text(folder / CATALOG, "\n\n".join(blocks) + "\n")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
