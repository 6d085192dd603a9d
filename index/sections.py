"""Which paragraphs are headings, and the path of headings above every other paragraph."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from index.callouts import is_short
from index.prose import Paragraph, ends_sentence, is_figure
from index.text import width

_NUMBERED = (  # outermost first
    re.compile(r"^第[一二三四五六七八九十\d]{1,3}[章编編篇部]|^[一二三四五六七八九十]{1,3}、"),
    re.compile(
        r"^第[一二三四五六七八九十\d]{1,3}[节節]|^[（(][一二三四五六七八九十]{1,3}[）)]|^\d{1,2}\.\d{1,2}(?![\d.%])"
    ),
    re.compile(r"^\d{1,2}[.．、](?!\d)|^\d{1,2}\.\d{1,2}\.\d{1,2}"),
    re.compile(r"^[（(]\d{1,2}[）)]"),
)
_TRAILING_NUMBER = re.compile(r" (\d{1,2}(?:\.\d{1,2}){0,3})$")  # some reports number a heading at its end
_CONTENTS = re.compile(r"(?: |[.…·]{2,} ?)\d{1,3}$")  # a line of the table of contents ends with a page number
_DATA = re.compile(  # it states something: a counter of fewer things at the end only, not "2个工作日内"
    r"\d[\d,.]* ?(?:[%％]|[万亿萬億]?[人家次项項件名元场場户戶吨噸])|"
    r"\d[\d,.]*[余餘多+]? ?[万亿萬億]?[个個所只隻台笔筆张張份座]$"
)
_PAGE_LINES = 150  # a title at the top of a page holds no longer than this
_BODY = 50  # halves of a Han character: a paragraph this wide is text, however it ends
_CLAUSE = re.compile(r"[，。；！？,;：:]")
_STACK = 2  # headings in a row; a longer run of short lines is a list
_LONGEST = 70


def sections(paragraphs: Sequence[Paragraph], used: Collection[int]) -> tuple[list[tuple[str, ...]], frozenset[int]]:
    """For each paragraph the headings above it, outermost first; and the positions of the headings themselves.

    used: positions that belong to call-outs; they keep their place under the headings but are none.
    """
    headings = _headings(paragraphs, used)
    numbered: list[tuple[int, str]] = []
    page, page_line = "", 0
    plain: list[str] = []
    paths: list[tuple[str, ...]] = []
    previous = False
    for position, paragraph in enumerate(paragraphs):
        if paragraph.pieces[0].top or paragraph.first - page_line > _PAGE_LINES:
            page = ""
        if position in headings:
            level = _level(paragraph.text)
            if level is not None:
                numbered = [entry for entry in numbered if entry[0] < level] + [(level, paragraph.text)]
                page, plain = "", []
            elif paragraph.pieces[0].top:
                page, page_line, plain = paragraph.text, paragraph.first, []
            elif previous:
                plain = [*plain, paragraph.text][-_STACK:]
            else:
                plain = [paragraph.text]
        previous = position in headings
        path = [text for _, text in numbered] + ([page] if page else []) + plain
        paths.append(tuple(dict.fromkeys(path))[-4:])
    return paths, headings


def _headings(paragraphs: Sequence[Paragraph], used: Collection[int]) -> frozenset[int]:
    found: set[int] = set()
    run: list[int] = []
    for position, paragraph in enumerate(paragraphs):
        level = _level(paragraph.text)
        if position in used or is_figure(paragraph.text):
            if position in used:
                found.update(run[-_STACK:] if len(run) <= _STACK else run[-1:])
            run = []
        elif level is not None and _may_head(paragraph):
            found.add(position)
            run = []
        elif is_short(paragraph) and _may_head(paragraph):
            run.append(position)
        else:
            if _is_body(paragraph.text):
                found.update(run[-_STACK:] if len(run) <= _STACK else run[-2:])
            run = []
    return frozenset(found)


def _is_body(text: str) -> bool:
    """Whether a paragraph is text under a heading: a sentence, or a long line that has clauses; a row of a list, such
    as an award and who gave it, has none however long it is.
    """
    return ends_sentence(text) or (width(text) >= _BODY and _CLAUSE.search(text) is not None)


def _may_head(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if width(text) > _LONGEST or ends_sentence(text) or text[-1] in "，、,":
        return False
    return not _CONTENTS.search(text) and not _DATA.search(text)


def _level(text: str) -> int | None:
    for level, pattern in enumerate(_NUMBERED):
        if pattern.match(text):
            return level
    trailing = _TRAILING_NUMBER.search(text)
    if trailing and "." in trailing.group(1):
        return min(trailing.group(1).count("."), len(_NUMBERED) - 1)
    return None
