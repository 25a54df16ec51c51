"""Documents: files of a folder read into cleaned text and citable slices of it."""

from rag.documents.assembling import document_id, make_document, printable_path
from rag.documents.document import Document, Paragraph, Sentence, Skipped
from rag.documents.folder import File, Folder, Loaded, is_ignored, read_folder
from rag.documents.limits import Limits, estimate_tokens
from rag.documents.reading import READERS, read_documents
from rag.documents.sandbox import Sandbox
from rag.documents.text.languages import detect_language
from rag.documents.text.scripts import detect_script
from rag.documents.text.sentences import split_sentences

__all__ = [
    "READERS",
    "Document",
    "File",
    "Folder",
    "Limits",
    "Loaded",
    "Paragraph",
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
]
