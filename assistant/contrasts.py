"""Things that must not be confused, 男 and 女, 范围一 and 范围二: the sets of prompts/contrasts.txt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from assistant.errors import AssistantError
from index.text import normalise

_JOINT = re.compile(r"(?:[^,。;]{0,4}[和与及、加][^,。;]{0,2})?")  # a 、 may have been taken out with the asking words

_AND = re.compile(r"[^,。;]{0,4}[和与及、][^,。;]{0,2}")  # 董事会审计委员会 names one
_EXHAUSTIVE = re.compile(r"各项|境内外|进出口|存贷款")  # 范围一和范围二 leaves 范围三 out
_OPEN_ENDED = re.compile(r"以[上下]")


class _Set:
    """One set: `pattern` finds its spellings, `places` gives the member of each, `wholes` those holding the others."""

    def __init__(self, mark: str, members: Sequence[Sequence[str]]) -> None:
        self.mark = mark
        self.wholes = frozenset(place for place, member in enumerate(members) if member[0].startswith("*"))
        self.places = {word.lstrip("*-"): place for place, member in enumerate(members) for word in member}
        self.nobody = {place for place, member in enumerate(members) if member[0].startswith("-")}
        self.pattern = re.compile("|".join(map(re.escape, sorted(self.places, key=len, reverse=True))))

    def named(self, text: str) -> set[int]:
        """The members that a text names."""
        return {self.places[match] for match in self.pattern.findall(text)} - self.nobody

    def joined(self, text: str, joint: re.Pattern[str] = _JOINT) -> bool:
        """Whether a text names two members as one: 男性和女性, not 某期货公司的期权."""
        found = list(self.pattern.finditer(text))
        between = (
            text[one.end() : two.start()] for one, two in pairwise(found) if self.places[one[0]] != self.places[two[0]]
        )
        return any(joint.fullmatch(gap) for gap in between)


class Contrasts:
    """Sets of things that must not be confused; see prompts/contrasts.txt."""

    def __init__(self, sets: Sequence[tuple[str, tuple[tuple[str, ...], ...]]]) -> None:
        """sets: ("~" mild, "!" strict, "=" strict both ways or "", members with their spellings)."""
        self._sets = [_Set(mark, members) for mark, members in sets]

    @classmethod
    def load(cls, file: Path) -> Contrasts:
        """Read the file; raises AssistantError naming a bad line."""
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise AssistantError(f"cannot read {file}: {error}") from error
        sets = []
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            mark = text[0] if text[0] in "~!=" else ""
            members = tuple(
                tuple(normalise(spelling) for spelling in member.split("|") if spelling.strip())
                for member in text.lstrip("~!= ").split(" / ")
            )
            if len(members) < (1 if mark in ("!", "=") else 2) or not all(members):
                raise AssistantError(
                    f"{file}, line {number}: a set needs two members separated by ' / ', one after '!' or '='"
                )
            sets.append((mark, members))
        return cls(sets)

    def swapped(self, text: str, word: str) -> str:
        """`text` with the member that `word` is a spelling of, in place of another member of that set; "" for none.

        "男性员工流失率" and "女性" give "女性员工流失率".
        """
        for each in self._sets:
            own = each.pattern.search(word)
            if own is None or len(word) > len(own[0]) + 2:
                continue
            place = each.places[own[0]]
            others = [m for m in each.pattern.finditer(text) if each.places[m[0]] != place]
            if others:
                other = others[-1]  # "某某期货的碳酸锂期货": the firm's name comes before
                return text[: other.start()] + own[0] + text[other.end() :]
        return ""

    def continued(self, before: str, after: str) -> str:
        """`after`, a bare member of a set, with the words of `before`, which ends with another one of that set:
        碳酸锂期权 for 期权 after 碳酸锂期货; else `after` as it is.
        """
        for each in self._sets:
            ends = [m for m in each.pattern.finditer(before) if m.end() == len(before)]
            if ends and after in each.places and each.places[after] != each.places[ends[0][0]]:
                return before[: ends[0].start()] + after
        return after

    def compare(self, asked: str, label: str, near: str, context: str, *, prose: bool = False) -> tuple[int, int, int]:
        """(clashes, narrower, wider): sets on which label, then its groups, then context name another member, one more,
        or none. prose: the label is a clause, and the sentence around it may name the rest of several members.
        """
        clashes = narrower = wider = 0
        # "范围 2" is 范围2
        asked, label, near, context = (text.replace(" ", "") for text in (asked, label, near, context))
        for each in self._sets:
            mark, wanted = each.mark, each.named(asked)
            if wanted & each.wholes and len(wanted - each.wholes) > 1:
                wanted &= each.wholes  # "进出口（进口和出口）" is about the whole
            own, around = each.named(label) or each.named(near), each.named(context)
            if wanted:
                given = own or around
                several = mark != "~" and not wanted & each.wholes and each.joined(asked)
                # That a row stands under the whole of several does not make it the whole.
                named = own | around if prose else own | (each.named(near) - each.wholes)
                more = mark != "~" and own > wanted and not several and not own & each.wholes
                more = more and each.joined(label, _AND) and not _OPEN_ENDED.search(asked)
                if several and own & each.wholes:
                    continue  # 外贸进出口总额 for 进口加出口
                if own and (not own & wanted or (several and named < wanted) or more):
                    clashes += 1  # another, 初级 alone for 初级和中级, or both for one
                elif not own and given and not given & wanted:
                    clashes += mark != "~"
                elif not given:
                    clashes += mark in ("!", "=")
                    whole = wanted <= each.wholes and _EXHAUSTIVE.search(asked)  # what names no part is the whole
                    wider += mark == "" and not whole
            elif own and mark == "=":
                clashes += 1
            elif own - each.wholes and mark != "~":
                narrower += 1
        return clashes, narrower, wider
