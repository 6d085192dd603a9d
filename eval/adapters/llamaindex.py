"""LlamaIndex with its default settings: sentence splitter, vector index, top 2, compact-and-refine query engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.settings import Settings
from eval.adapters.common import Ask, Found, chat_prompt, documents, embedder_path, main, need


def prepare(settings: Settings) -> Ask:
    """Embed the reports and make the query engine; raises AssistantError when a package is missing."""
    need("llama_index.core", "llama_index.llms.llama_cpp", "llama_index.embeddings.huggingface")
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.llms.llama_cpp import LlamaCPP

    library = {document.report: document for document in documents(settings)}
    llm = LlamaCPP(
        model_path=str(settings.llm_path),
        temperature=0.0,
        model_kwargs={"n_threads": settings.threads, "flash_attn": True},
        # the one departure from the defaults: the prompt form the model was trained on
        messages_to_prompt=lambda messages: chat_prompt("\n".join(str(message.content) for message in messages)),
        completion_to_prompt=chat_prompt,
        verbose=False,
    )
    index = VectorStoreIndex.from_documents(
        [Document(text=document.text, metadata={"report": name}) for name, document in library.items()],
        embed_model=HuggingFaceEmbedding(model_name=embedder_path(settings)),
        show_progress=True,
    )
    engine: Any = index.as_query_engine(llm=llm)

    def ask(question: str, history: Sequence[Mapping[str, str]]) -> tuple[str, list[Found], float]:
        started = time.perf_counter()
        nodes = engine.retrieve(_bundle(question))
        retrieval = time.perf_counter() - started
        response = engine.synthesize(_bundle(question), nodes)
        found = []
        for scored in nodes:
            node = scored.node
            document = library[node.metadata["report"]]
            start = node.start_char_idx or 0
            found.append(Found(document, start, node.end_char_idx or start + len(node.text)))
        return str(response), found, retrieval

    return ask


def _bundle(question: str) -> Any:  # noqa: ANN401  (a type of the optional package)
    from llama_index.core import QueryBundle

    return QueryBundle(question)


if __name__ == "__main__":
    sys.exit(main("llamaindex", prepare))
