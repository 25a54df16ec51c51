"""Which words of a sentence are not in a quotation: new names, new claims, a denial turned over."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from rag.answering.writing.figures import FIGURE_WORDS
from rag.index.lexical.terms import CJK, fold

#: The share of paragraphs of texts in general that have each word; None where it is not known.
Shares = Callable[[Sequence[str]], list[float] | None]

_WORD = re.compile(rf"(?:(?![{CJK}])[^\W\d_])+(?:['’-](?:(?![{CJK}])[^\W\d_])+)*")
_CODE = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+|[A-Za-z]+[-_./]?\d[\w./-]*|\d+[A-Za-z][\w-]*"
)
_RUN = re.compile(rf"[{CJK}]+")
_HIRAGANA = re.compile("[ぁ-ゟ]")
_NEGATION = re.compile(
    r"不(?!仅|断|少|同|久|过|但|论|只)|没|未(?!来)|无(?!论)|非(?!常)|否|ない|ません|なし"
    r"|\b(?:not|no|never|none|nobody|nothing|without|cannot|nor|neither)\b|n['’]t\b"
    r"|\bnicht\b|\bkein\w*|\bohne\b|\bnie\b|\bne\b|\bn['’]|\bpas\b|\bsans\b|\bjamais\b|\bsin\b"
    r"|\bnunca\b|\bне\b|\bнет\b|\bбез\b|않|없|아니|못"
)
#: Letters that the forms of a word share, and the most that each may have besides.
_STEM, _ENDING = 4, 3
_LONGEST_PLAIN = 6


class QuotedWords:
    """The words of a quotation."""

    def __init__(self, quote: str, shares: Shares) -> None:
        self._text = unicodedata.normalize("NFKC", quote).casefold()
        self._folded = fold(quote)
        self._words = frozenset(_words(self._folded))
        self._shares = shares

    def new_words(self, sentence: str) -> list[str]:
        """The words of a sentence that the quotation does not have in any form, without those that
        say nothing by themselves; of names no other form is taken.
        """
        return [
            *self._new_codes(sentence),
            *self._new_alphabetic(sentence),
            *self._new_runs(sentence),
        ]

    def _new_codes(self, sentence: str) -> Iterator[str]:
        """Codes and addresses, which are the same to the letter or others."""
        plain = unicodedata.normalize("NFKC", sentence)
        for match in _CODE.finditer(plain):
            code = match.group().rstrip(".,;:!?)")
            if not re.search(rf"(?<![\w-]){re.escape(code.casefold())}(?![\w-])", self._text):
                yield code

    def _new_alphabetic(self, sentence: str) -> Iterator[str]:
        names = {word for word, first in _capitalized(sentence) if not first or self._is_name(word)}
        for word in _WORD.findall(_CODE.sub(" ", unicodedata.normalize("NFKC", sentence))):
            bare = fold(word)
            if bare in self._words or bare in FIGURE_WORDS:
                continue
            if word in names or not (self._has_form(bare) or bare in plain_words()):
                yield word

    def _has_form(self, word: str) -> bool:
        """Whether the quotation has another form of the word: borrow, borrowed."""
        return any(_same_stem(word, each) for each in self._words)

    def _is_name(self, word: str) -> bool:
        """Whether a word with a capital is not known better in small letters."""
        shares = self._shares([word, word.casefold()])
        return shares is None or shares[0] >= shares[1]

    def _new_runs(self, sentence: str) -> Iterator[str]:
        """Runs of Chinese, Japanese or Korean that cannot be put together from pieces of the
        quotation and plain words.
        """
        for run in _RUN.findall(fold(sentence)):
            if not self._is_covered(run):
                yield run

    def _is_covered(self, run: str) -> bool:
        plain = plain_words()
        reached = [True] + [False] * len(run)
        for start in range(len(run)):
            if not reached[start]:
                continue
            if run[start] in plain or _HIRAGANA.match(run[start]):
                reached[start + 1] = True
            if len(run) == 1 and run in self._folded:
                reached[1] = True
            for end in range(start + 2, len(run) + 1):
                piece = run[start:end]
                if piece in self._folded or piece in plain:
                    reached[end] = True
                elif len(piece) > _LONGEST_PLAIN:
                    break
        return reached[-1]


@cache
def plain_words() -> frozenset[str]:
    """Words that say nothing by themselves, in the form in which terms are compared."""
    content = files("rag.answering.writing").joinpath("plain_words.toml").read_text("utf-8")
    return frozenset(
        fold(word) for words in tomllib.loads(content).values() for word in words.split()
    )


def is_negated(text: str) -> bool:
    """Whether a text denies something."""
    return _NEGATION.search(fold(text)) is not None


def _words(folded: str) -> Iterator[str]:
    for word in _WORD.findall(folded):
        yield word
        yield from re.split("['’-]", word)


def _capitalized(sentence: str) -> Iterator[tuple[str, bool]]:
    """Words with a capital, and whether they begin the sentence."""
    plain = _CODE.sub(" ", unicodedata.normalize("NFKC", sentence))
    for number, match in enumerate(_WORD.finditer(plain)):
        if match.group()[0].isupper() and fold(match.group()) not in FIGURE_WORDS:
            yield match.group(), number == 0


def _same_stem(word: str, other: str) -> bool:
    same = 0
    for first, second in zip(word, other, strict=False):
        if first != second:
            break
        same += 1
    return same >= _STEM and len(word) - same <= _ENDING and len(other) - same <= _ENDING
