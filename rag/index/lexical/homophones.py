"""Chinese characters that were typed for others of the same sound: 洮背区 is 洮北区.

Input methods offer all characters of a sound, and the wrong one is taken. It is found where the
index has a character beside none of its neighbours, and one of the same sound beside both.
"""

import re
from collections.abc import Iterator

from rag.index.lexical.bm25 import LexicalIndex
from rag.index.lexical.pinyin import NameIndex
from rag.index.lexical.terms import fold

_RUN = re.compile(r"[\u3400-\u9fff]{3,}")


class Homophones:
    """Finds them with the words of one index. May be used by several threads at once."""

    def __init__(self, names: NameIndex, lexical: LexicalIndex) -> None:
        self._names = names
        self._lexical = lexical

    def corrected(self, text: str) -> str | None:
        """The text with what only one character of the same sound can be in its place; None where
        there is nothing of the kind.
        """
        folded = fold(text)
        if len(folded) != len(text):
            return None  # a character for several: the places would not be the same
        changed = list(text)
        for run in _RUN.finditer(folded):
            for at, character in self._mistaken(run.group()):
                changed[run.start() + at] = character
        corrected = "".join(changed)
        return corrected if corrected != text else None

    def _mistaken(self, run: str) -> Iterator[tuple[int, str]]:
        """The places of a run that have a wrong character, and the right ones."""
        known = [self._is_known(run[at : at + 2]) for at in range(len(run) - 1)]
        for at in range(len(run)):
            before = known[at - 1] if at else None
            after = known[at] if at < len(known) else None
            if before or after:
                continue
            found = self._sounding_alike(run, at)
            if len(found) == 1:
                yield at, found.pop()

    def _sounding_alike(self, run: str, at: int) -> set[str]:
        """The characters with the same sound that stand beside the neighbours of a place."""
        fits = list[set[str]]()
        for sound in self._names.sounds_of(run[at]):
            beside = list[set[str]]()
            if at:
                before = self._names.sounds_of(run[at - 1])
                pairs = [p for each in before for p in self._names.pairs_read(each, sound)]
                beside.append({pair[1] for pair in pairs if pair[0] == run[at - 1]})
            if at + 1 < len(run):
                after = self._names.sounds_of(run[at + 1])
                pairs = [p for each in after for p in self._names.pairs_read(sound, each)]
                beside.append({pair[0] for pair in pairs if pair[1] == run[at + 1]})
            if beside:
                fits.append(set.intersection(*beside))
        return {each for some in fits for each in some if each != run[at]}

    def _is_known(self, pair: str) -> bool:
        return self._lexical.frequencies([pair])[0] > 0
