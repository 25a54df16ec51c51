"""The terms of a text: what is searched for to the letter."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from opencc import OpenCC

CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
)
_TERM = re.compile(rf"(?P<cjk>[{CJK}]+)|\d+(?:[.,]\d+)*|(?:(?![{CJK}])[^\W\d_])+")


def terms(text: str) -> list[str]:
    """The terms of a text: bigrams of Chinese, Japanese and Korean; numbers; words of the rest.

    Traditional characters are folded to simplified, full width to half width, and case is dropped.
    """
    folded = _fold(unicodedata.normalize("NFKC", text).lower())
    return list(_terms(folded))


def _terms(folded: str) -> Iterator[str]:
    for match in _TERM.finditer(folded):
        run = match.group()
        if match["cjk"] and len(run) > 1:
            yield from (run[i : i + 2] for i in range(len(run) - 1))
        else:
            yield run


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _fold(text: str) -> str:
    return text if text.isascii() else str(_converter().convert(text))


def term_key(term: str) -> int:
    """A term's number in the index: 64 bits of its hash, so a false match is all but impossible."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=8).digest())
