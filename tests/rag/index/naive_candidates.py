"""A `CandidateIndex` that works everything out from the texts, one paragraph after the other."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from pypinyin import lazy_pinyin

from rag.arrays import BoolArray, FloatArray, IntArray
from rag.documents import detect_script
from rag.index.answer_kind import held_kinds
from rag.index.candidates import Candidates, Probe
from rag.index.corpus import Corpus, StoredParagraph, context_of, lexical_context
from rag.index.language_codes import language_code, script_code
from rag.index.lexical.bm25 import K1, B
from rag.index.lexical.terms import terms
from rag.index.tokens.maxsim import first_tokens, quantize
from rag.index.tokens.token_segments import PassageTokens
from tests.fakes import hashed, hashed_tokens

SALT = "hashing-1"


def sentences_of(stored: StoredParagraph) -> list[str]:
    start = stored.paragraph.start
    return [stored.text[s.start - start : s.end - start] for s in stored.paragraph.sentences]


def placed(stored: StoredParagraph) -> str:
    """A paragraph after its context, as it is embedded."""
    return f"{context_of(stored.document.title, stored.paragraph.section)}\n{stored.text}"


def _bag(stored: StoredParagraph) -> Counter[str]:
    context = lexical_context(stored.document, stored.paragraph.section)
    return Counter(terms(f"{context}\n{stored.text}"))


class NaiveCandidates:
    """Over the corpus of an index that the hashing model built, with all in memory."""

    def __init__(self, corpus: Corpus, paragraphs: int) -> None:
        self._stored = [corpus.paragraph(row) for row in range(paragraphs)]
        self._bags = [_bag(each) for each in self._stored]

    @property
    def paragraphs(self) -> int:
        return len(self._stored)

    @property
    def scripts(self) -> set[int]:
        return {script_code(detect_script(each.text)) for each in self._stored}

    def rows_have(self, rows: IntArray, term: str) -> BoolArray:
        return np.array([term in self._bags[row] for row in rows.tolist()], dtype=np.bool_)

    def restore_names(self, text: str) -> str:
        """Names of two characters only, which are terms."""
        counts = Counter(term for bag in self._bags for term in bag if len(term) == 2)
        readings = {"".join(lazy_pinyin(term)): term for term, _ in reversed(counts.most_common())}
        return re.sub(r"\b[A-Z]\w+", lambda word: _named(word.group(), readings), text)

    def spell_pinyin(self, text: str) -> str | None:
        """Whole runs of characters only."""
        runs = re.findall(r"[\u3400-\u9fff]{2,}", " ".join(each.text for each in self._stored))
        asked = "".join(text.lower().split())
        return next((run for run in runs if "".join(lazy_pinyin(run)) == asked), None)

    def correct_homophones(self, text: str) -> str | None:
        """One character of a whole run only."""
        runs = set(re.findall(r"[\u3400-\u9fff]{3,}", " ".join(each.text for each in self._stored)))
        near = [run for run in runs if lazy_pinyin(run) == lazy_pinyin(text) and run != text]
        return near[0] if len(near) == 1 and text not in runs else None

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        return [sum(term in bag for bag in self._bags) for term in terms]

    def find_rows(self, probe: Probe, count: int) -> IntArray:
        rows = range(len(self._stored))
        kinds = [
            [float(hashed(placed(each), SALT) @ probe.vector) for each in self._stored],
            [self._best_sentence(each, probe.vector) for each in self._stored],
            [self.share(probe.terms, row) or -math.inf for row in rows],
            [self.share(probe.names, row) or -math.inf for row in rows],
        ]
        best = set[int]()
        for values in kinds:
            held = [row for row in rows if values[row] > -math.inf and _is_within(row, probe)]
            best.update(sorted(held, key=lambda row, v=values: -v[row])[:count])  # type: ignore[misc]
        return np.array(sorted(best), dtype=np.int64)

    @staticmethod
    def _best_sentence(stored: StoredParagraph, vector: FloatArray) -> float:
        return max(float(hashed(each, SALT) @ vector) for each in sentences_of(stored))

    def share(self, weighed: Mapping[str, float], row: int) -> float:
        """BM25 of a paragraph, as the module of the lexical index documents it."""
        bag = self._bags[row]
        average = max(sum(each.total() for each in self._bags) / len(self._bags), 1)
        longer = K1 * (1 - B + B * bag.total() / average)
        return sum(w * bag[term] / (bag[term] + longer) for term, w in weighed.items() if bag[term])

    def fetch_candidates(self, rows: IntArray, probe: Probe) -> Candidates:
        numbers = rows.tolist()
        stored = [self._stored[row] for row in numbers]
        sentences = [sentence for each in stored for sentence in sentences_of(each)]
        sizes = [len(each.paragraph.sentences) for each in stored]
        return Candidates(
            rows=rows,
            vectors=np.stack([hashed(placed(each), SALT) for each in stored]),
            languages=np.array([language_code(each.paragraph.language) for each in stored]),
            scripts=np.array([script_code(detect_script(each.text)) for each in stored]),
            terms=self._shares(probe.terms, numbers),
            names=self._shares(probe.names, numbers),
            bounds=np.cumsum([0, *sizes]),
            sentence_vectors=np.stack([hashed(each, SALT) for each in sentences]),
            sentence_kinds=np.array([int(held_kinds(each)) for each in sentences]),
            coverage=np.array([_covered(each, probe.terms) for each in sentences], np.float32),
        )

    def _shares(self, weighed: Mapping[str, float], rows: Sequence[int]) -> FloatArray:
        return np.array([self.share(weighed, row) for row in rows], dtype=np.float32)

    def fetch_tokens(self, rows: IntArray) -> PassageTokens | None:
        codes, starts = [], []
        for row in rows.tolist():
            stored, text = self._stored[row], placed(self._stored[row])
            quantized = quantize(hashed_tokens(text, SALT))
            context = len(text) - len(stored.text) - stored.paragraph.start
            begins = [context + each.start for each in stored.paragraph.sentences]
            codes.append(quantized.codes)
            starts.append(first_tokens(quantized.starts, begins).astype(np.int32))
        return PassageTokens(codes, starts)


def _is_within(row: int, probe: Probe) -> bool:
    return probe.within is None or row in probe.within.tolist()


def _named(word: str, readings: Mapping[str, str]) -> str:
    plain = unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode().lower()
    return readings.get(plain, word)


def _covered(sentence: str, weighed: Mapping[str, float]) -> float:
    held = set(terms(sentence))
    return sum(weight for term, weight in weighed.items() if term in held)
