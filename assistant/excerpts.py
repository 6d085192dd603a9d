"""What the LLM reads of a passage for a text question: the sentence or lines that have the question's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.figures import Lines
from assistant.printed import bare
from assistant.reading import MAX_CHARS, REFERS_BACK
from assistant.terms import Terms
from index.records import Passage
from index.text import normalise

SENTENCE = re.compile(r"[^。！？!?；;]+[。！？!?；;]?")
_STOP = re.compile(r"[。！？!?；;]")
_CLAUSE = re.compile(r"[，,、]")
_COLUMN = re.compile(r"[\u3400-\u9fff」”》)]\s+\S|\S\s+[\u3400-\u9fff「“《(]")
_ATTRIBUTED = re.compile(r"[-–—]+\s*\S")  # "- 《某周刊》": whose the line above is
_CHARS = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+")
LONG_HEADING = 12  # characters from which on a heading may be the first line of a sentence
LONGEST_HEADING = 24  # characters of a heading that is shown before what stands under it
DEFINED_WITHIN = 12  # lines above a passage in which a short name of its is explained
WINDOW = 3  # lines of a list that may hold one label
LINE_COSTS = 0.03  # of the words of a question, for each further line of a window
LEAST_ADDED = 2  # characters beyond the question's own that an answer has at least


# "某保险集团(Old Mutual plc,以下简称"OM")"
_DEFINED = re.compile(
    r"(?P<full>[㐀-鿿]{4,20}(?:\([^()]*[,，])?|[㐀-鿿]{4,20}\()(?:以下|下)?(?:简称|统称|合称|下称)[:为]?"
    r"[\"“「]?(?P<short>[a-z\d㐀-鿿]{2,12})[\"”」]?\)"
)
_NAMED_AFTER = re.compile(r"^.*(?:[与和向为由是的]|携手|联合)(?=[\u3400-\u9fff]{4})")


class Excerpts:
    """Cuts passages for the LLM by the words of a question."""

    def __init__(self, terms: Terms, lines: Lines) -> None:
        """lines: (report, first, last) → those lines of the report."""
        self._terms = terms
        self._lines = lines

    def of(self, passage: Passage, wanted: str, names: Sequence[str] = (), *, whole: bool = False) -> str:
        """At most MAX_CHARS of a prose passage. wanted: the question's words; names: those it quotes; whole: a list is
        asked for.

        Of sentences, the one with most of the words and what stands around it; of lines that are no sentences (awards,
        names of brands), those alone that name what is asked: of two such lines the LLM mixes up what belongs to which.
        """
        if not whole and (rows := self._rows(passage)):
            return self._of_rows(rows, wanted, names)[:MAX_CHARS]
        begun = self._begun(passage)
        text = begun + normalise(passage.text)
        if names and not whole:
            text = _naming(text, names)
        heading = "" if begun else self._heading(passage, text)
        cut = self._of_sentences(text, wanted, MAX_CHARS - len(heading))
        if meant := self._meant(passage, cut):
            return meant + self._of_sentences(text, wanted, MAX_CHARS - len(meant))
        return heading + cut

    def _meant(self, passage: Passage, cut: str) -> str:
        """What a short name in a part of a passage stands for, where a line above says so: "om即某保险集团。"."""
        first = max(1, passage.line_start - DEFINED_WITHIN)
        lines = self._lines(passage.report, first, passage.line_end)
        for match in _DEFINED.finditer(normalise("".join(line.raw for line in lines))):
            full, short = _NAMED_AFTER.sub("", match["full"].partition("(")[0]), match["short"]
            if full not in cut and re.search(rf"(?<![a-z\d]){re.escape(short)}(?![a-z\d])", cut):
                return f"{short}即{full}。"
        return ""

    def _of_sentences(self, text: str, wanted: str, room: int) -> str:
        if len(text) <= room:
            return text
        spans = [match.span() for match in SENTENCE.finditer(text)]
        best = max(range(len(spans)), key=lambda place: self._terms.coverage(wanted, text[slice(*spans[place])]))
        first = last = best
        while True:  # the sentence before says what it is about more often than the one after
            for one, other in ((first - 1, last), (first, last + 1)):
                if one >= 0 and other < len(spans) and spans[other][1] - spans[one][0] <= room:
                    first, last = one, other
                    break
            else:
                break
        start, end = spans[first][0], spans[last][1]
        if end - start > room:
            start = self._best_window(text, start, end, wanted, room)
        return text[start : min(end, start + room)].strip()

    def _best_window(self, text: str, start: int, end: int, wanted: str, room: int) -> int:
        """Where the `room` characters of a long sentence begin, at a clause, that have most of the question's words."""
        begins = [start, *(match.end() for match in _CLAUSE.finditer(text, start, end))]
        return max(begins, key=lambda place: self._terms.coverage(wanted, text[place : place + room]))

    def _begun(self, passage: Passage) -> str:
        """The line just above a passage that was taken for its heading: its sentence may begin there."""
        above = self._lines(passage.report, passage.line_start - 1, passage.line_start - 1)
        heading = normalise(passage.section[-1]) if passage.section else ""
        return heading if above and len(heading) >= LONG_HEADING and normalise(above[0].text) == heading else ""

    @staticmethod
    def _heading(passage: Passage, text: str) -> str:
        """The heading a passage stands under, which may name who or what it is about."""
        heading = normalise(passage.section[-1]) if passage.section else ""
        shown = 0 < len(heading) <= LONGEST_HEADING and heading not in text
        return f"{heading}:" if shown else ""

    def _rows(self, passage: Passage) -> list[str]:
        """The lines of a passage that holds no sentences: a list of labels, or lines of several columns; else none."""
        if _STOP.search(passage.text):
            return []
        if "\n" in passage.text:
            return [line for line in map(normalise, passage.text.split("\n")) if line]
        found = self._lines(passage.report, passage.line_start, passage.line_end)
        lines = [line for line in (normalise(line.raw) for line in found) if line]
        return lines if len(lines) > 1 and all(map(_COLUMN.search, lines)) else []

    def _of_rows(self, rows: Sequence[str], wanted: str, names: Sequence[str]) -> str:
        """The line with most of the question's words, or the few that make up its label; what follows a mere label."""
        windows = [
            (first, first + size) for size in range(1, WINDOW + 1) for first in range(max(1, len(rows) - size + 1))
        ]

        def covers(window: tuple[int, int]) -> float:
            text = "".join(rows[slice(*window)])
            named = bool(names) and all(bare(name) in bare(text) for name in names)
            return named + self._terms.coverage(wanted, text) - LINE_COSTS * (window[1] - window[0])

        first, last = max(windows, key=covers)
        asked = set(_CHARS.findall(normalise(wanted)))
        while last < len(rows) and len(set(_CHARS.findall(bare("".join(rows[first:last])))) - asked) < LEAST_ADDED:
            last += 1
        while last < len(rows) and _ATTRIBUTED.match(rows[last]):
            last += 1
        return " ".join(rows[first:last])


def _naming(text: str, names: Sequence[str]) -> str:
    """The sentence with the names that a question quotes, with those that it refers to or that refer to it; else the
    text.
    """
    sentences = [match[0] for match in SENTENCE.finditer(text)]
    having = [place for place, one in enumerate(sentences) if all(bare(name) in bare(one) for name in names)]
    if len(having) != 1 or len(sentences) < 2:
        return text
    first, last = having[0], having[0]
    while first and REFERS_BACK.match(sentences[first]):
        first -= 1
    while last + 1 < len(sentences) and REFERS_BACK.match(sentences[last + 1]):
        last += 1
    return "".join(sentences[first : last + 1])
