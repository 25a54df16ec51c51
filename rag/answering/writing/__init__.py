"""A language model writes from the quotations, and is shown only where they hold what it writes."""

from rag.answering.writing.checking import SentenceChecker
from rag.answering.writing.writer import ChatModel, Message, Writer

__all__ = ["ChatModel", "Message", "SentenceChecker", "Writer"]
