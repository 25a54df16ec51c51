"""The files and documents of a generation, in one SQLite file that is never changed."""

from rag.index.corpus.corpus import Corpus
from rag.index.corpus.corpus_writer import CorpusWriter
from rag.index.corpus.listing import DocumentListing, DocumentPart, FolderCount
from rag.index.corpus.narrowing import DocumentFilter
from rag.index.corpus.stored import (
    DocumentFacts,
    EmbeddedParagraph,
    StoredFile,
    StoredParagraph,
    context_of,
    lexical_context,
)

__all__ = [
    "Corpus",
    "CorpusWriter",
    "DocumentFacts",
    "DocumentFilter",
    "DocumentListing",
    "DocumentPart",
    "EmbeddedParagraph",
    "FolderCount",
    "StoredFile",
    "StoredParagraph",
    "context_of",
    "lexical_context",
]
