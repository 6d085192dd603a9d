"""The retriever's vocabulary: short Han words and characters, English words and their pieces, bytes for all else.

Long Han tokens are left out where shorter ones make them up (金融机构 is 金融 + 机构): a question and a label that
share a part of a term must share a vector. Texts come in the search form of `index.text.normalise`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from index.text import normalise, simplify

UNKNOWN = "[UNK]"
NUMBER = "#"
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LETTERS = re.compile(r"[a-z]+")
_WORD = re.compile(r"[a-z]{2,}")
_ENGLISH_RANK = 40_000  # tokens beyond this rank of the LLM's vocabulary are hardly ever a word of a report
_PIECE_RANK = 20_000
_LONGEST_PIECE = 4
_FLAT = 1_000  # smooths the Zipf estimate of a token's frequency from its rank
_UNRANKED = 60_000


def llm_tokens(tokens: Sequence[str]) -> list[str]:
    """The LLM's byte-level tokens as text; "" for those that are no whole characters."""
    table = {char: byte for byte, char in _byte_letters().items()}
    texts = []
    for token in tokens:
        try:
            texts.append(bytes(table[char] for char in token).decode())
        except (KeyError, UnicodeDecodeError):
            texts.append("")
    return texts


def choose(tokens: Sequence[str], texts: Iterable[str]) -> dict[str, int]:
    """Piece → rank: pieces of the LLM's vocabulary (`llm_tokens`), and the words of `texts` that it lacks."""
    ranks: dict[str, int] = {}
    for rank, token in enumerate(tokens):
        plain = token.strip().lower()
        if _HAN.fullmatch(plain):
            if len(plain) > 1 or _common(plain):
                ranks.setdefault(plain, rank)
        elif _LETTERS.fullmatch(plain) and (
            (token.startswith(" ") and rank < _ENGLISH_RANK)
            or (not token.startswith(" ") and len(plain) <= _LONGEST_PIECE and rank < _PIECE_RANK)
        ):
            ranks.setdefault(plain, rank)
    ranks = {piece: rank for piece, rank in ranks.items() if piece.isascii() or simplify(piece) == piece}
    ranks = {piece: rank for piece, rank in ranks.items() if not _made_up(piece, ranks)}
    counts: dict[str, int] = {}
    for text in texts:
        plain = normalise(text)
        for match in _WORD.finditer(plain):
            counts[match.group()] = counts.get(match.group(), 0) + 1
        for match in _HAN.finditer(plain):
            for char in match.group():
                counts[char] = counts.get(char, 0) + 1
            if len(match.group()) == 2 and match.group() == plain:  # a term of its own
                counts[plain] = counts.get(plain, 0) + 1
    for piece in sorted(counts):
        ranks.setdefault(piece, _UNRANKED)
    for char in "abcdefghijklmnopqrstuvwxyz%℃㎡":
        ranks.setdefault(char, _UNRANKED)
    return ranks


def make_tokenizer(ranks: Mapping[str, int]) -> Tokenizer:
    """A tokenizer over the pieces that `choose` found. What it does not know becomes characters or bytes."""
    vocabulary: list[tuple[str, float]] = [(UNKNOWN, -30.0), (NUMBER, -1.0)]
    vocabulary += [(f"<0x{byte:02X}>", -25.0) for byte in range(256)]
    vocabulary += [(str(number), -5.0) for number in range(100)]
    ordered = sorted(ranks, key=lambda piece: (ranks[piece], piece))
    vocabulary += [(piece, -math.log(ranks[piece] + _FLAT)) for piece in ordered]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            # Figures are told apart by BM25 and by code; here only small whole numbers (范围1, 30岁以下) carry sense.
            normalizers.Replace(Regex(r"\d+[.,]\d[\d.,]*|\d{3,}"), f" {NUMBER} "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(
        Regex(r"[\u3400-\u9fff]+|[a-z]+|\d{1,2}|#|[%℃㎡]|[^\W\d_a-z\u3400-\u9fff]+"), "removed", invert=True
    )
    return tokenizer


def pieces(tokenizer: Tokenizer) -> list[str]:
    """The vocabulary in the order of its numbers."""
    return [str(piece) for piece, _ in json.loads(tokenizer.to_str())["model"]["vocab"]]


def _made_up(piece: str, ranks: Mapping[str, int]) -> bool:
    """Whether shorter words make a Han token of three or more characters up."""
    if len(piece) < 3 or not _HAN.fullmatch(piece):
        return False
    if len(piece) == 3:
        return piece[:2] in ranks or piece[1:] in ranks
    return any(piece[start : start + 2] in ranks for start in range(len(piece) - 1))


def _common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _byte_letters() -> dict[int, str]:
    """The letters by which byte-level vocabularies write bytes (as in GPT-2)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    others = [byte for byte in range(256) if byte not in letters]
    letters.update((byte, chr(256 + number)) for number, byte in enumerate(others))
    return letters
