"""Files of a user's own → the plain text that the index reads: text, Markdown, HTML, DOCX, PDF.

A table becomes one line a row with tabs between the cells; a form feed begins every page but the first, so that
citations can name the page. The libraries for other formats than text are the extra `documents`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".docx", ".pdf")
MOST_BYTES = 200 * 2**20
_EXTRA = 'install the readers with `pip install "esg-report-assistant[documents]"`'
_COMMON = (
    "的一是在了有和人这中大为上个国我以要他时来用们到作地于出就分对成会可主发年公司报告管理员工這為個國時來們於會發報員"
)
_MARKDOWN_RULE = re.compile(r"^\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_SKIPPED = ("script", "style", "noscript", "template", "svg", "head", "nav")
_BLOCKS = frozenset(
    ["p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "dt", "dd", "figcaption"]
)

Progress = Callable[[int, int], None]
"""Called with the pages read and the pages there are."""


class DocumentError(ValueError):
    """A file that cannot be read; the message names it, says why and what to do."""


@dataclass(frozen=True)
class Document:
    """The text of a file. pages: None where the format has none; scanned: pages read by character recognition."""

    text: str
    pages: int | None = None
    scanned: int = 0


def read_document(path: Path, progress: Progress | None = None) -> Document:
    """The text of a file in any of SUFFIXES; raises DocumentError on what is missing, empty, broken or encrypted."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DocumentError(
            f"{path}: {suffix or 'a file without an ending'} cannot be read; known: {', '.join(SUFFIXES)}"
        )
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DocumentError(f"{path}: larger than {MOST_BYTES >> 20} MB")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError(f"{path}: no such file") from error
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error
    if not data.strip():
        raise DocumentError(f"{path}: the file is empty")
    document = _read(path, suffix, data, progress)
    if not re.search(r"[\u3400-\u9fffA-Za-z]{2}", document.text):
        raise DocumentError(f"{path}: no text found in it")
    return document


def _read(path: Path, suffix: str, data: bytes, progress: Progress | None) -> Document:
    try:
        if suffix == ".pdf":
            from index.pdf import read_pdf

            return read_pdf(path, progress)
        if suffix == ".docx":
            return Document("\n".join(_docx(path)))
        text = decode(data)
        if text is None:
            raise DocumentError(f"{path}: not a text file (UTF-8, GB 18030 and Big5 are known)")
        if suffix in (".html", ".htm"):
            return Document("\n".join(_html(text)))
        if suffix in (".md", ".markdown"):
            return Document("\n".join(_markdown(text)))
        return Document(text)
    except ImportError as error:
        raise DocumentError(f"{path}: {suffix} files need {error.name}: {_EXTRA}") from error
    except DocumentError:
        raise
    except Exception as error:  # the readers raise anything, from KeyError to their own, on a broken file
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DocumentError(f"{path}: broken or no {suffix} file ({reason})") from error


def decode(data: bytes) -> str | None:
    """Text in UTF-8, UTF-16 with its mark, GB 18030 or Big5; None if it is in none of them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig",)
    for encoding in encodings:
        try:
            return _plain(data.decode(encoding))
        except UnicodeDecodeError:
            pass
    # Both of the old encodings accept much of the other's text: the one that gives commoner characters is meant.
    best = max((found for name in ("gb18030", "big5hkscs") if (found := _try(data, name))), key=_ordinary, default=None)
    return _plain(best) if best is not None and _ordinary(best) > 0.02 else None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _ordinary(text: str) -> float:
    return sum(text.count(char) for char in set(_COMMON)) / max(1, len(text))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _markdown(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        bare = line.strip()
        if _MARKDOWN_RULE.match(bare) and "-" in bare:
            continue
        if bare.startswith("|") and bare.endswith("|") and len(bare) > 1:
            yield "\t".join(cell.strip() for cell in bare[1:-1].split("|"))
        else:
            yield re.sub(r"^\s{0,3}#{1,6}\s+", "", line).replace("**", "").replace("`", "")


def _html(text: str) -> Iterator[str]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for tag in soup(list(_SKIPPED)):
        tag.decompose()
    for table in soup.find_all("table"):
        rows = ["\t".join(_cells(row)) for row in table.find_all("tr")]
        table.replace_with("\n" + "\n".join(rows) + "\n")
    for tag in soup.find_all("br"):
        tag.replace_with("\n")
    for tag in soup.find_all(list(_BLOCKS)):
        tag.append("\n")
    for line in soup.get_text().split("\n"):
        yield line.strip(" \r")


def _cells(row: Any) -> Iterator[str]:  # noqa: ANN401  (bs4's own type differs by version)
    """Cells of a row; a cell that spans columns is followed by empty ones."""
    for cell in row.find_all(["td", "th"]):
        yield " ".join(cell.get_text(" ").split())
        span = str(cell.get("colspan") or "1")
        yield from [""] * ((int(span) if span.isdigit() else 1) - 1)


def _docx(path: Path) -> Iterator[str]:
    import docx
    from docx.table import Table

    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield "\t".join(_merged(row))
        else:
            yield block.text


def _merged(row: Any) -> Iterator[str]:  # noqa: ANN401
    """Cells of a row; python-docx repeats a merged cell for every column it spans."""
    previous = None
    for cell in row.cells:
        yield "" if cell._tc is previous else " ".join(cell.text.split())
        previous = cell._tc
