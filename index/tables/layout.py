"""What every layout module hands back."""

from __future__ import annotations

from dataclasses import dataclass

from index.records import Row


@dataclass(frozen=True)
class Block:
    """Rows read from one table. first, last: positions of the lines it takes, so that no other layout reads them."""

    first: int
    last: int
    rows: tuple[Row, ...]
    layout: str
    confidence: float
