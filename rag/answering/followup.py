"""Follow-ups: "那2022年呢？", "And in Panjin?". What a question lacks comes from the one before it.

Whether it lacks anything is a logistic of five signs: how much it says, how sure its own best
passage is, how far that is ahead of what the completed question finds, how much less that means to
it than other passages do, and, as weak evidence that is known for Chinese and English only, whether
it points back ("it", "呢").

What is carried over is the question before, less what the new one replaces, kind by kind: a year
by a year, a number by one that counts the same, and a name of documents (a word that these have in
their titles, and others nowhere) by the name of others. A question that replaces something asks
the same of another thing; one that replaces nothing asks another thing of the same.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rag.answering.anaphora import (
    Signs,
    asked_about,
    asks,
    letters,
    log_odds,
    names_something,
    points_back,
)
from rag.errors import QuestionError
from rag.index.answer_kind import asked_kind
from rag.index.bm25 import CJK, terms
from rag.retrieval.retriever import Hit, Query, Retriever

#: So many earlier questions count.
_TURNS = 4
#: So many characters of an earlier question count, its last ones.
_LONGEST = 300
#: The share of its own words in a completed question; the rest are carried over.
_OWN_WORDS = 0.5
#: So much of the paragraphs with a word have it in their document's title, where it is a name.
_NAMING = 0.9
#: A question that does not point back is about the documents when they have this share of its
#: words.
_KNOWN = 0.1
_FEW_WORDS = 4
_DEPTH = 20

_WORD = re.compile(rf"(?P<number>\d+(?:[.,]\d+)*)|(?P<cjk>[{CJK}]+)|(?:(?![{CJK}])[^\W\d_])+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question with what it lacked: `ranking` finds passages, `quoting` chooses sentences.

    `ranking.text` is the completed question.
    """

    ranking: Query
    quoting: Query


class Followups:
    """Completes questions. May be used by several threads at once."""

    def __init__(self, retriever: Retriever, confidence: Callable[[Hit], float]) -> None:
        self._retriever = retriever
        self._index = retriever.generation
        self._confidence = confidence

    def resolve(self, question: str, earlier: Sequence[str] = ()) -> Resolved:
        """The question, completed with the earlier ones, oldest first, if it lacks anything.

        Raises QuestionError when the question does not fit the model; earlier ones that do not
        are left out.
        """
        bare = self._retriever.query(question)
        alone = Resolved(bare, bare)
        *rest, last = earlier[-_TURNS:] or [""]
        if not last:
            return alone
        if self._is_foreign(bare):
            return alone
        hits = self._retriever.search(bare, _DEPTH)
        if not hits or self._signs(bare, hits, hits[0]).lacking < 0:
            return alone  # whatever it would be completed to
        try:
            completed = self._complete(bare, self.resolve(last[-_LONGEST:], rest).ranking)
        except QuestionError:
            return alone
        best = self._retriever.search(completed.ranking, 1)[0]
        return completed if self._signs(bare, hits, best).lacking >= 0 else alone

    def _is_foreign(self, bare: Query) -> bool:
        """Whether it is about what the documents do not have, so that no other question helps.

        Its numbers count; names; and in the documents' script any word, or what "那…呢" is about.
        """
        if any(not self._index.lexical.count(number) for number in _NUMBER.findall(bare.text)):
            return True
        about = asked_about(bare.text)
        if about == "" or (about is None and points_back(bare.text)):
            return False
        known = self._known(about or bare.text)
        own = set(self._terms(about or bare.text))
        if about is None and not known and len(own) <= _FEW_WORDS:
            return names_something(bare.text) or not asks(bare.text)  # "多少人？", "How many?"
        if known or bare.script in self._index.scripts:
            return len(known) < _KNOWN * len(own)
        return names_something(bare.text) or not asks(bare.text)

    def _signs(self, bare: Query, hits: Sequence[Hit], best: Hit) -> Signs:
        """From a question's own hits and the best one of the completed question."""
        odds = log_odds(self._confidence(hits[0]))
        rival = next((hit for hit in hits if hit.row == best.row), hits[-1])
        return Signs(
            letters=letters(bare.text),
            odds=odds,
            lead=odds - log_odds(self._confidence(rival)),
            loss=max(hit.sentence for hit in hits) - rival.sentence,
            points_back=points_back(bare.text),
        )

    def _complete(self, bare: Query, before: Query) -> Resolved:
        carried = before.text[-_LONGEST:]
        kept = self._kept(carried, bare.text)
        own, known = self._known(bare.text), self._known(kept)
        completed = replace(
            self._retriever.query(f"{kept} {bare.text}".strip()),
            weighed=self._weighed(own, kept),
            kind=bare.kind or asked_kind(kept),
            script=(bare if sum(own.values()) >= sum(known.values()) else before).script,
        )
        if kept != carried:
            return Resolved(completed, completed)
        # Another thing of the same: the earlier question would only quote its own answer again.
        return Resolved(_midway(completed, bare), bare)

    def _weighed(self, own: dict[str, float], kept: str) -> dict[str, float]:
        lexical = self._index.lexical
        carried = lexical.weigh(terms(kept))
        share = _OWN_WORDS if own and carried else float(bool(own))
        weighed = {term: (1 - share) * weight for term, weight in carried.items()}
        for term, weight in lexical.weigh(own).items():
            weighed[term] = weighed.get(term, 0.0) + share * weight
        return weighed

    def _known(self, text: str) -> dict[str, float]:
        """The idf of the terms that the index has, names in its characters."""
        lexical = self._index.lexical
        counts = {term: self._index.lexical.count(term) for term in self._terms(text)}
        return {term: lexical.idf(count) for term, count in counts.items() if count}

    def _terms(self, text: str) -> list[str]:
        return terms(self._index.names.restore(text))

    def _kept(self, before: str, question: str) -> str:
        """The earlier question without what the new one replaces."""
        units = {_unit(question, match) for match in _WORD.finditer(question)} - {None}
        replaced = self._replaced(before, question)

        def keep(match: re.Match[str]) -> str:
            if match["number"]:
                return "" if _unit(before, match) in units else match.group()
            if match["cjk"]:
                return self._without(match.group(), replaced)
            return "" if replaced.intersection(self._terms(match.group())) else match.group()

        kept = _WORD.sub(keep, before)
        return before if kept == before else " ".join(kept.split())

    def _replaced(self, before: str, question: str) -> set[str]:
        """The names of other documents than those that the new question names best."""
        scores: dict[int, float] = {}
        for term in set(self._terms(question)):
            documents = self._naming.get(term, frozenset())
            for document in documents:
                scores[document] = scores.get(document, 0.0) + 1 / len(documents)
        best = max(scores.values(), default=0.0)
        named = {document for document, score in scores.items() if score == best}
        if not named:
            return set()
        return {t for t in self._terms(before) if self._naming.get(t, named).isdisjoint(named)}

    def _without(self, run: str, replaced: set[str]) -> str:
        """Chinese without names: a character goes with its pair, unless it is in a known one too.

        Terms are pairs of neighbours here: there are no words.
        """
        pairs = terms(run)
        if len(pairs) != len(run) - 1 or replaced.isdisjoint(pairs):
            return run
        known = self._known(run)
        kept = []
        for at, character in enumerate(run):
            around = pairs[max(at - 1, 0) : at + 1]
            gone = any(pair in replaced for pair in around)
            if not gone or any(pair in known and pair not in replaced for pair in around):
                kept.append(character)
        return "".join(kept)

    @cached_property
    def _naming(self) -> dict[str, frozenset[int]]:
        """The documents that a word names."""
        titles: dict[str, set[int]] = {}
        sizes = []
        for number, document in enumerate(self._index.corpus.documents()):
            sizes.append(document.paragraphs)
            for term in terms(document.title):
                titles.setdefault(term, set()).add(number)
        return {
            term: frozenset(documents)
            for term, documents in titles.items()
            if sum(sizes[number] for number in documents)
            >= _NAMING * self._index.lexical.count(term)
        }


def _midway(completed: Query, bare: Query) -> Query:
    """Half the completed question, half its own words: these say what is asked now."""
    vector, plain = completed.vector + bare.vector, completed.plain + bare.plain
    return replace(
        completed,
        vector=vector / np.linalg.norm(vector),
        plain=plain / np.linalg.norm(plain),
        tokens=np.concatenate([completed.tokens, bare.tokens], axis=1),
    )


def _unit(text: str, match: re.Match[str]) -> str | None:
    """What a number counts: the word, or wide character, after it. Years are of one kind."""
    if not match["number"]:
        return None
    if _YEAR.fullmatch(match["number"]):
        return "year"
    after = _WORD.match(text, match.end() + text[match.end() :].startswith(" "))
    if after is None or after["number"]:
        return None
    return after.group()[0] if after["cjk"] else after.group().lower()
