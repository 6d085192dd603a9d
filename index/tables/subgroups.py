"""Headings of rows in column-major tables, printed before or after the blocks they head."""

from __future__ import annotations

from collections.abc import Sequence

from index.tables.align import Alignment, LabelLine
from index.tables.prose_figures import overlap
from index.tables.runs import Group
from index.tables.source import Source
from index.tables.stub import is_group, join, plain, strip_lead_in, strip_marks

Head = tuple[str, tuple[int, ...]]


def part_groups(source: Source, group: Group, alignment: Alignment, spare: Sequence[LabelLine]) -> dict[int, Head]:
    """Row → heading: partitions that sums confirm, then paragraphs whose heading shares their words."""
    heads = _partitions(source, group, spare)
    paragraphs: list[list[int]] = []
    previous = -2
    for match in alignment.matches:
        if match.lines[0].starts_paragraph or not paragraphs or match.row != previous + 1:
            paragraphs.append([])
        paragraphs[-1].append(match.row)
        previous = match.row
    labels = {match.row: match.label for match in alignment.matches}
    titles = [line for line in spare if line.alone and not is_group(line.text) and len(plain(line.text)) >= 3]
    for rows in paragraphs:
        words = " ".join(labels[row] for row in rows)
        scored = sorted(((overlap(strip_marks(line.text), words), line) for line in titles), key=lambda entry: -entry[0])
        if not scored or scored[0][0] < 0.3 or (len(scored) > 1 and scored[1][0] >= scored[0][0]):
            continue
        line = scored[0][1]
        for row in rows:
            heads.setdefault(row, (strip_marks(line.text), (line.position,)))
    return heads


def _partitions(source: Source, group: Group, spare: Sequence[LabelLine]) -> dict[int, Head]:
    """Rows cut into stretches of equal sums in every run, one for each heading 按…划分 in printed order."""
    heads = [head for head in _group_heads(spare)]
    if not heads:
        return {}
    whole = _equal_stretches(group, len(heads))
    if whole is None:
        return {}
    return {row: head for stretch, head in zip(whole, heads, strict=True) for row in stretch}


def _group_heads(spare: Sequence[LabelLine]) -> list[Head]:
    heads: list[Head] = []
    at = 0
    while at < len(spare):
        for size in (2, 1):
            lines = spare[at : at + size]
            text = join([line.text for line in lines])
            if len(lines) == size and is_group(text) and len(plain(strip_lead_in(text))) > 2:
                if size == 2 and (is_group(lines[0].text) and len(plain(strip_lead_in(lines[0].text))) > 2 and "划分" in plain(lines[0].text)):
                    continue
                heads.append((strip_lead_in(strip_marks(text)).rstrip(":："), tuple(line.position for line in lines)))
                at += size
                break
        else:
            at += 1
    return heads


def _equal_stretches(group: Group, count: int) -> list[range] | None:
    """The one way to cut all rows into `count` stretches that sum to the same total in every run."""
    size = group.size
    runs = [[figure.value.value for figure in run] for run in group.runs]
    if any(value is None for run in runs for value in run) or count > 5 or count < 2:
        return None
    sums = []
    for run in runs:
        total, ladder = 0.0, [0.0]
        for value in run:
            total += value or 0.0
            ladder.append(total)
        sums.append(ladder)
    cuts = [0]
    for part in range(1, count):
        fitting = [
            at for at in range(cuts[-1] + 1, size) if all(abs(ladder[at] - ladder[-1] * part / count) < 1e-6 for ladder in sums)
        ]
        if len(fitting) != 1:
            return None
        cuts.append(fitting[0])
    cuts.append(size)
    return [range(before, after) for before, after in zip(cuts, cuts[1:], strict=False)]
