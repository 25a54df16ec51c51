"""Exact words: terms, their postings and weights (BM25), and names in pinyin."""
