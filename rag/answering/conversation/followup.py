"""Follow-up questions: "那2022年呢？", "And in Panjin?". What one omits is carried over from the
turn before.

Whether a question is incomplete is decided by a logistic regression on five features: its length,
the confidence in its own best passage, how far that is ahead of the confidence in the completed
question's best passage, how much closer other passages are to it than that one, and, as weak
evidence that is known for Chinese and English only, whether it has an anaphor ("it", "呢").
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answering.anaphora import (
    Incompleteness,
    asked_about,
    capitalized_words,
    has_anaphor,
    is_interrogative,
    letter_count,
    log_odds,
)
from rag.answering.conversation import Turn
from rag.answering.conversation.carry_over import CarryOver
from rag.documents import detect_script, sure_language
from rag.errors import QuestionError
from rag.index.answer_kind import asked_kind
from rag.index.language_codes import language_code, script_code
from rag.index.lexical.terms import terms
from rag.retrieval.retriever import Hit, Query, Retriever

#: At most this many characters are carried over, the last ones.
_LONGEST = 300
#: The share of the question's own words in the completed one; the rest is carried over.
_OWN_SHARE = 0.5
#: A question without an anaphor is about the documents when they have this share of its words.
_KNOWN = 0.1
_FEW_WORDS = 4

_QUESTION = re.compile(r"\S[^?？]*[?？]*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it was understood, with the passages that it finds, best first.

    `query.text` is the completed question; `sentence_query` is the one that sentences were scored
    for, the question's own where it asks another thing of the same.
    """

    query: Query
    sentence_query: Query
    hits: tuple[Hit, ...]


class FollowupResolver:
    """Completes questions from the turns before. May be used by several threads at once."""

    def __init__(self, retriever: Retriever, confidence: Callable[[Hit], float]) -> None:
        self._retriever = retriever
        self._index = retriever.generation.candidates
        self._weights = retriever.generation.term_weights
        self._confidence = confidence
        self._carry_over = CarryOver(retriever.generation)

    def resolve(self, bare: Query, history: Sequence[Turn] = ()) -> Resolved:
        """The question, completed from the turns before, oldest first, if it is incomplete.

        A question that stands alone costs one search, a follow-up two. A context with which it does
        not fit the model is left out.
        """
        hits = self._retriever.search(bare)
        alone = Resolved(bare, bare, tuple(hits))
        context = self._context(history)
        if not context or not hits or self._is_off_topic(bare):
            return alone
        if self._incompleteness(bare, hits, hits[0]).log_odds < 0:
            return alone  # whatever completes it
        try:
            completed, sentence_query = self._completed(bare, context)
        except QuestionError:
            return alone
        found = self._retriever.search(completed)
        if self._incompleteness(bare, hits, found[0]).log_odds < 0:
            return alone
        if sentence_query is not completed:
            found = self._rescored(found, sentence_query)
        return Resolved(completed, sentence_query, tuple(found))

    def _context(self, history: Sequence[Turn]) -> str:
        """The last question in full; "" without one.

        A turn without `understood_as` stood alone, or its client does not hand it back. There a
        question whose wording depends on the turn before is joined to it without a search.
        """
        context = ""
        for turn in history:
            own = turn.question[-_LONGEST:]
            if turn.understood_as is None and context and asked_about(own) is not None:
                context = self._carry_over.complete(context, own).text
            else:
                context = turn.understood_as or own
        return _first_and_last(context)[-_LONGEST:]

    def _rescored(self, hits: Sequence[Hit], query: Query) -> list[Hit]:
        """The hits with their sentences scored for another query."""
        rows = np.array([hit.row for hit in hits], dtype=np.int64)
        scores = self._retriever.sentence_scores(query, rows)
        return [replace(hit, sentences=each) for hit, each in zip(hits, scores, strict=True)]

    def _is_off_topic(self, bare: Query) -> bool:
        """Whether it asks for what the documents do not have, so that no context helps.

        Tested are its numbers, its names, and in the documents' script any of its words, or those
        that "那…呢" puts forward.
        """
        if 0 in self._index.frequencies(_NUMBER.findall(bare.text)):
            return True
        about = asked_about(bare.text)
        if about == "" or (about is None and has_anaphor(bare.text)):
            return False
        names = capitalized_words(bare.text)
        known = self._carry_over.known_terms(about or bare.text)
        own = set(self._carry_over.terms(about or bare.text))
        if about is None and not known and len(own) <= _FEW_WORDS:  # "多少人？", "How many?"
            return bool(names) or not is_interrogative(bare.text)
        if known or bare.script in self._index.scripts:
            unnamed = bool(names) and not self._carry_over.known_terms(" ".join(names))
            return unnamed or len(known) < _KNOWN * len(own)
        return bool(names) or not is_interrogative(bare.text)

    def _incompleteness(self, bare: Query, hits: Sequence[Hit], best: Hit) -> Incompleteness:
        """From a question's own hits and the best one of the completed question."""
        odds = log_odds(self._confidence(hits[0]))
        rival = next((hit for hit in hits if hit.row == best.row), hits[-1])
        return Incompleteness(
            letters=letter_count(bare.text),
            odds=odds,
            lead=odds - log_odds(self._confidence(rival)),
            loss=max(hit.sentence for hit in hits) - rival.sentence,
            anaphor=has_anaphor(bare.text),
        )

    def _completed(self, bare: Query, context: str) -> tuple[Query, Query]:
        """The completed question, and the one to score sentences for."""
        completion = self._carry_over.complete(context, bare.text)
        own, known = (self._carry_over.known_terms(t) for t in (bare.text, completion.carried))
        own_script = sum(own.values()) >= sum(known.values())
        language, script = sure_language(context), detect_script(context)
        completed = replace(
            self._retriever.query(completion.text, bare.within),
            weighed=self._weighed(own, completion.carried),
            kind=bare.kind or asked_kind(completion.carried),
            language=bare.language if own_script else language_code(language),
            script=bare.script if own_script else script_code(script),
        )
        if completion.substitutes:
            return completed, completed
        # Another thing of the same: the context would only quote its own answer again.
        return _averaged(completed, bare), bare

    def _weighed(self, own: dict[str, float], carried: str) -> dict[str, float]:
        """The weights of the words, a fixed share of them the question's own; they sum to 1."""
        before = self._weights.weigh(terms(carried))
        share = _OWN_SHARE if own and before else float(bool(own))
        weighed = {term: (1 - share) * weight for term, weight in before.items()}
        for term, weight in self._weights.weigh(own).items():
            weighed[term] = weighed.get(term, 0.0) + share * weight
        return weighed


def _first_and_last(context: str) -> str:
    """Of a chain of questions the first, which names the topic, and the last."""
    questions = _QUESTION.findall(context)
    return context if len(questions) <= 2 else f"{questions[0]} {questions[-1]}"


def _averaged(completed: Query, bare: Query) -> Query:
    """Midway between the completed question and its own words, which say what is asked now."""
    vector, plain = completed.vector + bare.vector, completed.plain + bare.plain
    return replace(
        completed,
        vector=vector / np.linalg.norm(vector),
        plain=plain / np.linalg.norm(plain),
        tokens=np.concatenate([completed.tokens, bare.tokens], axis=1),
    )
