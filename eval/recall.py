"""How often the right lines are among the first passages found: `python -m eval.recall [SET.jsonl…] [--misses]`.

`--embedder` judges another embedder on the passages of the index, without building one; with `--report` one report's
questions, e.g. for a retriever that was trained without it. No LLM takes part. A question counts as hit @k when one of
the k best passages holds a right line: for a row the lines of its cells, for prose its span. Absent questions are left
out. Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009, k = 60.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import Settings
from eval.schema import QUESTIONS_FOLDER, EvalLanguage, Question, parse
from index.catalog import Catalog
from index.embedding import Encoder, Vectors, is_none, load_encoder
from index.passages import dense_text
from index.records import Passage
from index.store import Index, make_index
from index.text import normalise, simplify

DEPTH = 10
_FUSED = 50  # how many of each list are fused
_RRF = 60
_YEAR = re.compile(r"(?:19|20)\d\d ?年?[末底度]?")


@dataclass(frozen=True)
class Ranked:
    """A question with the passages found for it, best first."""

    question: Question
    passages: tuple[Passage, ...]

    def rank(self) -> int | None:
        """1-based rank of the first passage that holds a right line."""
        places = self.question.right_places()
        for number, passage in enumerate(self.passages, start=1):
            if any((passage.report, line) in places for line in cited_lines(passage)):
                return number
        return None


def cited_lines(passage: Passage) -> Iterable[int]:
    """The lines that a citation of this passage would show as its own."""
    if passage.row is not None:
        return {cell.line for cell in passage.row.cells}
    return range(passage.line_start, passage.line_end + 1)


def fuse(*rankings: Sequence[tuple[int, float]]) -> list[int]:
    """Positions by reciprocal rank fusion, best first."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, (position, _) in enumerate(ranking, start=1):
            scores[position] = scores.get(position, 0.0) + 1 / (_RRF + rank)
    return sorted(scores, key=lambda position: (-scores[position], position))


def rank_all(index: Index, questions: Sequence[Question], language: EvalLanguage, search: Search) -> list[Ranked]:
    """Run one way of searching over all questions."""
    found = []
    for number, question in enumerate(questions):
        positions = search(number, question.text(language))[:DEPTH]
        found.append(Ranked(question, tuple(index.passages[position] for position in positions)))
    return found


Search = Callable[[int, str], list[int]]


def searches(index: Index, catalog: Catalog, vectors: Vectors | None) -> dict[str, Search]:
    """Every way of searching that is compared, by name."""

    def known(text: str) -> tuple[str, ...] | None:
        return catalog.resolve(text) or None

    def lexical(text: str, only: Sequence[str] | None) -> list[tuple[int, float]]:
        return index.lexical(text, _FUSED, only)

    def dense(number: int, only: Sequence[str] | None) -> list[tuple[int, float]]:
        return index.dense(vectors[number], _FUSED, only) if vectors is not None else []

    ways: dict[str, Search] = {
        "BM25": lambda number, text: fuse(lexical(text, None)),
        "BM25, report known": lambda number, text: fuse(lexical(text, known(text))),
    }
    if vectors is not None:
        ways["dense"] = lambda number, text: fuse(dense(number, None))
        ways["dense, report known"] = lambda number, text: fuse(dense(number, known(text)))
        ways["fused"] = lambda number, text: fuse(lexical(text, None), dense(number, None))
        ways["fused, report known"] = lambda number, text: fuse(lexical(text, known(text)), dense(number, known(text)))
    return ways


def bare(text: str, catalog: Catalog) -> str:
    """A question without institutions and years, as vectors want it: every passage of a report shares those."""
    plain = simplify(text)
    for mention in reversed(catalog.mentions(text)):
        plain = plain[: mention.start] + plain[mention.end :]
    return normalise(_YEAR.sub("", plain))


def embedded_anew(index: Index, encoder: Encoder | None) -> Index:
    """The same passages with the vectors of another encoder, in memory."""
    if encoder is None:
        return make_index(index.passages)
    texts = list(dict.fromkeys(dense_text(passage) for passage in index.passages))
    places = {text: number for number, text in enumerate(texts)}
    vectors = encoder.encode(texts)[[places[dense_text(passage)] for passage in index.passages]]
    return make_index(index.passages, vectors, encoder.name)


def traditional(question: Question) -> bool:
    """Whether a question is asked in Traditional characters."""
    return simplify(question.text("zh")) != question.text("zh")


def load_questions(files: Sequence[Path]) -> list[Question]:
    """The answerable questions of the files (the open and dev sets when none are named), but for follow-ups."""
    chosen = files or [file for file in sorted(QUESTIONS_FOLDER.glob("*.jsonl")) if not file.stem.endswith("-test")]
    found = [question for file in chosen for _, question in parse(file)[0]]
    return [question for question in found if question.type != "absent" and not question.history_zh]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print recall by way of searching, and of the last one by type of question and by report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="SET.jsonl")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--misses", action="store_true", help="show what the last way did not find in the first five")
    parser.add_argument("--embedder", help="name or folder, as in the settings; default: the one of the index")
    parser.add_argument("--report", action="append", help="only questions on this report")
    options = parser.parse_args(arguments)
    settings = Settings()
    index = Index.load(settings.index_folder)
    questions = [q for q in load_questions(options.files) if not options.report or q.report in options.report]
    encoder: Encoder | None = None
    if options.embedder is not None:
        encoder = load_encoder(options.embedder, settings.models_folder)
        index = embedded_anew(index, encoder)
    elif not is_none(index.encoder):
        encoder = load_encoder(settings.embedder, settings.models_folder)
    catalog = Catalog.load(settings.report_folders)
    plain = [bare(question.text(options.language), catalog) for question in questions]
    vectors = encoder.encode(plain) if encoder else None
    out = sys.stdout.write
    out(f"{len(questions)} questions ({options.language}), {len(index.passages)} passages\n")
    ranked: list[Ranked] = []
    for name, search in searches(index, catalog, vectors).items():
        ranked = rank_all(index, questions, options.language, search)
        out(_line(name, ranked))
    for kind in sorted({item.question.type for item in ranked}):
        out(_line(f"  {kind}", [item for item in ranked if item.question.type == kind]))
    if options.language == "zh":
        for name, is_traditional in (("Simplified", False), ("Traditional", True)):
            out(_line(f"  {name}", [item for item in ranked if traditional(item.question) == is_traditional]))
    for report in sorted({item.question.report for item in ranked}):
        out(_line(f"  {report}", [item for item in ranked if item.question.report == report]))
    if options.misses:
        for item in ranked:
            if (item.rank() or DEPTH) > 5:
                _show(item, options.language)


def _line(name: str, ranked: Sequence[Ranked]) -> str:
    ranks = [item.rank() for item in ranked]
    shares = [sum(rank is not None and rank <= k for rank in ranks) / max(1, len(ranks)) for k in (1, 3, 5, 10)]
    return f"{name:<24}" + "".join(f"  @{k} {share:.3f}" for k, share in zip((1, 3, 5, 10), shares, strict=True)) + "\n"


def _show(item: Ranked, language: EvalLanguage) -> None:
    places = sorted(line for _, line in item.question.right_places())
    sys.stdout.write(f"\n{item.question.id} [{item.rank()}] {item.question.text(language)} → lines {places}\n")
    for passage in item.passages[:5]:
        sys.stdout.write(f"    {passage.line_start}-{passage.line_end} {passage.kind}: {passage.text[:110]!r}\n")


if __name__ == "__main__":
    main()
