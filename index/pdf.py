"""PDF → text: tables by their ruling lines, one line a row with tabs; text beside them in reading order, by column.

Pages without any text are read by character recognition where the extra `ocr` is installed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.documents import Document, DocumentError, Progress

log = logging.getLogger(__name__)

_GUTTER = 10.0  # points: a narrower white band does not part two columns
_LEAST_LINES = 6  # on either side of a gutter
_DIGIT_GAP, _WORD_GAP = 0.15, 0.33  # of the height of a character: what parts two words
_OCR_SCALE = 2.5  # times 72 dots an inch

Box = tuple[float, float, float, float]
Recognise = Callable[[Any], list[str]]


@dataclass(frozen=True)
class _Word:
    text: str
    left: float
    right: float
    top: float
    bottom: float


def read_pdf(path: Path, progress: Progress | None = None) -> Document:
    """The text of a PDF; raises DocumentError on an encrypted one and on scanned pages that cannot be recognised."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        book = pdfplumber.open(path)
    except (PDFPasswordIncorrect, PdfminerException) as error:
        if isinstance(error, PDFPasswordIncorrect) or isinstance(error.args[0], PDFPasswordIncorrect):
            raise DocumentError(f"{path}: encrypted: save a copy without a password and add that") from error
        raise
    with book:
        pages: list[str] = []
        scanned: list[int] = []
        total = len(book.pages)
        for number, page in enumerate(book.pages, start=1):
            if progress:
                progress(number - 1, total)
            text = "\n".join(_page(page))
            if not text.strip() and page.images:
                scanned.append(number)
            pages.append(text)
            page.close()  # else every page read stays in memory
    if scanned:
        _recognise(path, pages, scanned)
    if progress:
        progress(total, total)
    return Document("\n\f".join(pages), total, len(scanned))


def _page(page: Any) -> Iterator[str]:  # noqa: ANN401  (pdfplumber has no types)
    """Lines of a page from top to bottom: rows of tables, and text outside of them."""
    page = page.dedupe_chars()  # bold print is often the same letter twice
    tables = [(table.bbox, [_row(cells) for cells in table.extract()]) for table in page.find_tables()]
    tables = [(box, rows) for box, rows in tables if _is_table(rows)]
    words = [
        _Word(word["text"], word["x0"], word["x1"], word["top"], word["bottom"])
        for word in page.extract_words(keep_blank_chars=False, use_text_flow=False)
    ]
    outside = [word for word in words if not any(_inside(word, box) for box, _ in tables)]
    blocks: list[tuple[float, list[str]]] = [(box[1], [*rows, ""]) for box, rows in tables]
    edges = sorted(box[1] for box, _ in tables)
    for top, band in _bands(outside, edges):
        blocks.append((top, _text(band)))
    for _, lines in sorted(blocks, key=lambda block: block[0]):
        yield from lines


def _row(cells: Sequence[str | None]) -> str:
    return "\t".join("".join((cell or "").split("\n")).strip() for cell in cells)


def _is_table(rows: Sequence[str]) -> bool:
    """A frame round a paragraph is no table."""
    return len(rows) > 1 and max(row.count("\t") for row in rows) >= 1


def _inside(word: _Word, box: Box) -> bool:
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _bands(words: Sequence[_Word], edges: Sequence[float]) -> Iterator[tuple[float, list[_Word]]]:
    """Words between one table and the next."""
    rest = sorted(words, key=lambda word: (word.top, word.left))
    for edge in [*edges, float("inf")]:
        band = [word for word in rest if word.top < edge]
        rest = rest[len(band) :]
        if band:
            yield band[0].top, band


def _text(words: Sequence[_Word]) -> list[str]:
    lines = _lines(words)
    gutter = _gutter(lines)
    if gutter is None:
        return _spaced(lines)
    result: list[str] = []
    left: list[list[_Word]] = []
    right: list[list[_Word]] = []
    for line in lines:
        if any(word.left < gutter < word.right for word in line):  # a heading over both columns
            result += [*_spaced(left), *_spaced(right)]
            left, right = [], []
            result += _spaced([line])
            continue
        for side, part in (
            (left, [w for w in line if w.right <= gutter]),
            (right, [w for w in line if w.left >= gutter]),
        ):
            if part:
                side.append(part)
    return [*result, *_spaced(left), *_spaced(right)]


def _lines(words: Sequence[_Word]) -> list[list[_Word]]:
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: ((word.top + word.bottom) / 2, word.left)):
        middle = (word.top + word.bottom) / 2
        if lines and lines[-1][0].top <= middle <= lines[-1][0].bottom:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.left) for line in lines]


def _gutter(lines: Sequence[Sequence[_Word]]) -> float | None:
    """Where a white band from top to bottom parts the text into two columns; None when it does not."""
    words = [word for line in lines for word in line]
    if not words:
        return None
    first, last = min(word.left for word in words), max(word.right for word in words)
    best: tuple[float, float] | None = None
    for step in range(30, 71):
        at = first + (last - first) * step / 100
        crossing = sum(word.left < at < word.right for word in words)
        near = min((min(abs(word.left - at), abs(word.right - at)) for word in words), default=0.0)
        if crossing <= 0.1 * len(lines) and (best is None or near > best[0]):
            best = (near, at)
    if best is None or 2 * best[0] < _GUTTER:
        return None
    at = best[1]
    left = [line for line in lines if any(word.right <= at for word in line)]
    right = [line for line in lines if any(word.left >= at for word in line)]
    # Rows of a table without ruling lines have a gap too, but short cells; columns of text fill theirs.
    full = sum(max(w.right for w in line if w.right <= at) > at - 4 * _GUTTER for line in left)
    return at if len(left) >= _LEAST_LINES and len(right) >= _LEAST_LINES and full > 0.4 * len(left) else None


def _spaced(lines: Sequence[Sequence[_Word]]) -> list[str]:
    """Lines as text, with a blank line where the page leaves a wide gap."""
    result: list[str] = []
    bottom, height = None, 0.0
    for line in lines:
        top = min(word.top for word in line)
        if bottom is not None and top - bottom > 1.2 * height:
            result.append("")
        result.append(" ".join(word.text for word in line))
        bottom, height = max(word.bottom for word in line), max(word.bottom - word.top for word in line)
    return result


def _recognise(path: Path, pages: list[str], scanned: Sequence[int]) -> None:
    """Fill in the pages that are images; raises DocumentError without the extra, unless few of many pages are."""
    try:
        read = _engine()
    except ImportError as error:
        if len(scanned) <= 0.2 * len(pages):  # covers and pictures
            log.warning("%s: pages %s are images and were left out", path, ", ".join(map(str, scanned)))
            return
        raise DocumentError(
            f"{path}: {len(scanned)} of {len(pages)} pages are scanned images: "
            'install character recognition with `pip install "esg-report-assistant[ocr]"`'
        ) from error
    import pypdfium2

    book = pypdfium2.PdfDocument(path)
    try:
        for number in scanned:
            image = book[number - 1].render(scale=_OCR_SCALE).to_pil()
            pages[number - 1] = "\n".join(read(image))
    finally:
        book.close()


def _engine() -> Recognise:
    import numpy
    from rapidocr import RapidOCR

    engine = RapidOCR()
    logging.getLogger("RapidOCR").setLevel(logging.WARNING)

    def read(image: Any) -> list[str]:  # noqa: ANN401
        found = engine(numpy.asarray(image.convert("RGB")), return_word_box=True)
        characters = [
            _Word(text, min(x for x, _ in box), max(x for x, _ in box), min(y for _, y in box), max(y for _, y in box))
            for line in found.word_results or ()
            for text, _, box in line
        ]
        return _spaced([_words(line) for line in _lines(characters)])

    return read


def _words(characters: Sequence[_Word]) -> list[_Word]:
    """Recognised characters as words: recognition drops the spaces, and 1,203 1,317 must not become one number."""
    words: list[_Word] = []
    for char in characters:
        last = words[-1] if words else None
        if last is not None:
            digits = last.text[-1].isdigit() and char.text[0].isdigit()
            gap = (char.left - last.right) / max(1.0, char.bottom - char.top)
            if gap < (_DIGIT_GAP if digits else _WORD_GAP):
                top, bottom = min(last.top, char.top), max(last.bottom, char.bottom)
                words[-1] = _Word(last.text + char.text, last.left, char.right, top, bottom)
                continue
        words.append(char)
    return words
