"""Kinds of characters that reading, joining and splitting text turn on."""

import re
import unicodedata

#: Marks that end a sentence, in any script Wenda reads.
ENDINGS = "。！？｡!?…．؟۔।॥።։၊။។៕"
#: Closing quotes and brackets; they belong to the sentence before them.
CLOSERS = "”’\"'」』）)】》〉］]〕｝}»›"
OPENERS = "“‘「『（(【《〈［[〔｛{«‹"
PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》", "【": "】"}

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN += "\U00020000-\U0003ffff"
_KANA = "\u3041-\u309f\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_WIDE = "\u3000-\u3004\u3008-\u3020\u3030-\u303f\uff01-\uff60\uffe0-\uffe6“”‘’…—"
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u0f00-\u0fff"

HAN = re.compile(f"[{_HAN}]")
CJK = re.compile(f"[{_HAN}{_KANA}{_WIDE}\u3100-\u312f\u31a0-\u31bf]")
#: Scripts of South-East Asia, where a space stands between clauses and sentences.
SPACELESS = re.compile(f"[{_SPACELESS}]")
#: Scripts written without spaces between words.
UNSPACED = re.compile(f"[{_HAN}{_KANA}{_WIDE}{_SPACELESS}]")

_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BETWEEN_PLAIN = re.compile(
    f"(?<![^\x00-\x7f{_HAN}{_KANA}])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f{_HAN}{_KANA}])"
)
_WRAPPED = re.compile(rf"(?<={UNSPACED.pattern})[^\S\n]*\n\s*(?={UNSPACED.pattern})")
_SPACES = re.compile(r"\s+")


def tidy(text: str) -> str:
    """The text as one line with single spaces, without characters that cannot be seen.

    Taken out are control, zero-width and direction characters, lone surrogates, and code points
    that Unicode leaves undefined for good. Joiners stay where scripts and emoji need them; nothing
    else is changed.
    """
    text = _HIDDEN.sub("", text)
    text = _BETWEEN_PLAIN.sub("", text)
    text = _SPACES.sub(" ", text)
    return "".join(c for c in text if c >= " " and not "\x7f" <= c <= "\x9f").strip()


def tidy_code(line: str) -> str:
    """A line of code without characters that cannot be seen; spaces stay, tabs become spaces."""
    line = _BETWEEN_PLAIN.sub("", _HIDDEN.sub("", line.expandtabs(4)))
    return "".join(c for c in line if c >= " " and not "\x7f" <= c <= "\x9f").rstrip()


def one_line(text: str) -> str:
    """The tidied text as one line; a line's end between unspaced scripts leaves no space."""
    return tidy(_WRAPPED.sub("", text))


def width(text: str) -> int:
    """Columns on a screen; East Asian characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def weight(text: str) -> float:
    """How much a text says: its letters and digits, where one Han character counts as a few Latin
    letters.
    """
    return sum(1.0 if UNSPACED.match(c) else 0.4 for c in text if c.isalnum())


def ends_sentence(text: str) -> bool:
    """Whether the text stops where a sentence, a clause of a list or an announcement may stop."""
    bare = text.rstrip(CLOSERS + " ")
    return bool(bare) and (bare[-1] in ENDINGS or bare[-1] in ".;；:：")


def open_marks(text: str) -> list[str]:
    """The closing marks that quotes and brackets opened in the text still wait for."""
    waiting: list[str] = []
    for char in text:
        if char in PAIRS:
            waiting.append(PAIRS[char])
        elif waiting and char == waiting[-1]:
            waiting.pop()
    return waiting
