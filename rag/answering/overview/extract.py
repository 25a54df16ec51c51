"""An overview of a topic: the sentences that say most about it, each cited, as the documents have
them.

Sentences are weighed by LexRank (Erkan and Radev, 2004: a sentence counts as much as those that
resemble it) and by their nearness to the topic, and chosen one by one by maximal marginal relevance
(Carbonell and Goldstein, 1998), which passes over what was said.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answering.anaphora import letter_count, opens_with_anaphor
from rag.answering.answer import OMISSION, Answer
from rag.answering.answer_object import citation_of, passage_of
from rag.answering.citation import Citation
from rag.answering.found import FoundPassage
from rag.answering.listing import ListedDocument
from rag.answering.quoting.introductions import introduces
from rag.answering.quoting.quotation import Quote
from rag.answering.selection.naming import Naming
from rag.arrays import FloatArray
from rag.documents.document import Sentence
from rag.index.corpus import DocumentFilter, StoredParagraph
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit, Query

_MOST_SENTENCES = 7
_FEWEST = 2
_OF_A_SECTION = 2
#: Of a long document the first paragraphs are compared.
_MOST_PARAGRAPHS = 60
#: The first sentences of a document, which mostly say what it is about.
_OPENING = 5
#: Passages are about the topic when they have this share of its terms,
_TERMS = 0.5
#: and this part of what the best one has,
_OF_BEST = 0.75
#: or, in another language, are as near as this to the best one's score.
_NEAR = 0.3
#: A sentence shorter than this says little; a longer one than that is no overview.
_LETTERS = 20
_MOST_LETTERS = 600
_NEARNESS = 0.5
_NEWNESS = 0.4
_DAMPING = 0.85
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class _Candidate:
    found: FoundPassage
    sentence: Sentence

    @property
    def section(self) -> tuple[str, str]:
        return self.found.stored.document.id, self.found.stored.paragraph.section

    @property
    def text(self) -> str:
        return self.found.stored.text_between(self.sentence.start, self.sentence.end)


class OverviewWriter:
    """Makes overviews from one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._naming = Naming(generation)

    def overview(self, answer: Answer, query: Query, hits: Sequence[Hit]) -> Answer | None:
        """The answer to a topic as an overview; None where the documents have too little about it.

        `hits` are those of the topic, best first, and `answer` what they answer.
        """
        about = self._about(query.text, hits, answered=answer.answered)
        candidates, vectors = self._candidates(about)
        chosen = _chosen(candidates, vectors, query.plain)
        if len(chosen) < _FEWEST:
            return None
        first = dict[str, int]()
        for rank, each in enumerate(about):
            first.setdefault(each.stored.document.id, rank)
        chosen.sort(key=lambda each: (first[each.section[0]], each.sentence.start))
        quotes = [_quote(each) for each in chosen]
        root = self._generation.manifest.folder
        paths = [f"{root}/{each.first.document.path}" for each in quotes]
        numbered = list(enumerate(zip(quotes, paths, strict=True), start=1))
        cited = {each.found.stored.row: each.found for each in chosen}
        return replace(
            answer,
            answered=True,
            answer=OMISSION.join(each.text for each in quotes),
            citations=tuple(citation_of(number, quote, path) for number, (quote, path) in numbered),
            passages=tuple(
                passage_of(rank, each, quotes, f"{root}/{each.stored.document.path}")
                for rank, each in enumerate(cited.values(), start=1)
            ),
            suggestions=(),
            kind="overview",
            short_answer=None,
            short_answers=(),
        )

    def gist(self, document: ListedDocument) -> Citation | None:
        """The sentence that says most of a document, of those that it opens with; None where none
        stands alone.
        """
        candidates, vectors = self._candidates(self._passages_of(document))
        if not candidates:
            return None
        central = _lexrank(_similarities(vectors))
        best = candidates[int(central[:_OPENING].argmax())]
        return citation_of(1, _quote(best), document.path)

    def _passages_of(self, document: ListedDocument) -> list[FoundPassage]:
        """The first paragraphs of a document, of which nothing was asked."""
        path = document.path.removeprefix(f"{self._generation.manifest.folder}/")
        rows = self._generation.listing.rows_of(DocumentFilter(document=path)).tolist()
        stored = self._generation.corpus.paragraphs(rows[:_MOST_PARAGRAPHS])
        return [
            FoundPassage(_nothing_asked(each), each, labelled=False)
            for each in stored
            if each.paragraph.kind == "text" and each.document.id == document.id
        ]

    def _about(self, topic: str, hits: Sequence[Hit], *, answered: bool) -> list[FoundPassage]:
        """The passages about the topic; none where the best one is not."""
        if not hits or not (answered or hits[0].lexical >= _TERMS):
            return []
        least = hits[0].score - _NEAR
        share = max(_TERMS, _OF_BEST * max(each.lexical for each in hits))
        near = [
            each
            for each in hits
            if each.lexical >= share or (not each.own_language and each.score >= least)
        ] or [each for each in hits if each.score >= least]
        stored = self._generation.corpus.paragraphs([each.row for each in near])
        named = self._naming.about(topic, stored)
        return [
            FoundPassage(hit, each, labelled=False)
            for hit, each, is_about in zip(near, stored, named, strict=True)
            if is_about and each.paragraph.kind == "text"
        ]

    def _candidates(self, about: Sequence[FoundPassage]) -> tuple[list[_Candidate], FloatArray]:
        """Sentences that stand alone, with their vectors, shape (sentences, dimension)."""
        bounds = self._generation.sentence_bounds
        candidates = list[_Candidate]()
        rows = list[int]()
        for each in about:
            begin = int(bounds[each.stored.row])
            for at, sentence in enumerate(each.stored.paragraph.sentences):
                candidate = _Candidate(each, sentence)
                if _stands_alone(candidate.text):
                    candidates.append(candidate)
                    rows.append(begin + at)
        vectors = self._generation.sentences.vectors(np.array(rows, dtype=np.int64))
        return candidates, vectors.astype(np.float32)


def _chosen(
    candidates: Sequence[_Candidate],
    vectors: FloatArray,
    topic: FloatArray,
) -> list[_Candidate]:
    """The sentences that say most, at most two of a section."""
    if not candidates:
        return []
    alike = _similarities(vectors)
    near = vectors @ topic
    spread = float(np.ptp(near)) or 1.0
    weight = _NEARNESS * (near - near.min()) / spread + (1 - _NEARNESS) * _lexrank(alike)
    sections = Counter[tuple[str, str]]()
    chosen, left = list[int](), set(range(len(candidates)))
    while left and len(chosen) < _MOST_SENTENCES:
        said = alike[:, chosen].max(axis=1) if chosen else np.zeros(len(candidates))
        gains = (1 - _NEWNESS) * weight - _NEWNESS * said
        best = max(left, key=lambda at: float(gains[at]))
        left.remove(best)
        if said[best] < 1 and sections[candidates[best].section] < _OF_A_SECTION:
            sections[candidates[best].section] += 1
            chosen.append(best)
    return [candidates[at] for at in chosen]


def _similarities(vectors: FloatArray) -> FloatArray:
    """Cosines of what sentences do not all share, from 0 to 1, shape (sentences, sentences)."""
    own = vectors - vectors.mean(axis=0)
    own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-6)
    cosines: FloatArray = np.clip(own @ own.T, 0, 1)
    return cosines


def _lexrank(alike: FloatArray) -> FloatArray:
    """The centrality of each sentence, of the most central one 1, shape (sentences,)."""
    count = len(alike)
    steps = alike / np.maximum(alike.sum(axis=1, keepdims=True), 1e-6)
    rank = np.full(count, 1 / count, dtype=np.float32)
    for _ in range(_ROUNDS):
        rank = (1 - _DAMPING) / count + _DAMPING * (rank @ steps)
    central: FloatArray = rank / rank.max()
    return central


def _nothing_asked(stored: StoredParagraph) -> Hit:
    sentences = np.zeros(len(stored.paragraph.sentences), dtype=np.float32)
    return Hit(stored.row, 0.0, 0.0, 0.0, 0.0, own_language=True, sentences=sentences)


def _stands_alone(text: str) -> bool:
    leans = opens_with_anaphor(text) or introduces(text)
    return _LETTERS <= letter_count(text) <= _MOST_LETTERS and not leans


def _quote(candidate: _Candidate) -> Quote:
    stored, sentence = candidate.found.stored, candidate.sentence
    return Quote(stored, stored, sentence.start, sentence.end, candidate.text)
