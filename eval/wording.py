"""The word lists of `wording.toml`, and how a text is searched for them."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from eval.units import fold
from index.text import simplify

_DATA = Path(__file__).with_name("wording.toml")
CITATION_MARK = re.compile(r"[\[【］［]\s*[\^#]?\d{1,3}(?:\s*[,，、;\-–—]\s*\d{1,3})*\s*[\]】］]")
_PLACE_MARK = re.compile(
    r"[（(\[【][^（()）\[\]【】]{0,40}?(?:lines?|第|l\.|p\.)\s*\d+(?:\s*[-–—~至]\s*\d+)?\s*[行页]?[^（()）\[\]【】]{0,20}?[)）\]】]",
    re.IGNORECASE,
)
_TABLE = re.compile(r"^\s*\|.*\|\s*\n\s*\|[\s:|-]+\|\s*\n(?:\s*\|.*\|\s*(?:\n|$))+", re.MULTILINE)
_MARKUP = re.compile(r"\*\*|__|`|\\[()\[\]]|\\(?=[%$])|^#+ |^> ", re.MULTILINE)
_SENTENCE_END = re.compile(
    r"(?<=[。！？!?；;\n])|(?<=[.])(?=\s+\S)(?<!vs\.)(?<!No\.)(?<!Co\.)(?<!Ltd\.)(?<!approx\.)(?<!p\.)(?<!i\.e\.)(?<!e\.g\.)"
)


def _spell_out(table: re.Match[str]) -> str:
    """A Markdown table as clauses: each cell with the name of its column and the first cell of its row."""
    head, _, *rows = (
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.group().splitlines()
    )
    clauses = [
        f"{name} {row[0]} {cell}"
        for row in rows
        for name, cell in zip(head[1:], row[1:], strict=False)
        if len(row) > 1 and cell
    ]
    return "; ".join(clauses) + "\n"


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def words(name: str) -> tuple[str, ...]:
    """A list of `wording.toml`; "comparison.more" for one in a table."""
    data: Any = _data()
    for part in name.split("."):
        data = data[part]
    return tuple(data)


def table(name: str) -> dict[str, int]:
    """A table of `wording.toml` (months, number_words)."""
    return dict(_data()[name])


@lru_cache(maxsize=64)
def pattern(name: str) -> re.Pattern[str]:
    """A pattern that finds any word of a list: Latin words whole, Han words anywhere; the longest first."""
    parts = []
    for word in sorted(words(name), key=len, reverse=True):
        whole = name != "refusal"  # "n't disclose" and "not specif" are parts of words
        head = r"(?<![a-z])" if whole and word[0].isascii() and word[0].isalpha() else ""
        tail = r"(?![a-z])" if whole and word[-1].isascii() and word[-1].isalpha() else ""
        parts.append(head + re.escape(word) + tail)
    return re.compile("|".join(parts), re.IGNORECASE)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """An answer in the form it is scored in: folded, Simplified, without citation marks and markup."""
    text = _PLACE_MARK.sub("", CITATION_MARK.sub("", _TABLE.sub(_spell_out, text)))
    return simplify(fold(_MARKUP.sub("", text))).replace("，", ",").replace("’", "'")


def sentences(text: str) -> list[str]:
    """The sentences of a plain text, none empty."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


def refuses(text: str) -> bool:
    """Whether a plain text holds a refusal phrase."""
    return pattern("refusal").search(text.lower()) is not None
