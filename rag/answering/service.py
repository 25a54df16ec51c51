"""Questions in, answers out: what every front end talks to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.answer import Answer, SmallTalk
from rag.answering.answerer import Answerer
from rag.answering.calibration import Calibration
from rag.answering.conversation import Turn
from rag.answering.conversation.checking import has_word, readable
from rag.answering.conversation.followup import FollowupResolver
from rag.answering.conversation.inner_question import inner_questions
from rag.answering.conversation.narrowed_question import NarrowedQuestion, Narrower
from rag.answering.conversation.parts import split_question
from rag.answering.curated import CuratedMatcher, CuratedPairs, LocatedPair
from rag.answering.overview import OverviewWriter, overview_topic
from rag.answering.reading_retriever import ReadingRetriever
from rag.answering.side_by_side import Side, Sides
from rag.answering.small_talk import SmallTalkRecognizer, corpus_listing, filtered_listing
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


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """An answer with the ranking that it was taken from, best first, of at most `POOL` passages."""

    answer: Answer
    ranking: tuple[Hit, ...]


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
        self._answerer = Answerer(generation, calibration)
        self._followups = FollowupResolver(self.retriever, calibration.confidence)
        index = generation.candidates
        self._small_talk = SmallTalkRecognizer(
            generation.manifest.fingerprint, lambda terms: any(index.frequencies(terms))
        )
        self._sides = Sides(index)
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
        named = self._curated_answer(asked, query, passages)
        if named is not None:
            return named
        topic = None if self._by_heart(asked.text) else overview_topic(asked.text)
        if topic is not None:
            return self._overview(topic, asked, passages)
        kind = self._small_talk.recognize(asked.text, query.plain)
        if kind is not None:
            return self._small_talk_answer(kind, asked, query, passages)
        return self._answered(asked, query, turns, passages)

    def curated_pairs(self) -> list[LocatedPair]:
        """The answers that were named by hand, with where their sentences stand now."""
        return self._curated.located()

    def _curated_answer(
        self,
        asked: NarrowedQuestion,
        query: Query,
        passages: int,
        hits: Sequence[Hit] | None = None,
    ) -> RankedAnswer | None:
        """The answer that was named for the question; None without one."""
        found = self._curated.find(query)
        if found is None:
            return None
        hits = self.retriever.search(query) if hits is None else hits
        answer = self._answerer.answer(
            asked.question, list(hits), passages, began=asked.began, curated=found.quote
        )
        answer = replace(answer, narrowed=asked.narrowing, confidence=1.0, curated=found.pair.id)
        return RankedAnswer(answer, tuple(hits))

    def ask_documents(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        within: DocumentFilter = _EVERYTHING,
    ) -> Answer:
        """As `ask`, taking every text for a question to the documents: a greeting is looked up."""
        asked = self._narrower.narrowed(question, within)
        query = self.retriever.query(asked.text or question, asked.rows)
        return self._answered(asked, query, [], passages).answer

    def _answered(
        self, asked: NarrowedQuestion, query: Query, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        whole = self._answered_whole(asked, query, turns, passages)
        split = split_question(query.text)
        if split is None or not self._sides.may_help(whole.answer, split):
            return whole
        found = list[Side]()
        # Parts of a question that stands alone do not lean on the turns before it.
        earlier = list(turns) if whole.answer.understood_as is not None else []
        for question in split.questions:
            part = self.retriever.query(question, asked.rows)
            one = self._answered_as_one(asked, part, earlier, passages)
            if not one.answer.answered and earlier:  # it may stand alone nevertheless
                alone = self._answered_as_one(asked, part, (), passages)
                one = alone if alone.answer.answered else one
            own = bool(one.ranking) and one.ranking[0].own_language
            found.append(Side(one.answer, own_language=own))
            if split.clauses:  # "When does it open, and who runs it?"
                earlier.append(Turn(question, ""))
        merged = self._sides.side_by_side(whole.answer, split, found, passages)
        return whole if merged is None else replace(whole, answer=merged)

    def _overview(self, topic: str, asked: NarrowedQuestion, passages: int) -> RankedAnswer:
        """An overview of a topic, or that the documents have nothing about it."""
        query = self.retriever.query(topic, asked.rows)
        one = self._answered_as_one(asked, query, (), passages)
        made = self._overviews.overview(one.answer, query, one.ranking)
        return one if made is None else replace(one, answer=made)

    def _answered_whole(
        self, asked: NarrowedQuestion, query: Query, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        """The answer to all that was asked, else to the question inside a long message."""
        whole = self._answered_as_one(asked, query, turns, passages)
        if not whole.answer.answered:
            for question in inner_questions(query.text):
                inner = self.retriever.query(question, asked.rows)
                one = self._answered_as_one(asked, inner, turns, passages)
                if one.answer.answered:
                    understood = one.answer.understood_as or question
                    return replace(one, answer=replace(one.answer, understood_as=understood))
        return whole

    def _answered_as_one(
        self, asked: NarrowedQuestion, query: Query, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        resolved = self._followups.resolve(query, turns)
        understood = resolved.query.text if resolved.query.text != query.text else None
        named = self._curated_answer(asked, resolved.query, passages, resolved.hits)
        if named is not None:
            return replace(named, answer=replace(named.answer, understood_as=understood))
        answer = self._answer_from(asked, resolved.hits, passages, understood or query.text)
        return RankedAnswer(replace(answer, understood_as=understood), resolved.hits)

    def _answer_from(
        self, asked: NarrowedQuestion, hits: Sequence[Hit], passages: int, understood_as: str
    ) -> Answer:
        """What the hits answer, to the question as it was asked."""
        answer = self._answerer.answer(
            asked.question, list(hits), passages, began=asked.began, understood_as=understood_as
        )
        return replace(answer, narrowed=asked.narrowing)

    def _listed(self, asked: NarrowedQuestion, passages: int) -> RankedAnswer:
        """The documents that a filter leaves, where nothing else was said."""
        listing = filtered_listing(self.generation, asked.within)
        nothing = self._answer_from(asked, [], passages, "")
        answer = replace(nothing, understood_as=None, kind="documents", listing=listing)
        return RankedAnswer(answer if listing.documents else nothing, ())

    def _small_talk_answer(
        self, kind: SmallTalk, asked: NarrowedQuestion, query: Query, passages: int
    ) -> RankedAnswer:
        """No quotation; passages only where they have the very words, as a phrase book does."""
        hits = self.retriever.search(query)
        lists = kind in _ABOUT_DOCUMENTS
        same = [hit for hit in hits if hit.coverage >= _VERY_WORDS]
        found = self._answer_from(asked, [] if lists else same, passages, query.text)
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
