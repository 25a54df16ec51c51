"""Pictures, and pages that are pictures: their text is recognized, with the extra `ocr`."""

from rag.documents.formats.pictures.reader import PICTURES, read_picture
from rag.documents.formats.pictures.recognition import looks_of, recognize_page

__all__ = ["PICTURES", "looks_of", "read_picture", "recognize_page"]
