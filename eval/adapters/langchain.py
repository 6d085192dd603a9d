"""LangChain as its tutorial builds it: recursive splitter (1,000 characters, 200 overlap), FAISS, top 4, one prompt."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence

from assistant.settings import Settings
from eval.adapters.common import Ask, Found, chat_prompt, documents, embedder_path, main, need

# The prompt of LangChain's retrieval tutorial (rlm/rag-prompt).
_PROMPT = (
    "You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer the "
    "question. If you don't know the answer, just say that you don't know. Use three sentences maximum and keep the "
    "answer concise.\nQuestion: {question}\nContext: {context}\nAnswer:"
)


def prepare(settings: Settings) -> Ask:
    """Embed the reports and load the LLM; raises AssistantError when a package is missing."""
    need("langchain_community", "langchain_text_splitters")
    from langchain_community.embeddings import HuggingFaceEmbeddings
    from langchain_community.llms import LlamaCpp
    from langchain_community.vectorstores import FAISS
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    library = {document.report: document for document in documents(settings)}
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    chunks = splitter.create_documents(
        [document.text for document in library.values()], [{"report": name} for name in library]
    )
    store = FAISS.from_documents(chunks, HuggingFaceEmbeddings(model_name=embedder_path(settings)))
    retriever = store.as_retriever()
    # The default context of 512 tokens does not hold four chunks; the default batch of 8 reads them for minutes.
    llm = LlamaCpp(
        model_path=str(settings.llm_path),
        temperature=0.0,
        n_ctx=4096,
        n_batch=512,
        n_threads=settings.threads,
        verbose=False,
    )

    def ask(question: str, history: Sequence[Mapping[str, str]]) -> tuple[str, list[Found], float]:
        started = time.perf_counter()
        hits = retriever.invoke(question)
        retrieval = time.perf_counter() - started
        context = "\n\n".join(hit.page_content for hit in hits)
        text = llm.invoke(chat_prompt(_PROMPT.format(question=question, context=context)))
        found = []
        for hit in hits:
            start = int(hit.metadata["start_index"])
            found.append(Found(library[hit.metadata["report"]], start, start + len(hit.page_content)))
        return str(text), found, retrieval

    return ask


if __name__ == "__main__":
    sys.exit(main("langchain", prepare))
