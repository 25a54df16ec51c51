"""A model's text as it comes, cut into sentences with the quotations that each cites."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.documents.text.sentences import split_sentences

_MARK = r"[\[【]\s*\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\s*[\]】]"
_MARKS = re.compile(_MARK)
_NUMBER = re.compile(r"\d+")
#: Numbers behind the end of a sentence belong to it, as those before its end do.
_BEHIND = re.compile(
    rf"(?P<end>[.!?。！？…]+[\"”』」'’)）]*)[^\S\n]*(?P<marks>(?:{_MARK}[^\S\n]*)+)"
)
#: Where a sentence may end. It is told by what follows, within some characters.
_END = re.compile(r"[\]】.!?。！？…\n]")
_NEAR = 40
#: A mark that is not whole yet.
_OPEN = re.compile(r"[\[【][^\]】\n]{0,40}$")
#: The marks with which a list, a heading or emphasis begins.
_BULLET = re.compile(r"^[\s>#*•–-]+|^\d{1,2}[.)]\s+")
_EMPHASIS = re.compile(r"\*\*|__|`")
_SPACE_BEFORE_END = re.compile(r"\s+(?=[.!?。！？,，;；]|$)")
#: The thoughts of a model before its answer.
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence without its marks, and the numbers that it cites, each once."""

    text: str
    numbers: tuple[int, ...]


class Draft:
    """Takes a text in pieces and gives its sentences, each as soon as it is whole."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    @property
    def length(self) -> int:
        return len(self._text)

    def add_piece(self, piece: str) -> Iterator[CitedSentence]:
        """The sentences that are whole now; the last one may go on, or be cited yet."""
        self._text += piece
        if _END.search(self._text, max(0, len(self._text) - len(piece) - _NEAR)):
            yield from self._fresh(_OPEN.sub("", self._text), rest=1)

    def end(self) -> Iterator[CitedSentence]:
        """The sentences that are left."""
        yield from self._fresh(self._text, rest=0)

    def _fresh(self, text: str, rest: int) -> Iterator[CitedSentence]:
        plain = _BEHIND.sub(r"\g<marks>\g<end> ", _THOUGHT.sub("", text))
        whole = [plain[each.start : each.end] for each in split_sentences(plain)]
        settled = whole[: len(whole) - rest]
        for sentence in settled[self._given :]:
            found = _cited(sentence)
            if found.text:
                yield found
        self._given = max(self._given, len(settled))


def _cited(sentence: str) -> CitedSentence:
    numbers = (int(n) for mark in _MARKS.findall(sentence) for n in _NUMBER.findall(mark))
    bare = _EMPHASIS.sub("", _BULLET.sub("", _MARKS.sub(" ", sentence)))
    text = _SPACE_BEFORE_END.sub("", " ".join(bare.split()))
    worded = any(map(str.isalnum, text))
    return CitedSentence(text if worded else "", tuple(dict.fromkeys(numbers)))
