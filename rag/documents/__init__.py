"""Documents: files of a folder read into cleaned text and its citable slices.

What reads files is imported when it is first asked for: answering from an index needs none of the
libraries of file formats.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from rag.documents.assembling import document_id, make_document, printable_path
from rag.documents.document import (
    UNREAD_PAGES,
    Document,
    LeftOut,
    Paragraph,
    ParagraphKind,
    Sentence,
    Skipped,
    summed,
)
from rag.documents.limits import Limits, estimate_tokens
from rag.documents.text.languages import detect_language, sure_language
from rag.documents.text.scripts import detect_script
from rag.documents.text.sentences import split_sentences

if TYPE_CHECKING:
    from rag.documents.folder import File, Folder, Loaded, is_ignored, read_folder
    from rag.documents.reading import READERS, read_documents
    from rag.documents.recognizing import Recognizer
    from rag.documents.sandbox import Sandbox

__all__ = [
    "READERS",
    "UNREAD_PAGES",
    "Document",
    "File",
    "Folder",
    "LeftOut",
    "Limits",
    "Loaded",
    "Paragraph",
    "ParagraphKind",
    "Recognizer",
    "Sandbox",
    "Sentence",
    "Skipped",
    "detect_language",
    "detect_script",
    "document_id",
    "estimate_tokens",
    "is_ignored",
    "make_document",
    "printable_path",
    "read_documents",
    "read_folder",
    "split_sentences",
    "summed",
    "sure_language",
]

_READING = {
    "rag.documents.folder": ("File", "Folder", "Loaded", "is_ignored", "read_folder"),
    "rag.documents.reading": ("READERS", "read_documents"),
    "rag.documents.recognizing": ("Recognizer",),
    "rag.documents.sandbox": ("Sandbox",),
}


def __getattr__(name: str) -> object:
    for module, names in _READING.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
