"""Ranks the paragraphs of an index for a question."""
