"""Whether the characters of a page mean anything: a font may draw letters without naming them."""

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

#: Control codes and private characters that no text has.
_MEANINGLESS = re.compile(
    "[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]"
)
#: The share of characters without a meaning from which on the text is lost.
LOST = 0.3
#: The fewest characters from which a page is judged, and the most that are looked at.
_LEAST, _SAMPLE = 20, 100
#: The share of characters whose font does not name them, from which on they may be any others;
#: of neighbours in words that are of two scripts, or a capital after a small letter.
_UNNAMED, _MIXED, _CAPITALS = 0.3, 0.15, 0.06
_SCRIPTS = {"CJK": "KANA", "HIRAGANA": "KANA", "KATAKANA": "KANA", "HANGUL": "KANA"}


def meaningless(text: str) -> float:
    """The share of characters that are in no text: control codes and private ones."""
    drawn = len(text) - sum(map(str.isspace, text))
    return len(_MEANINGLESS.findall(text)) / drawn if drawn else 0.0


def is_legible(text: "pypdfium2.PdfTextPage", characters: str) -> bool:
    """Whether the page's characters are the letters that are drawn, as far as can be told."""
    from pypdfium2 import raw

    if len(characters) < _LEAST:
        return True
    if meaningless(characters) >= LOST:
        return False
    places = [at for at, char in enumerate(characters) if char > " "]
    sample = places[:: max(1, len(places) // _SAMPLE)]
    unnamed = sum(raw.FPDFText_HasUnicodeMapError(text.raw, at) == 1 for at in sample)
    return unnamed < _UNNAMED * len(sample) or not _is_gibberish(characters)


def _is_gibberish(text: str) -> bool:
    pairs = [(a, b) for a, b in pairwise(text[:4_000]) if a.isalpha() and b.isalpha()]
    if len(pairs) < _LEAST:
        return False
    mixed = sum(_script(a) != _script(b) for a, b in pairs)
    capitals = sum(a.islower() and b.isupper() for a, b in pairs)
    return mixed >= _MIXED * len(pairs) or capitals >= _CAPITALS * len(pairs)


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ", 1)[0].split("-", 1)[0]
    return _SCRIPTS.get(name, name)
