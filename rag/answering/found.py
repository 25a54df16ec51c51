"""A passage found for a question, as answering passes it on."""

from dataclasses import dataclass

from rag.index.corpus import StoredParagraph
from rag.retrieval.retriever import Hit


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A hit with its paragraph, and whether the question asks for that part by its number."""

    hit: Hit
    stored: StoredParagraph
    labelled: bool
