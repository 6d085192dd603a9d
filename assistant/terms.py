"""What of a question's words and technical terms a text has, as they are or by another word for the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from index.glossary import Glossary
from index.tokens import tokenize

EVERYDAY = {"general", "units", "places", "reporting", ""}  # fields of the glossary whose words name no metric
TERM_COVERED = 0.5  # share of a technical term's tokens that must stand around the figure

# "培训27次" speaks of 培训次数
_COUNTING = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:次数|场次|人数|人次|数量|总数|家数)$")
# What may stand within a term: 新招聘女性员工 are 新招聘员工.
_OF_WHOM = re.compile(r"(?:男性|女性|[男女]|境内|境外|海外|在职|全职)(?=员工|雇员|职工|人员|董事|高管)")
_WORD = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z0-9+]*|\d+(?:\.\d+)?")


class Terms:
    """Compares texts in the search form by the corpus's word weights and the glossary."""

    def __init__(self, idf: Callable[[str], float], glossary: Glossary) -> None:
        """idf: weight of a token in the library."""
        self._idf = lru_cache(maxsize=65536)(idf)
        self._unseen = idf("\0")
        self._glossary = glossary

    def coverage(self, wanted: str, given: str) -> float:
        """Share of the tokens of `wanted`, by weight, that `given` has, as they are or by another word for the same."""
        have = set(tokenize(given))
        covered_spans = []
        plain = f"{given}|{given.replace('总', '')}"  # 耗电总量 is a 耗电量
        for match in self._glossary.match_plain(wanted):
            if any(term.lower() in plain for term in (*match.entry.chinese, *match.entry.english)):
                covered_spans.append((match.start, match.end))
        total = found = 0.0
        for start, token in _placed_tokens(wanted):
            weight = self._idf(token)
            if len(token) == 1:
                weight *= 0.5
            total += weight
            if token in have or any(a <= start and start + len(token) <= b for a, b in covered_spans):
                found += weight
        return found / total if total else 0.0

    def missing(self, asked: str, given: str, own: str = "") -> float:
        """The share of the question, in characters, that is technical terms with no word for them around the figure.

        own: label and group, of which each may have a part of a term.
        """
        terms = [match for match in self._glossary.match_plain(asked) if match.entry.domain not in EVERYDAY]
        joined = given.replace(" ", "")  # "范围 1" is 范围1
        joined = f"{joined} {_OF_WHOM.sub('', joined)} {joined.replace('总', '')}"  # 耗电总量 is a 耗电量
        joined = f"{joined} {joined.replace('相关', '')}" if "相关" in joined else joined  # 数据安全相关审计
        spoken_of = {
            (match.start, match.end)
            for match in terms
            if any(term.lower() in joined or _stands_uncounted(term.lower(), joined) for term in match.entry.chinese)
            or any(term.lower() in given for term in match.entry.english)
        }
        # 存款余额（人民币） speaks of 人民币存款, 社会保险覆盖率 not of 风险覆盖率:
        # what tells two terms apart comes first.
        told = {(match.start, match.end): match.entry.chinese for match in terms}
        lacking = {
            (start, end)
            for start, end in told.keys() - spoken_of
            if (
                asked[start : start + 2] not in given
                or self.coverage(_COUNTING.sub("", asked[start:end]), given) < TERM_COVERED
            )
            # 女性 under 员工流失率 speaks of the 女性员工流失率, and so of the 女员工流失率.
            and not any(_stands_in_two(term.lower(), own) for term in told[start, end])
        }
        size = len(asked.replace(" ", ""))
        return min(1.0, sum(end - start for start, end in lacking) / size) if size else 0.0

    def within(self, text: str) -> list[str]:
        """The glossary's terms in a text, those of more than two characters; the whole text where it has none."""
        found = [text[match.start : match.end] for match in self._glossary.match_plain(text)]
        return [term for term in found if len(term) > 2] or ([text] if len(text) > 1 else [])

    def is_term(self, words: str) -> bool:
        """Whether words are terms of the glossary, and so no name."""
        return self._glossary.covers(words)

    def is_word(self, latin: str) -> bool:
        """Whether Latin letters are a term of the glossary (APP, ABS), and no name."""
        return bool(self._glossary.match_en(latin)) or self._glossary.exact(latin) is not None

    def is_known(self, token: str) -> bool:
        """Whether the library has a token at all."""
        return self._idf(token) < self._unseen


def _stands_in_two(term: str, given: str) -> bool:
    """Whether a text has a term in two parts, of two characters or more each, as label and group may have."""
    return any(term[:place] in given and term[place:] in given for place in range(2, len(term) - 1))


def _stands_uncounted(term: str, given: str) -> bool:
    """Whether a text has a term without its word of counting: 女性员工 for 女性员工人数."""
    plain = _COUNTING.sub("", term)
    return plain != term and len(plain) > 3 and plain in given


def _placed_tokens(text: str) -> list[tuple[int, str]]:
    """The tokens of a text with where they begin."""
    found: list[tuple[int, str]] = []
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        if word[0].isascii():
            found.append((start, tokenize(word)[0] if tokenize(word) else word))
            continue
        found += [(start + place, char) for place, char in enumerate(word)]
        found += [(start + place, word[place : place + 2]) for place in range(len(word) - 1)]
    return found
