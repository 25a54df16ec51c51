"""The words that the characters of a line spell."""

from collections.abc import Sequence

from rag.documents.formats.pdf.glyphs import Glyph


def wording(glyphs: Sequence[Glyph]) -> str:
    """What the characters spell, in the order in which they are read."""
    text = "".join(glyph.char for glyph in glyphs)
    # Characters beyond the basic plane come as pairs of units on some systems.
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return text
