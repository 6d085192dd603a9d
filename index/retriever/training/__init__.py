"""Makes the retriever: vocabulary, data and training. Nothing of it is used before or after a question."""
