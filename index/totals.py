"""Which total a breakdown belongs to: rows under 按性别划分 say only 男性 and 女性, a row above says of what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import Row
from index.text import normalise

# A breakdown says by what it divides (按年龄划分); one that also says what (按性别划分的流失人数) needs no total.
_BREAKDOWN = re.compile(r"^(?:其中:?)?按[^的]{1,12}$|^[^的]{2,8}(?:划分|分布|构成|结构)$")
_WHOLE = re.compile(r"总|合计|全[行部体]|[率数量额比次例]$|时长$|[率数量额]\(")
_FARTHEST = 60  # lines between a total and its breakdown


def totals(rows: Sequence[Row]) -> list[str]:
    """For each row (in order of lines) the label of the total it is a part of; "" where it is none or not sure.

    The total is the last row above, in the same table and unit, that stands under no breakdown itself. A group that
    names its metric (按性别划分的员工人数) needs none.
    """
    found = []
    last: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        group = normalise(row.group[-1]) if row.group else ""
        key = (row.table, row.unit, row.basis)
        if group and _BREAKDOWN.search(group):
            total = last.get(key)
            near = total is not None and 0 < row.label_line - total.label_line <= _FARTHEST
            found.append(total.label if total is not None and near else "")
            continue
        found.append("")
        if _WHOLE.search(normalise(row.label)):
            last[key] = row
    return found
