"""What is said to a bot and asks nothing of the documents: recognized, and what there is listed."""

from rag.answering.small_talk.listing import corpus_listing, filtered_listing
from rag.answering.small_talk.recognizer import SmallTalkRecognizer

__all__ = ["SmallTalkRecognizer", "corpus_listing", "filtered_listing"]
