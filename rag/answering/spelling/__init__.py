"""Questions as they are typed: in pinyin, and with errors."""

from rag.answering.spelling.respelling import Respelling

__all__ = ["Respelling"]
