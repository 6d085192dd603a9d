"""Whether a text states an accepted fact: spellings, lists, choices between named things."""

from __future__ import annotations

import re
from functools import lru_cache

from eval.schema import EvalLanguage, Question
from eval.wording import pattern, plain, refuses, sentences
from index.text import normalise

_DENIED = re.compile(r"(?:不是|并非|而非|不为|is not|isn't|was not|not)\s*[“「\"']?\s*$")


@lru_cache(maxsize=8192)
def _pattern(spelling: str) -> re.Pattern[str]:
    """Spaces do not count. Numbers and short Latin words stand alone; longer ones may be part of a word (telephone)."""
    tight = re.sub(r"\s", "", normalise(plain(spelling)))
    body = r"\s*".join(re.escape(character) for character in tight)
    head = (
        r"(?<![a-z0-9])"
        if tight[:1].isdigit() or (tight[:1].isascii() and tight[:1].isalpha() and len(tight) < 5)
        else ""
    )
    last = tight[-1:]
    tail = (
        r"(?!\d|\.\d)"
        if last.isdigit()
        else r"(?![a-z])"
        if last.isascii() and last.isalpha() and len(tight) <= 3
        else ""
    )
    return re.compile(head + body + tail)


def _places(spelling: str, text: str) -> list[int]:
    folded = normalise(text)
    return [m.start() for m in _pattern(spelling).finditer(folded) if not _DENIED.search(folded[: m.start()])]


def spelled(spelling: str, text: str) -> bool:
    """Whether a plain text holds a spelling (any script, case and spacing) and does not deny it."""
    return bool(_places(spelling, text))


def names_text(question: Question, language: EvalLanguage, text: str) -> bool:
    """Whether a plain text states the accepted fact, in a sentence that does not refuse, and not just by the question.

    A spelling that the question itself holds counts only where the text says more than the question does.
    """
    spellings = question.accept or tuple(s for item in question.list_items for s in item)
    if any(spelled(spelling, text) for spelling in question.reject):
        return False
    stated = [sentence for sentence in sentences(text) if not refuses(sentence)]
    asked = plain(question.text(language))
    if all(_repeats(sentence, asked) for sentence in stated):
        return False
    return any(spelled(spelling, sentence) for spelling in spellings for sentence in stated)


def _repeats(sentence: str, asked: str) -> bool:
    said, question = (re.sub(r"[\W_]", "", normalise(part)) for part in (sentence, asked))
    return said in question or (len(said) > 8 and question in said and len(said) - len(question) < 4)


def names_choice(question: Question, language: EvalLanguage, text: str) -> bool:
    """Whether a plain text chooses the accepted one of the things compared.

    Where an alternative is named too (`reject`, or an accepted spelling in the question), the sentence that compares
    decides: "A is higher than B" chooses A for "which is higher" and B for "which is lower".
    """
    others = [spelling for spelling in question.reject if not any(spelling == accepted for accepted in question.accept)]
    stated = [s for s in sentences(text) if not refuses(s) and not _repeats(s, plain(question.text(language)))]
    wanted = _polarity(plain(question.text(language)))
    verdicts = [
        verdict for sentence in stated if (verdict := _choice(sentence, question.accept, others, wanted)) is not None
    ]
    return bool(verdicts) and all(verdicts)


def _choice(sentence: str, accept: tuple[str, ...], others: list[str], wanted: int) -> bool | None:
    """True or False where a sentence chooses, None where it names neither or compares nothing."""
    here = min((place for spelling in accept for place in _places(spelling, sentence)), default=None)
    there = min((place for spelling in others for place in _places(spelling, sentence)), default=None)
    if here is None and there is None:
        return None
    said = _polarity(sentence)
    if here is None or there is None:
        if said and wanted and said != wanted:
            return here is None  # "B is lower" answers "which is higher" with the other one
        return here is not None if (said or not others) else None
    if not said:
        return None
    first_is_gold = here < there
    return first_is_gold if not wanted or said == wanted else not first_is_gold


def _polarity(text: str) -> int:
    """1 for words of more, -1 for words of less, 0 for neither or both."""
    more, less = (pattern(f"comparison.{name}").search(text.lower()) is not None for name in ("more", "less"))
    return int(more) - int(less)
