"""Keeps an index up to date: what has changed, building a generation, publishing it."""
