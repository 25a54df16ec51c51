"""Questions in, answers out: what every front end talks to."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.answer import Answer, SmallTalk
from rag.answering.calibration import Calibration
from rag.answering.conversation import Turn
from rag.answering.conversation.checking import has_word, readable
from rag.answering.conversation.narrowed_question import NarrowedQuestion, Narrower
from rag.answering.curated import CuratedMatcher, CuratedPairs, LocatedPair
from rag.answering.document_answers import DocumentAnswers, RankedAnswer
from rag.answering.overview import OverviewWriter, asks_overview_of_all, overview_topic
from rag.answering.reading_retriever import ReadingRetriever
from rag.answering.small_talk import SmallTalkRecognizer, corpus_listing, filtered_listing
from rag.answering.spelling import Respelling
from rag.answering.writing import SentenceChecker
from rag.index.corpus import DocumentFilter
from rag.index.generation import Generation
from rag.reading.reader import PassageReader
from rag.retrieval.retriever import Hit, Query, Retriever

DEFAULT_PASSAGES = 5
_EVERYTHING = DocumentFilter()
#: The kinds of small talk that are about the documents.
_ABOUT_DOCUMENTS = ("documents", "news", "about", "help")
#: A passage has the very words of a greeting where a sentence has this share of them.
_VERY_WORDS = 0.99


class Service:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(
        self,
        generation: Generation,
        calibration: Calibration,
        reader: PassageReader | None = None,
        curated: CuratedPairs | None = None,
    ) -> None:
        """Without a reader, passages are found and not read. `curated` are answers that were named
        by hand.
        """
        self.retriever: Retriever = ReadingRetriever(generation, reader)
        self._curated = CuratedMatcher(
            generation, curated, lambda question: self.retriever.query(question).plain
        )
        self._calibration = calibration
        self._documents = DocumentAnswers(self.retriever, calibration, self._curated)
        self._respelling = Respelling(self.retriever, self._documents)
        index = generation.candidates
        self._small_talk = SmallTalkRecognizer(
            generation.manifest.fingerprint, lambda terms: any(index.frequencies(terms))
        )
        self._overviews = OverviewWriter(generation)
        self._by_heart = self._small_talk.by_heart
        self._narrower = Narrower(generation.listing)
        #: Tells which sentences of a language model the quotations hold.
        self.checker = SentenceChecker(generation)

    @property
    def generation(self) -> Generation:
        return self.retriever.generation

    @property
    def threshold(self) -> float:
        """The confidence below which a question is not answered."""
        return self._calibration.threshold

    def ask_question(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        history: Sequence[Turn] = (),
        within: DocumentFilter = _EVERYTHING,
    ) -> Answer:
        """The answer, or an abstention, with up to `passages` (1 to 20) passages.

        `history` are the turns before it, oldest first. A question that is incomplete is completed
        from the last; the answer says how (`understood_as`). What asks nothing of the documents, as
        a greeting, is told apart (`kind`). Only documents `within` a filter are asked, to which the
        question may add its own (`folder:2024`).

        Raises QuestionError when the question cannot be asked.
        """
        return self.ask_with_ranking(question, passages, history, within).answer

    def ask_with_ranking(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        history: Sequence[Turn] = (),
        within: DocumentFilter = _EVERYTHING,
    ) -> RankedAnswer:
        """As `ask_question`, with the ranking that the answer was taken from."""
        asked = self._narrower.narrowed(question, within)
        turns = [turn for turn in readable(history) if not self._by_heart(turn.question)]
        if not has_word(asked.text):
            return self._listed(asked, passages)
        query = self.retriever.query(asked.text, asked.rows)
        named = self._documents.curated_answer(asked, query, passages)
        if named is not None:
            return named
        if asks_overview_of_all(asked.text):
            return self._overview_of_all(asked, query, passages)
        if self._by_heart(asked.text) is None:
            topic = overview_topic(asked.text)
            if topic is not None:
                return self._overview(topic, asked, passages)
        kind = self._small_talk.recognize(asked.text, query.plain)
        if kind is not None:
            return self._small_talk_answer(kind, asked, query, passages)
        found = self._documents.ranked_answer(asked, query, turns, passages)
        return self._respelling.understood(asked, found, turns, passages)

    def curated_pairs(self) -> list[LocatedPair]:
        """The answers that were named by hand, with where their sentences stand now."""
        return self._curated.located()

    def ask_documents(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        within: DocumentFilter = _EVERYTHING,
    ) -> Answer:
        """As `ask_question`; every text is a question to the documents: a greeting is looked up."""
        asked = self._narrower.narrowed(question, within)
        query = self.retriever.query(asked.text or question, asked.rows)
        return self._documents.ranked_answer(asked, query, [], passages).answer

    def _overview(self, topic: str, asked: NarrowedQuestion, passages: int) -> RankedAnswer:
        """An overview of a topic, or that the documents have nothing about it."""
        query = self.retriever.query(topic, asked.rows)
        one = self._documents.answer_as_one(asked, query, (), passages)
        made = self._overviews.overview(one.answer, query, one.ranking)
        return one if made is None else replace(one, answer=made)

    def _overview_of_all(
        self, asked: NarrowedQuestion, query: Query, passages: int
    ) -> RankedAnswer:
        """The list of documents, each with the sentence that says most of it."""
        if asked.within:
            found = self._listed(asked, passages)
        else:
            found = self._small_talk_answer("documents", asked, query, passages)
        listing = found.answer.listing
        if listing is None:
            return found
        told = (replace(each, gist=self._overviews.gist(each)) for each in listing.listed)
        listing = replace(listing, listed=tuple(told))
        return replace(found, answer=replace(found.answer, listing=listing))

    def _listed(self, asked: NarrowedQuestion, passages: int) -> RankedAnswer:
        """The documents that a filter leaves, where nothing else was said."""
        listing = filtered_listing(self.generation, asked.within)
        nothing = self._documents.answer_from(asked, [], passages, "")
        answer = replace(nothing, understood_as=None, kind="documents", listing=listing)
        return RankedAnswer(answer if listing.documents else nothing, ())

    def _small_talk_answer(
        self, kind: SmallTalk, asked: NarrowedQuestion, query: Query, passages: int
    ) -> RankedAnswer:
        """No quotation; passages only where they have the very words, as a phrase book does."""
        hits = self.retriever.search(query)
        lists = kind in _ABOUT_DOCUMENTS
        same = [hit for hit in hits if hit.coverage >= _VERY_WORDS]
        found = self._documents.answer_from(asked, [] if lists else same, passages, query.text)
        newest = kind != "documents"
        answer = replace(
            found,
            answered=False,
            answer=None,
            citations=(),
            suggestions=(),
            confidence=0.0,
            understood_as=None,
            kind=kind,
            listing=corpus_listing(self.generation, newest=newest) if lists else None,
        )
        return RankedAnswer(answer, tuple(hits))

    def confidence(self, hit: Hit) -> float:
        """The estimated probability that the hit answers its question."""
        return self._calibration.confidence(hit)
