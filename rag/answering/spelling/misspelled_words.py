"""Words that are no words of the documents, and which of theirs is one slip of the finger away."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from rag.index.generation import Generation
from rag.index.lexical.terms import CJK, terms

_WORD = re.compile(rf"(?:(?![{CJK}])[^\W\d_])+")
#: Shorter words are a slip away from too many others.
_SHORTEST = 5
_LONGEST = 24
#: A word is none of a language's where at most this share of its paragraphs has it.
_UNHEARD_OF = 0.002
_ALPHABETS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyzßæøœ",
    "CYRILLIC": "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґ",
    "GREEK": "αβγδεζηθικλμνξοπρσςτυφχψω",
}


class MisspelledWords:
    """Finds them in questions to one index. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self._index = generation.candidates
        self._frequencies = generation.word_frequencies

    def corrected(self, text: str) -> str | None:
        """The text with each word that is one letter, or two in the wrong order, from one word of
        the documents, and itself neither theirs nor any language's; None where there is none.
        """
        parts, at = list[str](), 0
        for match in _WORD.finditer(text):
            meant = self._meant(match.group())
            if meant is not None:
                parts += [text[at : match.start()], meant]
                at = match.end()
        return "".join([*parts, text[at:]]) if parts else None

    def _meant(self, word: str) -> str | None:
        term = terms(word)
        if len(term) != 1 or not _SHORTEST <= len(term[0]) <= _LONGEST:
            return None
        if self._index.frequencies(term)[0] or self._is_common(word):
            return None
        near = list(dict.fromkeys(_one_slip_away(term[0])))
        counts = self._index.frequencies(near)
        found = [each for each, count in zip(near, counts, strict=True) if count]
        if len(found) != 1:
            return None
        return found[0].capitalize() if word[0].isupper() else found[0]

    def _is_common(self, word: str) -> bool:
        shares = self._frequencies.shares([word.lower(), word])
        return shares is not None and max(shares) > _UNHEARD_OF


def as_written(text: str, original: str, passages: Iterable[str]) -> str:
    """A corrected text whose new words are in the form that passages have them in."""
    own = set(terms(original))
    forms = {
        term: match.group()
        for passage in passages
        for match in _WORD.finditer(passage)
        for term in terms(match.group())
        if term not in own
    }
    return _WORD.sub(lambda match: _form_of(match.group(), forms), text)


def _form_of(word: str, forms: Mapping[str, str]) -> str:
    return next((forms[term] for term in terms(word) if term in forms), word)


def _one_slip_away(word: str) -> Iterator[str]:
    """The words with a letter more, fewer, or another, and with two neighbours changed over; the
    first letter is seldom wrong.
    """
    letters = _ALPHABETS.get(unicodedata.name(word[0], "").split(" ")[0], "")
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        yield from (f"{before}{letter}{after}" for letter in letters)
        if after:
            yield f"{before}{after[1:]}"
            yield from (f"{before}{each}{after[1:]}" for each in letters if each != after[0])
        if len(after) > 1:
            yield f"{before}{after[1]}{after[0]}{after[2:]}"
