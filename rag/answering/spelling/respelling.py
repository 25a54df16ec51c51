"""What was meant by a question that finds no answer as it was typed."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.conversation import Turn
from rag.answering.conversation.narrowed_question import NarrowedQuestion
from rag.answering.document_answers import DocumentAnswers, RankedAnswer
from rag.answering.spelling.misspelled_words import MisspelledWords, as_written
from rag.errors import QuestionError
from rag.retrieval.retriever import Retriever

#: The confidence from which an answer shows that a question was meant.
_SURE = 0.4
#: The passages in which the words of a corrected question are looked for.
_READ = 5


class Respelling:
    """Asks one generation what may have been meant. May be used by several threads at once."""

    def __init__(self, retriever: Retriever, documents: DocumentAnswers) -> None:
        self._retriever = retriever
        self._documents = documents
        self._index = retriever.generation.candidates
        self._words = MisspelledWords(retriever.generation)

    def understood(
        self, asked: NarrowedQuestion, found: RankedAnswer, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        """`found`, which answers the question as it was typed; for an abstention the answer to what
        it says in characters, where it is pinyin, or itself with the question that was meant.
        """
        if found.answer.answered:
            return found
        spelled = self._answer_to_pinyin(asked, turns, passages)
        return spelled or self._with_suggestion(asked, found)

    def _answer_to_pinyin(
        self, asked: NarrowedQuestion, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer | None:
        """The answer to a text that is pinyin, understood as what it says in characters; None where
        it is none, or has no answer in characters.
        """
        characters = self._index.spell_pinyin(asked.text)
        if characters is None:
            return None
        try:
            spelled = self._retriever.query(characters, asked.rows)
        except QuestionError:
            return None
        found = self._documents.ranked_answer(asked, spelled, turns, passages)
        if not found.answer.answered:
            return None
        understood = found.answer.understood_as or characters
        return replace(found, answer=replace(found.answer, understood_as=understood))

    def _with_suggestion(self, asked: NarrowedQuestion, found: RankedAnswer) -> RankedAnswer:
        """An abstention with the question that was meant, where that is surely answered."""
        meant = self._corrected(asked.text)
        if meant is None:
            return found
        try:
            query = self._retriever.query(meant, asked.rows)
        except QuestionError:
            return found
        answer = self._documents.ranked_answer(asked, query, (), _READ).answer
        if not answer.answered or answer.confidence < _SURE:
            return found
        texts = (each.text for each in answer.passages)
        meant = as_written(meant, asked.text, texts)
        return replace(found, answer=replace(found.answer, did_you_mean=meant))

    def _corrected(self, text: str) -> str | None:
        words = self._words.corrected(text)
        return self._index.correct_homophones(words or text) or words
