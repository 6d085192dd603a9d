"""The pipeline everybody builds first, kept for comparison: the top passages, a plain prompt, and no check at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.drafting import Draft
from assistant.errors import AssistantError
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.prompts import load_prompt
from assistant.retrieval import Hit
from assistant.wording import marks

PASSAGES = 4
_REFUSAL = re.compile(r"未披露|没有披露|无法回答|not disclose|no information", re.IGNORECASE)


def answer_naively(
    draft: Draft,
    hits: Sequence[Hit],
    llm: LanguageModel | None,
    prompts: Path,
    usage: Usage,
    cancelled: Cancelled | None,
) -> Iterator[str]:
    """Whatever the LLM says of the first passages, with all of them as citations."""
    if llm is None:
        raise AssistantError("the naive pipeline needs a language model; set llm or use --pipeline default")
    chosen = sorted(hits, key=lambda hit: hit.dense if hit.dense is not None else 10_000 + hit.position)[:PASSAGES]
    text = "\n\n".join(hit.passage.text for hit in chosen)
    values = {"evidence": text, "question": draft.question.text}
    reply = llm.complete(load_prompt(prompts, "naive"), values, max_tokens=160, usage=usage, cancelled=cancelled)
    draft.abstained = bool(_REFUSAL.search(reply))
    citations = [draft.citations.passage(hit.passage) for hit in chosen]
    yield draft.add_sentence(reply + ("" if draft.abstained else marks(citations)))
