"""Question → evidence: lexical and dense search fused by reciprocal rank (RRF), rows and prose together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.question import Question
from index.embedding import Encoder
from index.glossary import Glossary
from index.records import Passage
from index.store import Index
from index.text import normalise

RRF_K = 60  # Cormack, Clarke, Büttcher 2009; results hardly depend on it
DEPTH = 60  # how far each ranking is read


@dataclass(frozen=True)
class Hit:
    """A passage found: its place in the index, its fused score, and its rank in each ranking (0 = first)."""

    position: int
    passage: Passage
    score: float
    lexical: int | None
    dense: int | None


class Retriever:
    """Searches one index. `encoder` None: lexical only."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder | None,
        glossary: Glossary,
        *,
        dense_weight: float = 0.6,
        lexical: bool = True,
        rows: bool = True,
    ) -> None:
        """dense_weight: weight of the dense ranking against 1 for the lexical one.

        lexical False: dense only. rows False: a table's row is handed on as the words it is printed in, without its
        cells. Both are for measuring what these bring.
        """
        self.uses_lexical = lexical
        self.uses_rows = rows
        self.index = index
        self.encoder = encoder
        self.glossary = glossary
        self.dense_weight = dense_weight

    def search(self, question: Question, k: int = 20, reports: Sequence[str] | None = None) -> list[Hit]:
        """The k best passages. `reports` outweighs the question's own; several reports share the places evenly."""
        wanted = tuple(reports if reports is not None else question.reports)
        if len(wanted) > 1:
            lists = [self.search(question, k, (report,)) for report in wanted]
            mixed = [hit for rank in zip(*lists, strict=False) for hit in rank]
            longer = [hit for hits in lists for hit in hits if hit not in mixed]
            return (mixed + longer)[: max(k, len(wanted))]
        # The question as asked stands beside its metric: the encoder reads both languages, and where a translation
        # misses the report's word, the English often has it.
        dense_query = f"{question.asked} {question.metric or question.chinese}"
        return self._search(self._queries(question), dense_query, k, wanted or None)

    def _queries(self, question: Question) -> list[str]:
        """The question's own words, the glossary's standard terms for them, and the years asked about (they part a row
        from sentences on another year); an English question also as it was asked. Other terms of the glossary's
        entries were tried and found less.
        """
        core = question.metric or question.chinese
        years = dict.fromkeys(f"{asked.period[:4]}年" for asked in question.periods)
        words = [core, *self.glossary.standard(core), *years]
        if question.language == "en":
            words += [normalise(question.text), *self.glossary.standard(question.text)]
        queries = [" ".join(words)]
        if question.gloss:
            queries.append(" ".join([question.gloss, *self.glossary.standard(question.gloss), *years]))
        return queries

    def _search(self, queries: Sequence[str], dense_query: str, k: int, reports: Sequence[str] | None) -> list[Hit]:
        scores: dict[int, float] = {}
        lexical: dict[int, int] = {}
        dense: dict[int, int] = {}
        for query in queries:
            found = self.index.lexical(query, DEPTH, reports) if self.uses_lexical else []
            for rank, (position, _) in enumerate(found):
                lexical.setdefault(position, rank)
                scores[position] = scores.get(position, 0.0) + 1 / (RRF_K + rank)
        if self.encoder is not None:
            vector = self.encoder.encode([dense_query])[0]
            for rank, (position, _) in enumerate(self.index.dense(vector, DEPTH, reports)):
                dense[position] = rank
                scores[position] = scores.get(position, 0.0) + self.dense_weight / (RRF_K + rank)
        ordered = sorted(scores, key=lambda position: (-scores[position], position))[:k]
        return [
            Hit(position, self._passage(position), scores[position], lexical.get(position), dense.get(position))
            for position in ordered
        ]

    def _passage(self, position: int) -> Passage:
        passage = self.index.passages[position]
        return passage if self.uses_rows or passage.row is None else replace(passage, kind="prose", row=None)
