"""Small talk, which asks nothing of the documents: it is recognized, and documents are listed."""

from rag.answering.small_talk.listing import corpus_listing, filtered_listing
from rag.answering.small_talk.recognizer import SmallTalkRecognizer

__all__ = ["SmallTalkRecognizer", "corpus_listing", "filtered_listing"]
