"""Chinese that was typed in Latin letters: "pan jin kou dai gong yuan" is 盘锦口袋公园.

The letters are divided into syllables, and these are read as characters that the index has beside
each other, or as words that questions are made of, which documents seldom have. Of all ways to
read them the best are found by a beam search, and of these that of which one paragraph has most.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from math import log1p

import numpy as np

from rag.index.lexical.bm25 import LexicalIndex
from rag.index.lexical.pinyin import NameIndex, plain_letters
from rag.index.lexical.terms import terms

_WORDS = """
duo shao 多少|duo shao ren 多少人|duo shao ge 多少个|duo shao jia 多少家|duo shao chang 多少场
duo shao zhi 多少支|duo shao ci 多少次|duo shao ming 多少名|duo shao qian 多少钱
duo shao tian 多少天|duo shao nian 多少年|duo shao gong li 多少公里|duo shao yuan 多少元
duo shao mu 多少亩|ji nian 几年|duo shao sou 多少艘|duo shao tiao 多少条|duo shao suo 多少所
duo shao jian 多少件|duo shao ce 多少册|duo shao xiang 多少项|duo shao zuo 多少座|ji ge 几个
ji jia 几家|ji ci 几次|ji chu 几处|ji suo 几所|ji dian 几点|ji chang 几场|ji ming 几名
shen me 什么|shen me shi hou 什么时候|zen me 怎么|zen me yang 怎么样|na li 哪里|na ge 哪个
na xie 哪些|na nian 哪年|wei shen me 为什么|yi gong 一共|jin nian 今年|qu nian 去年|kai men 开门
guan men 关门|duo da 多大|duo gao 多高|duo chang 多长|duo jiu 多久|duo yuan 多远|qing wen 请问
you mei you 有没有|shi fou 是否|ke yi 可以|zhi dao 知道
"""
#: Syllables that are read by themselves where nothing beside them is known.
_SINGLE = dict(
    zip(["shi", "de", "you", "le", "zai", "ren", "shei", "shui"], "是的有了在人谁谁", strict=True)
)
_LONGEST_SYLLABLE = 6
_FEWEST_SYLLABLES = 3
#: The most letters of a word beside the pinyin: IT, 5G.
_SHORT = 2
_MOST_LETTERS = 120
_BEAM = 60
_READ_AGAIN = 8
_KEPT_PAIRS = 4096
#: The most letters that are not read, as a share of all.
_LEFT_OUT = 0.34
#: What counts beside each letter that is read: that characters begin which were not beside the one
#: before, a letter that is not read, the logarithm of how many paragraphs have a pair, and that one
#: paragraph has all pairs.
_BEGINS, _NOT_READ, _OFTEN, _ONE_PARAGRAPH = -1.5, -0.7, 0.3, 12.0
_PIECE = re.compile(r"[a-z]+|[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Path:
    """A reading of the letters up to a place: what it is worth, what it says, its last character,
    the last syllable, and whether that waits for the next to be read; how many letters are not
    read, and the number of syllables.
    """

    worth: float = 0.0
    text: str = ""
    character: str = ""
    syllable: str = ""
    waits: bool = False
    left_out: int = 0
    syllables: int = 0

    def closed(self) -> "_Path":
        """With a syllable that waits read by itself, else left out."""
        if not self.waits:
            return self
        alone = _SINGLE.get(self.syllable)
        if alone is not None:
            return replace(self, worth=self.worth + _BEGINS, text=self.text + alone, waits=False)
        size = len(self.syllable)
        return replace(
            self,
            worth=self.worth + _NOT_READ * size,
            left_out=self.left_out + size,
            waits=False,
        )


class TypedPinyin:
    """Reads pinyin with the characters of one index. May be used by several threads at once."""

    def __init__(self, names: NameIndex, lexical: LexicalIndex) -> None:
        self._names = names
        self._lexical = lexical
        self._pairs = lru_cache(_KEPT_PAIRS)(self._pairs_read)

    def spell(self, text: str) -> str | None:
        """A text that is pinyin in characters; None where it is not, or too little can be read."""
        plain = re.sub("['’]", "", plain_letters(text).lower())
        pieces = _PIECE.findall(plain)
        letters = sum(len(piece) for piece in pieces if piece.isalpha())
        if not 0 < letters <= _MOST_LETTERS or re.search(r"(?![a-z])[^\W\d_]", plain):
            return None
        paths = [_Path()]
        for piece in pieces:
            paths = self._continued(paths, piece) or _with_piece(paths, piece)
        ended = (path.closed() for path in paths)
        most = _LEFT_OUT * letters
        whole = (e for e in ended if e.syllables >= _FEWEST_SYLLABLES and e.left_out <= most)
        best = _best(whole, _READ_AGAIN)
        chosen = max(best, key=lambda path: path.worth + self._held_together(path), default=None)
        return None if chosen is None else chosen.text

    def _continued(self, paths: list[_Path], piece: str) -> list[_Path]:
        """The best readings, continued by what stands between two spaces; none where it cannot be
        divided into syllables.
        """
        if not piece.isalpha():
            return []
        at: list[list[_Path]] = [paths, *([] for _ in piece)]
        for start in range(len(piece)):
            here = _best(at[start], _BEAM)
            for end in range(start + 1, min(len(piece), start + _LONGEST_SYLLABLE) + 1):
                if piece[start:end] in self._syllables:
                    for path in here:
                        at[end] += self._read(path, piece[start:end])
        return _best(at[-1], _BEAM)

    def _read(self, path: _Path, syllable: str) -> Iterator[_Path]:
        """The ways to go on with a syllable: after the character before, or as a new beginning."""
        size, count = len(syllable), path.syllables + 1
        for pair, often in self._pairs(path.syllable, syllable) if path.syllable else ():
            worth = path.worth + size + often
            if path.waits:
                worth += len(path.syllable) + _BEGINS
                yield _Path(worth, path.text + pair, pair[1], syllable, False, path.left_out, count)
            elif pair[0] == path.character:
                text = path.text + pair[1]
                yield _Path(worth, text, pair[1], syllable, False, path.left_out, count)
        closed = path.closed()
        yield replace(closed, character="", syllable=syllable, waits=True, syllables=count)

    def _pairs_read(self, first: str, second: str) -> list[tuple[str, float]]:
        """Pairs of characters that are read so, and what each counts."""
        pairs = [
            *self._names.pairs_read(first, second),
            *_pairs_of_words().get((first, second), ()),
        ]
        counts = self._lexical.frequencies(pairs)
        return [(pair, _OFTEN * log1p(count)) for pair, count in zip(pairs, counts, strict=True)]

    @cached_property
    def _syllables(self) -> frozenset[str]:
        return self._names.syllables.union(_SINGLE, *list(_pairs_of_words()))

    def _held_together(self, path: _Path) -> float:
        """What it counts how many of a reading's terms one paragraph has."""
        wanted = dict.fromkeys(terms(path.text))
        weighed = dict.fromkeys(wanted, 1 / max(len(wanted), 1))
        rows = self._lexical.best_rows(weighed, 1).astype(np.int64)
        shares = self._lexical.shares(weighed, rows)
        return _ONE_PARAGRAPH * float(shares.max(initial=0))


def _with_piece(paths: Iterable[_Path], piece: str) -> list[_Path]:
    """Readings continued by a number or a short word that is not pinyin, as it stands."""
    if len(piece) > _SHORT and piece.isalpha():
        return []
    closed = (path.closed() for path in paths)
    left_out = len(piece) if piece.isalpha() else 0
    return [
        replace(
            path,
            text=path.text + piece,
            character="",
            syllable="",
            left_out=path.left_out + left_out,
        )
        for path in closed
    ]


def _best(paths: Iterable[_Path], count: int) -> list[_Path]:
    """The readings that are worth most, each once."""
    once: dict[tuple[str, str, bool], _Path] = {}
    for path in sorted(paths, key=lambda path: -path.worth):
        once.setdefault((path.text, path.syllable, path.waits), path)
    return list(once.values())[:count]


@cache
def _pairs_of_words() -> defaultdict[tuple[str, str], list[str]]:
    """The pairs of characters of the words that questions are made of, by their syllables."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for word in re.split(r"[|\n]", _WORDS.strip()):
        *syllables, characters = word.split()
        for read, pair in zip(pairwise(syllables), pairwise(characters), strict=True):
            if "".join(pair) not in found[read]:
                found[read].append("".join(pair))
    return found
