"""Headings of rows in column-major tables, printed before or after the blocks they head."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from index.tables.align import Alignment, LabelLine
from index.tables.prose_figures import overlap
from index.tables.runs import Group
from index.tables.source import Source
from index.tables.stub import is_group, join, plain, strip_lead_in, strip_marks
from index.tables.sums import is_total, parts_of

_SHARED = 0.3

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
    words = [plain(" ".join(labels[row] for row in rows)) for rows in paragraphs]
    for at, line in _titles_of(titles, words):
        for row in paragraphs[at]:
            heads.setdefault(row, (strip_marks(line.text), (line.position,)))
    for match in alignment.matches:
        parts = parts_of(group, match.row) if is_total(match.label) else None
        for row in parts or ():
            # "本科及以下" alone says nothing; "男性员工人数" under "员工总人数" needs no help.
            if row in labels and overlap(labels[row], plain(match.label)) < _SHARED:
                heads.setdefault(row, (strip_marks(match.label), tuple(line.position for line in match.lines)))
    return heads


def _titles_of(titles: Sequence[LabelLine], words: Sequence[str]) -> list[tuple[int, LabelLine]]:
    """(paragraph, its title): one after another where the counts agree and words bear it out, else by shared words."""
    shared = [[overlap(strip_marks(line.text), text) for text in words] for line in titles]
    if len(titles) == len(words) and 2 * sum(shared[at][at] >= _SHARED for at in range(len(words))) >= len(words):
        return list(enumerate(titles))
    found = []
    for line, scores in zip(titles, shared, strict=True):
        best = max(scores, default=0.0)
        if best < _SHARED or scores.count(best) > 1:
            continue
        at = scores.index(best)
        if max(row[at] for row in shared) == best and sum(row[at] == best for row in shared) == 1:
            found.append((at, line))
    return found


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
                if size == 2 and (
                    is_group(lines[0].text)
                    and len(plain(strip_lead_in(lines[0].text))) > 2
                    and "划分" in plain(lines[0].text)
                ):
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
            at
            for at in range(cuts[-1] + 1, size)
            if all(abs(ladder[at] - ladder[-1] * part / count) < 1e-6 for ladder in sums)
        ]
        if len(fitting) != 1:
            return None
        cuts.append(fitting[0])
    cuts.append(size)
    return [range(before, after) for before, after in itertools.pairwise(cuts)]
