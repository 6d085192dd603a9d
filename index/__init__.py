"""Everything that happens before a question: reports → rows and passages → vectors."""
