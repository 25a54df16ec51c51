"""Signs that Word draws from symbol fonts, where they have no letter of their own."""

import re
from typing import Any

from rag.documents.formats.word.names import W

_SYMBOL_FONTS = re.compile(r"wingdings|symbol|webdings|mt extra", re.IGNORECASE)


def symbol(element: Any) -> str:
    """A sign of a font; those that symbol fonts draw have no letter of their own."""
    code = element.get(f"{W}char") or ""
    font = element.get(f"{W}font") or ""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if _SYMBOL_FONTS.search(font) or not 0x20 <= number <= 0x10FFFF or 0xE000 <= number <= 0xF8FF:
        return _SIGNS.get((font.lower(), number & 0xFF), "")
    return chr(number)


#: Boxes and ticks of forms, which say what was chosen, and Greek letters of old formulas.
_SIGNS = {
    ("wingdings", 0xFC): "✓", ("wingdings", 0xFB): "✗", ("wingdings", 0xFD): "☒",
    ("wingdings", 0xFE): "☑", ("wingdings", 0xA8): "☐", ("wingdings", 0x6F): "☐",
    ("wingdings", 0x78): "☒", ("wingdings 2", 0x52): "☑", ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0xA3): "☐", ("wingdings 2", 0x51): "☒", ("wingdings", 0xE0): "→",
    ("symbol", 0xAE): "→", ("symbol", 0xB0): "°", ("symbol", 0xB1): "±", ("symbol", 0xB4): "×",
    ("symbol", 0xA3): "≤", ("symbol", 0xB3): "≥", ("symbol", 0x6D): "µ", ("symbol", 0x61): "α",
    ("symbol", 0x62): "β", ("symbol", 0x67): "γ", ("symbol", 0x64): "δ", ("symbol", 0x44): "Δ",
    ("symbol", 0x57): "Ω", ("symbol", 0x70): "π", ("symbol", 0x6C): "λ", ("symbol", 0x73): "σ",
    ("symbol", 0xA5): "∞", ("symbol", 0x2D): "−", ("symbol", 0xB7): "•", ("symbol", 0xBB): "≈",
    ("symbol", 0xB9): "≠",
}  # fmt: skip
