"""Where candidates come from: all that ranking and answering know of how an index is kept.

An index finds the paragraphs that may answer a question and gives what they are scored by. What
finds them (FAISS and BM25 here, a search engine elsewhere) does not show above this Protocol, and
scores do not depend on it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.arrays import BoolArray, FloatArray, IntArray, ranges
from rag.index.lexical.term_weights import TermCounts
from rag.index.tokens.token_segments import PassageTokens


@dataclass(frozen=True, slots=True)
class Probe:
    """What candidates are looked for with.

    `vector` is the question's unit vector, shape (dimension,). `terms` are its terms with their
    shares of the question; `names` those of its romanized names in the characters of another
    script, empty where it has none. `within` are the rows to look among, in ascending order; None
    for all.
    """

    vector: FloatArray
    terms: Mapping[str, float]
    names: Mapping[str, float]
    within: IntArray | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What paragraphs are scored by, all arrays in the order of `rows`.

    `vectors` are unit vectors, shape (paragraphs, dimension); `languages` and `scripts` numbers
    (`language_code`, `script_code`); `terms` and `names` the BM25 shares, between 0 and 1, of the
    probe's terms and names.

    Sentences stand one paragraph's after the other: `bounds`, shape (paragraphs + 1,), says where
    those of each begin. `sentence_vectors` has the shape (sentences, dimension), `sentence_kinds`
    are the kinds of answers that each can hold, `coverage` the share of the probe's terms that
    each has.
    """

    rows: IntArray
    vectors: FloatArray
    languages: IntArray
    scripts: IntArray
    terms: FloatArray
    names: FloatArray
    bounds: IntArray
    sentence_vectors: FloatArray
    sentence_kinds: IntArray
    coverage: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    def at_places(self, places: IntArray) -> "Candidates":
        """The candidates at some places, shape (places,), in that order."""
        sentences, bounds = ranges(self.bounds[places], self.bounds[places + 1])
        return Candidates(
            rows=self.rows[places],
            vectors=self.vectors[places],
            languages=self.languages[places],
            scripts=self.scripts[places],
            terms=self.terms[places],
            names=self.names[places],
            bounds=bounds,
            sentence_vectors=self.sentence_vectors[sentences],
            sentence_kinds=self.sentence_kinds[sentences],
            coverage=self.coverage[sentences],
        )

    def best_sentences(self, values: FloatArray) -> FloatArray:
        """The largest of the sentences' values in each paragraph, shape (paragraphs,)."""
        best: FloatArray = np.maximum.reduceat(values, self.bounds[:-1])
        return best

    def by_paragraph(self, values: FloatArray) -> list[FloatArray]:
        """The sentences' values, shape (sentences,), split by paragraph."""
        return np.split(values, self.bounds[1:-1])


class CandidateIndex(TermCounts, Protocol):
    """An index as ranking and answering see it. May be used by several threads at once."""

    @property
    def scripts(self) -> AbstractSet[int]:
        """The numbers of the scripts that paragraphs are in (`script_code`)."""

    def rows_have(self, rows: IntArray, term: str) -> BoolArray:
        """Which paragraphs have a term, shape (rows,)."""

    def restore_names(self, text: str) -> str:
        """A text with its romanized names in the Chinese characters that most paragraphs have;
        unchanged where it has none.
        """

    def spell_pinyin(self, text: str) -> str | None:
        """A text that was typed in pinyin, in the Chinese characters that paragraphs have beside
        each other; None where it is none.
        """

    def correct_homophones(self, text: str) -> str | None:
        """A text with the characters that paragraphs have in place of others of the same sound;
        None where only one can be meant nowhere.
        """

    def find_rows(self, probe: Probe, count: int) -> IntArray:
        """The rows of paragraphs that may answer, shape (found,), ascending: at least the `count`
        best by their vector, by their share of the terms and by their share of the names, each by
        itself, and those of the `2 * count` best sentences; all paragraphs where there are no more.
        All of them are in `probe.within`.
        """

    def fetch_candidates(self, rows: IntArray, probe: Probe) -> Candidates:
        """What one or more paragraphs are scored by, in the order of `rows`, shape (rows,)."""

    def fetch_tokens(self, rows: IntArray) -> PassageTokens | None:
        """The token codes of paragraphs, in the order of `rows`, shape (rows,), for MaxSim; None
        where the index has none.
        """
