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
    need("llama_index.core", "llama_index.llms.llama_cpp")
    from llama_index.core import Document, VectorStoreIndex
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
        embed_model=_embedding(embedder_path(settings)),
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


def _embedding(model_name: str) -> Any:  # noqa: ANN401  (a type of the optional package)
    """The embedder as LlamaIndex takes it; its own wrapper sets a length, which static embedders do not have."""
    from llama_index.core.embeddings import BaseEmbedding
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(model_name, local_files_only=True)

    class Embedding(BaseEmbedding):  # type: ignore[misc, unused-ignore]
        def _get_text_embedding(self, text: str) -> list[float]:
            return list(map(float, model.encode(text)))

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [list(map(float, vector)) for vector in model.encode(texts)]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return Embedding()


def _bundle(question: str) -> Any:  # noqa: ANN401  (a type of the optional package)
    from llama_index.core import QueryBundle

    return QueryBundle(question)


if __name__ == "__main__":
    sys.exit(main("llamaindex", prepare))
