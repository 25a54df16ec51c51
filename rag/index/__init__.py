"""One generation on disk: documents, vectors, BM25 postings, token codes; and how it is opened."""
