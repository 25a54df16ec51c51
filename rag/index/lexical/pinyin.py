"""Names across scripts: a question in Latin letters finds the Chinese names it romanizes.

"Panjin" is the pinyin of 盘锦. An index knows the pinyin of every pair of Chinese characters in
its texts; a capitalized word that divides into syllables names the characters read that way.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, partial, reduce
from itertools import islice, pairwise, product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import is_in, open_array, order_by, write_array
from rag.index.lexical.bm25 import TERMS, LexicalIndex
from rag.index.lexical.terms import term_key

_FILE = "names.npy"
_SYLLABLES = "names.syllables.json"
#: Columns: the key of the pinyin, the two characters, the key of the pair as a term.
_NOTHING = np.empty((0, 3), dtype=np.uint64)
_PAIR = re.compile(r"[\u3400-\u9fff]{2}")
#: The most pairs kept as Python objects, which take ten times the memory of packed ones.
_MOST_NEW = 200_000
_LONGEST = 24
_MOST_READINGS = 8
_MOST_CHAINS = 50
_UMLAUT = re.compile("[uU][\u0300\u0301\u0304\u030c]?\u0308")
_CAPITALIZED = re.compile(r"(?<![^\W\d_])[A-ZÀ-ÞĀ-Ž\uff21-\uff3a][^\W\d_]+")


class CharacterPairs:
    """Collects the pairs of Chinese characters among terms, each once, in eight bytes."""

    def __init__(self) -> None:
        self._old = np.array([], dtype=np.uint64)
        self._new: set[int] = set()

    def add_terms(self, terms: Iterable[str]) -> None:
        self._new.update(_packed(term) for term in terms if _PAIR.fullmatch(term))
        if len(self._new) > _MOST_NEW:
            self.packed()

    def packed(self) -> npt.NDArray[np.uint64]:
        """All pairs in order, shape (pairs,), both characters of a pair in one number."""
        self._old = np.union1d(self._old, np.fromiter(self._new, dtype=np.uint64))
        self._new.clear()
        return self._old


def write_names(pairs: CharacterPairs, folder: Path, before: Path | None = None) -> None:
    """Writes the pinyin of pairs of Chinese characters among an index's terms.

    `pairs` are those that the index in the folder `before`, if there is one, may not know; call
    it when the lexical index is written.
    """
    known, syllables = _known(before, folder) if before is not None else (_NOTHING, set())
    parts = [known]
    packed = pairs.packed()
    fresh = _pairs(packed[~is_in(packed, np.sort(known[:, 1]))])
    while part := list(islice(fresh, _MOST_NEW)):
        rows = []
        for term in part:
            pinyin = _pinyin(term)
            if len(pinyin) == 2:
                rows.append((term_key(" ".join(pinyin)), _packed(term), term_key(term)))
                syllables.update(pinyin)
        parts.append(np.array(rows, dtype=np.uint64).reshape(-1, 3))
    table = np.concatenate(parts)
    characters = table[:, 1] >> 16 | table[:, 1] & 0xFFFF
    write_array(folder / _FILE, table[order_by(table[:, 0], characters)])
    (folder / _SYLLABLES).write_text(json.dumps(sorted(syllables)), encoding="utf-8")


def _known(before: Path, folder: Path) -> tuple[npt.NDArray[np.uint64], set[str]]:
    """What the index before knows of the terms that there still are; all of its syllables."""
    table, terms = np.load(before / _FILE), np.load(before / TERMS)
    gone = terms[~is_in(terms, np.load(folder / TERMS))]
    return table[~is_in(table[:, 2], gone)], set(
        json.loads((before / _SYLLABLES).read_text(encoding="utf-8"))
    )


def _packed(pair: str) -> int:
    return ord(pair[0]) << 32 | ord(pair[1])


def _pairs(packed: npt.NDArray[np.uint64]) -> Iterator[str]:
    return map(_unpacked, map(int, packed))


def _unpacked(pair: int) -> str:
    return chr(pair >> 32) + chr(pair & 0xFFFFFFFF)


def _pinyin(characters: str) -> list[str]:
    from pypinyin import lazy_pinyin  # only building needs it

    return [syllable.replace("ü", "v") for syllable in lazy_pinyin(characters)]


class NameIndex:
    """Read-only names of one index. May be used by several threads at once."""

    def __init__(self, folder: Path, lexical: LexicalIndex) -> None:
        self._table = open_array(folder / _FILE)
        self.syllables = frozenset(json.loads((folder / _SYLLABLES).read_text(encoding="utf-8")))
        self._lexical = lexical

    def romanize(self, characters: str) -> str | None:
        """Simplified characters in pinyin, capitalized; None where the index has no reading.

        The first call takes a fraction of a second.
        """
        known = np.asarray(self._table[:, :2])
        readings = []
        for pair in map("".join, pairwise(characters)):
            keys = known[known[:, 1] == _packed(pair), 0].tolist()
            reading = next((self._spelled[key] for key in keys if key in self._spelled), None)
            if reading is None:
                return None
            readings.append(reading)
        syllables = [*(first for first, _ in readings[:1]), *(second for _, second in readings)]
        return "".join(syllables).replace("v", "ü").capitalize() or None

    @cached_property
    def _spelled(self) -> dict[int, tuple[str, str]]:
        """The syllables of each key; a key cannot be turned back, so all pairs are tried."""
        keys = set(np.unique(self._table[:, 0]).tolist())
        pairs = product(self.syllables, repeat=2)
        return {key: pair for pair in pairs if (key := term_key(" ".join(pair))) in keys}

    def pairs_read(self, first: str, second: str) -> list[str]:
        """The pairs of characters that are read as two syllables."""
        keys = self._table[:, 0]
        key = np.uint64(term_key(f"{first} {second}"))
        begin, end = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
        return list(_pairs(self._table[begin:end, 1]))

    def sounds_of(self, character: str) -> frozenset[str]:
        """How a simplified character is read in the texts, in syllables.

        The first call takes a fraction of a second.
        """
        return self._sounds.get(character, frozenset())

    @cached_property
    def _sounds(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for key, pair in self._table[:, :2].tolist():
            for character, sound in zip(_unpacked(pair), self._spelled.get(key, ()), strict=False):
                found.setdefault(character, set()).add(sound)
        return {character: frozenset(sounds) for character, sounds in found.items()}

    def restore(self, question: str) -> str:
        """The question with its romanized names in the characters that most paragraphs have; as it
        is where it has none.
        """
        composed = unicodedata.normalize("NFC", question)
        restored = _CAPITALIZED.sub(lambda match: self._characters(match.group()), composed)
        return question if restored == composed else restored

    def _characters(self, word: str) -> str:
        best, most = word, 0
        for syllables in _readings(plain_letters(word).lower(), self.syllables):
            for characters in self._chains(syllables):
                count = self._count(characters)
                if count > most:
                    best, most = characters, count
        return best

    def _count(self, characters: str) -> int:
        """How many paragraphs have every pair of neighbours among some characters."""
        pairs = (term_key(first + second) for first, second in pairwise(characters))
        rows = map(self._lexical.rows_with, pairs)
        both = partial(np.intersect1d, assume_unique=True)
        return len(reduce(both, rows))

    def _chains(self, syllables: tuple[str, ...]) -> list[str]:
        """Characters read as the syllables, each pair of neighbours one that the index has."""
        first, *rest = pairwise(syllables)
        chains = list(islice(self.pairs_read(*first), _MOST_CHAINS))
        for pair in rest:
            following = self.pairs_read(*pair)
            longer = (c + f[1] for c in chains for f in following if c[-1] == f[0])
            chains = list(islice(longer, _MOST_CHAINS))
        return chains


def _readings(word: str, syllables: frozenset[str]) -> list[tuple[str, ...]]:
    """The ways to divide a word into two or more syllables; the fewest syllables first."""

    @cache
    def divide(rest: str) -> tuple[tuple[str, ...], ...]:
        if not rest:
            return ((),)
        ways = (
            (rest[:length], *tail)
            for length in range(1, min(6, len(rest)) + 1)
            if rest[:length] in syllables
            for tail in divide(rest[length:])
        )
        # Only the shortest can become the shortest; all of them grow exponentially.
        return tuple(sorted(ways, key=len)[: _MOST_READINGS + 1])

    if len(word) > _LONGEST:
        return []
    return sorted((way for way in divide(word) if len(way) > 1), key=len)[:_MOST_READINGS]


def plain_letters(question: str) -> str:
    """Latin letters without their tone marks; ü as v, as it is typed."""
    decomposed = unicodedata.normalize("NFKD", question)
    decomposed = _UMLAUT.sub(lambda match: "V" if match.group()[0] == "U" else "v", decomposed)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
