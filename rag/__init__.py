"""Wenda's library: a folder of documents becomes an index, questions become cited answers."""
