"""Which words the reports themselves use: of several names for one thing, the one that is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from index.records import Passage
from index.text import normalise


class Vocabulary:
    """The texts of a library, to look words up in. They are put in the search form when first asked."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        """passages: those of all reports."""
        self._passages = passages

    def spelling(self, names: Sequence[str], reports: Sequence[str]) -> str:
        """The first of the names for one thing that one of the reports prints, any report where `reports` is empty;
        the first of them all where none does.
        """
        texts = [text for report, text in self._texts.items() if not reports or report in reports]
        return next(
            (name for name in names if any(normalise(name).replace(" ", "") in text for text in texts)), names[0]
        )

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The text of each report, in the search form, without spaces: "范围 2" is 范围2."""
        texts: dict[str, list[str]] = {}
        for passage in self._passages:
            texts.setdefault(passage.report, []).append(passage.text)
        return {report: normalise("\n".join(parts)).replace(" ", "") for report, parts in texts.items()}
