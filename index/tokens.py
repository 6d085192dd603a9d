"""Tokens for BM25: whole numbers, Latin words, and Han text cut into single characters and pairs.

bm25s' own pattern (`\\w\\w+`) makes one token of a whole Chinese clause and cuts 1,234.5 in two. Evidence among the
first five on the open and development questions: 1- and 2-grams .84, 2-grams .81, 1-grams .81, 2- and 3-grams .81.
"""

from __future__ import annotations

import re

from index.text import normalise

_TOKEN = re.compile(
    r"(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])"  # 1,234.5
    r"|\d+(?:\.\d+)?"
    r"|[a-z][a-z0-9]*"
    r"|[\u3400-\u9fff\uf900-\ufaff]+"
)
# Function words: rare in a Chinese text, so BM25 would take them for the most telling words of an English question.
_ENGLISH_STOP = frozenset(
    """
    a an and any are as at be been being but by can could did do does doing during each for from had has have
    how i if in into is it its many me much of on or our over please per report reported s show so some tell
    than that the their them then there these they this those to us was we were what when where which while who
    whose why will with within would you your
    """.split()  # noqa: SIM905  (a list of words is read more easily in running text)
)
# How a Chinese question asks, as opposed to what it asks for.
_CHINESE_ASKING = re.compile("请问|请告诉我|是多少|有多少|多少|是什么|什么|为何|如何|是否|哪些|哪个|哪|几|吗|呢|的|了")


def tokenize(text: str) -> list[str]:
    """Tokens of `text`: numbers without thousands separators, Latin words without plural s, Han 1- and 2-grams."""
    tokens: list[str] = []
    for match in _TOKEN.finditer(normalise(text)):
        word = match.group()
        if word[0].isdigit():
            tokens.append(word.replace(",", ""))
        elif word.isascii():
            if word not in _ENGLISH_STOP:
                tokens.append(_singular(word))
        else:
            tokens.extend(_han(word))
    return tokens


def query_tokens(text: str) -> list[str]:
    """Tokens of a question: as `tokenize`, without the words that only ask."""
    return tokenize(_CHINESE_ASKING.sub(" ", normalise(text)))


def _han(run: str) -> list[str]:
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


def _singular(word: str) -> str:
    # Harman's S-stemmer (1991): the lightest that joins "emissions" and "emission".
    if len(word) > 4 and word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "us":
        return word[:-1]
    return word
