"""Which script a text is written in, as an ISO 15924 code."""

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc

_RANGES = {
    "Hani": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "Kana": "\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff\uff66-\uff9f",
    "Hang": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "Latn": "A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff"
    "\uff21-\uff3a\uff41-\uff5a",
    "Cyrl": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff"
    "\ufb50-\ufdff\ufe70-\ufefc",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebr": "\u05d0-\u05f2\ufb1d-\ufb4f",
    "Deva": "\u0900-\u0963\u0971-\u097f",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Thai": "\u0e01-\u0e4e",
    "Laoo": "\u0e80-\u0eff",
    "Tibt": "\u0f00-\u0fff",
    "Mymr": "\u1000-\u109f",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Ethi": "\u1200-\u139f",
    "Khmr": "\u1780-\u17ff",
    "Armn": "\u0531-\u0587",
}
_PATTERNS = {script: re.compile(f"[{ranges}]") for script, ranges in _RANGES.items()}
_KNOWN = re.compile(f"[{''.join(_RANGES.values())}]")
_SAMPLE = 20_000
#: A Han character says as much as several letters: 'BERT模型是什么' is Chinese.
_LETTER = 0.25


def detect_script(text: str) -> str:
    """ISO 15924 code of most of the text: Hans, Hant, Jpan, Kore, Latn, …; Zyyy if no letters."""
    counts = _count(text[:_SAMPLE])
    east = counts["Hani"] + counts["Kana"] + counts["Hang"]
    others = {s: n for s, n in counts.items() if s not in {"Hani", "Kana", "Hang"}}
    largest = max(others, key=lambda script: others[script], default="Zyyy")
    if east < others.get(largest, 0) * _LETTER or not east:
        return largest
    if counts["Hang"] * 2 >= east:
        return "Kore"
    # A Chinese text may carry a few decorative kana; Japanese is full of them.
    if counts["Kana"] >= 0.05 * east:
        return "Jpan"
    return _chinese(text[:_SAMPLE])


def _count(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for char, times in Counter(_KNOWN.findall(text)).items():
        script = next(s for s, pattern in _PATTERNS.items() if pattern.match(char))
        counts[script] += times
    return counts


def _chinese(text: str) -> str:
    han = "".join(_PATTERNS["Hani"].findall(text))
    traditional = _changes(han, "t2s")
    simplified = _changes(han, "s2t")
    return "Hant" if traditional > simplified else "Hans"


def _changes(text: str, conversion: str) -> int:
    converted = _converter(conversion).convert(text)
    if len(converted) == len(text):
        return sum(a != b for a, b in zip(text, converted, strict=True))
    return sum((Counter(text) - Counter(converted)).values())


@cache
def _converter(conversion: str) -> "opencc.OpenCC":
    # Loading the dictionaries takes a moment; a reader of Latin text never needs them.
    import opencc

    return opencc.OpenCC(conversion)
