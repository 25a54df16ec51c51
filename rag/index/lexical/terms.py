"""The terms of a text: what is searched for to the letter."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from opencc import OpenCC

from rag.index.lexical.numerals import numbers_in

CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
)
#: Letters of Thai, Lao, Tibetan, Burmese and Khmer, which have no spaces between words.
_UNSPACED = r"\u0e01-\u0e2e\u0e81-\u0eae\u0edc-\u0edf\u0f40-\u0f6c\u1000-\u102a\u1780-\u17a2"
#: Marks and vowel signs of the scripts that write them beside, above or below a letter.
_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u05b0-\u05c7\u064b-\u0655\u0670\u06d6-\u06ed\u0900-\u0903"
    r"\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09d7\u0a01-\u0a03\u0a3c-\u0a51"
    r"\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd"
    r"\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83"
    r"\u0dca-\u0ddf\u0e2f-\u0e3a\u0e40-\u0e4e\u0eb0-\u0ebd\u0ec0-\u0ece\u0f71-\u0f84\u0f8d-\u0fbc"
    r"\u102b-\u103e\u1056-\u1059\u135d-\u135f\u17a3-\u17d3\u200c\u200d"
)
#: Marks that texts of one language write or leave out: accents of Latin and Greek, vowels of Hebrew
#: and Arabic, the Arabic tatweel, and the marks that join letters or keep them apart.
_OPTIONAL = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0640\u064b-\u0655\u0670\u200c\u200d]"
)
_TERM = re.compile(
    rf"(?P<cjk>[{CJK}]+)|(?P<unspaced>[{_UNSPACED}][{_UNSPACED}{_MARKS}]*)|\d+(?:[.,]\d+)*|"
    rf"(?:(?![{CJK}])[^\W\d_])(?:(?![{CJK}])[^\W\d_]|[{_MARKS}])*"
)
#: Digits that are not those of ASCII.
_DIGIT = re.compile(r"(?![0-9])\d")
_SYLLABLE = re.compile(rf".[{_MARKS}]*", re.DOTALL)
#: The shortest word that loses the ending of a plural.
_SHORTEST = 4


def terms(text: str) -> list[str]:
    """The terms of a text: bigrams of Chinese, Japanese and Korean, and of the syllables of other
    scripts without spaces; numbers; words of the rest.

    Digits of all scripts and Chinese numerals are one number. Traditional characters are folded to
    simplified, full width to half width; case, accents, and vowel marks of Arabic and Hebrew are
    dropped, and so is the s of a plural (Harman, How effective is suffixing?, 1991).
    """
    return list(_terms(fold(text)))


def fold(text: str) -> str:
    """A text as its terms are compared: in small letters, simplified characters, half width and
    ASCII digits, without accents.
    """
    return _fold(unicodedata.normalize("NFKC", text).casefold())


def _terms(folded: str) -> Iterator[str]:
    for match in _TERM.finditer(folded):
        run = match.group()
        if match["cjk"]:
            yield from _bigrams(run)
            yield from numbers_in(run)
        elif match["unspaced"]:
            yield from _bigrams(_SYLLABLE.findall(run))
        else:
            yield _singular(run)


def _bigrams(run: "str | list[str]") -> Iterator[str]:
    if len(run) == 1:
        yield run[0]
    yield from (f"{first}{second}" for first, second in pairwise(run))


def _singular(word: str) -> str:
    if len(word) < _SHORTEST or word[-1] != "s" or word[-2] in "aisu":
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1]


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _fold(text: str) -> str:
    """A text without what is written in several ways."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFC", _OPTIONAL.sub("", unicodedata.normalize("NFD", text)))
    return _DIGIT.sub(
        lambda match: str(unicodedata.digit(match.group())), _converter().convert(plain)
    )


def term_key(term: str) -> int:
    """A term's number in the index: 64 bits of its hash, so a false match is all but impossible."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=8).digest())
