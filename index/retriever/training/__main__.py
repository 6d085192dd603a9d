"""Make the retriever again: `python -m index.retriever.training --llm FILE.gguf [--write-questions N] [--without ID]`.

Everything that takes long is kept in --work: the LLM's replies, the vectors to start from, checkpoints. A run that was
cut off goes on there. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import track
from tokenizers import Tokenizer

from index import retriever
from index.build import read_report
from index.catalog import Catalog
from index.glossary import Glossary
from index.records import Passage
from index.retriever.training import fit, lexicon, pairs, questions, token_embeddings, vocabulary
from index.retriever.training.language_model import Writer
from index.retriever.training.wordings import Wordings, read_contrasts
from index.translations import Translations, english_terms

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parents[3]
_QUESTIONS = Path(__file__).with_name("questions.jsonl")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write questions, or train and write the model folder."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    glossary = Glossary.load(options.prompts / "glossary.tsv")
    translations = Translations.load(options.prompts / "label-translations.jsonl")
    english = partial(english_terms, glossary=glossary, translations=translations)
    reports = Catalog.load(tuple(options.reports)).reports
    passages = [passage for report in track(reports, "reading reports") for passage in read_report(report, english)[2]]
    if options.write_questions:
        write_questions(passages, options)
        return
    tokenizer, start = beginning(passages, glossary, options)
    words = lexicon.mutual(vocabulary.pieces(tokenizer), start)
    contrasts = read_contrasts(options.prompts / "contrasts.txt")
    # Nothing of a report that is left out is learnt from; the vocabulary and the glossary are the same for all.
    kept = [passage for passage in passages if passage.report not in options.without]
    wordings = Wordings(glossary, translations, contrasts, fit.SEED)
    triples = pairs.all_triples(kept, questions.read(_QUESTIONS), words, wordings, fit.ROUNDS)
    log.info("%d triples: %s", len(triples), dict(Counter(triple.source for triple in triples)))
    work = options.work / ("checkpoints" + "".join(f"-without-{report}" for report in options.without))
    trained = fit.train(tokenizer, start[:, : options.width], triples, work, epochs=options.epochs)
    fit.save(tokenizer, fit.between(start[:, : options.width], trained), options.out)
    log.info("%s: %d tokens, %d numbers each", options.out, *trained.shape)


def write_questions(passages: Sequence[Passage], options: argparse.Namespace) -> None:
    """Let the LLM write questions on the first so many passages; keep those that find their passage."""
    writer = Writer(options.llm, options.work / "replies.jsonl", options.threads)
    chosen = questions.order(passages)[: options.write_questions]
    made = list(questions.write(track(chosen, "writing questions"), writer))
    kept = questions.answerable(made, passages)
    questions.save(kept, _QUESTIONS)
    log.info("%d questions written, %d kept", len(made), len(kept))


def beginning(
    passages: Sequence[Passage], glossary: Glossary, options: argparse.Namespace
) -> tuple[Tokenizer, fit.Matrix]:
    """Tokenizer and the vectors to start from, made once."""
    kept_tokenizer, kept_vectors = options.work / "tokenizer.json", options.work / "start.npy"
    if kept_tokenizer.is_file() and kept_vectors.is_file():
        return Tokenizer.from_file(str(kept_tokenizer)), np.load(kept_vectors)
    source = token_embeddings.read(options.llm)
    texts = [passage.search_text for passage in passages]
    texts += [term for entry in glossary.entries for term in (*entry.chinese, *entry.english)]
    tokenizer = vocabulary.make_tokenizer(vocabulary.choose(vocabulary.llm_tokens(source.tokens), texts))
    start = token_embeddings.initial(source, vocabulary.pieces(tokenizer), fit.WIDEST)
    options.work.mkdir(parents=True, exist_ok=True)
    np.save(kept_vectors, start)
    tokenizer.save(str(kept_tokenizer))
    return tokenizer, start


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--llm", type=Path, required=True, help="the GGUF file of the LLM")
    parser.add_argument("--work", type=Path, default=Path("training"), help="folder for what takes long to make")
    parser.add_argument("--out", type=Path, default=retriever.MODEL, help="the model folder to write")
    parser.add_argument("--reports", type=Path, action="append", help="folders with a catalog.toml")
    parser.add_argument("--prompts", type=Path, default=_PROJECT / "prompts", help="folder of the glossary")
    parser.add_argument(
        "--write-questions", type=int, default=0, metavar="N", help="write questions on N passages, and end"
    )
    parser.add_argument("--without", action="append", default=[], metavar="REPORT", help="learn nothing of this report")
    parser.add_argument("--width", type=int, default=fit.WIDTH, help="numbers in a vector")
    parser.add_argument("--epochs", type=float, default=fit.EPOCHS)
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(reports=[_PROJECT / "reports"])
    return parser


if __name__ == "__main__":
    main()
