"""Example questions for readers who do not know the documents yet."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from weakref import WeakKeyDictionary, proxy

from rag.answering.answer import Answer
from rag.answering.service import Service
from rag.errors import QuestionError
from rag.index.corpus import DocumentFacts
from rag.serving.question_generation import QuestionDraft, Romanize, drafts

#: The largest number of examples.
MOST = 12
#: How many documents are read, and how many questions are tried for one document and for all.
_DOCUMENTS = 24
_TRIED_OF_ONE = 8
_TRIED = 72
_SCRIPTS = {"zh-Hans": "Hans", "zh-Hant": "Hant", "en": "Latn"}

_searches: WeakKeyDictionary[Service, dict[str, "_Search"]] = WeakKeyDictionary()
_finding = threading.Lock()


def examples(service: Service, language: str, count: int = 4) -> list[str]:
    """Up to `count` questions in `zh-Hans`, `zh-Hant` or `en`, of different documents first.

    Each was asked: the service answers it from the document that it was drawn from. Finding them
    takes a moment; they are remembered for as long as the service lives. May be called by several
    threads at once.
    """
    with _finding:
        searches = _searches.setdefault(service, {})
        if language not in searches:
            # A proxy: a search that is remembered must not keep its own service alive.
            searches[language] = _Search([], _found(proxy(service), language))
        search = searches[language]
        wanted = min(count, MOST)
        search.found += islice(search.more, max(wanted - len(search.found), 0))
        return search.found[: max(wanted, 0)]


@dataclass
class _Search:
    """The examples found so far, and the source of more."""

    found: list[str]
    more: Iterator[str]


def _found(service: Service, language: str) -> Iterator[str]:
    """An example of each document, then another of each, until there are no more."""
    romanize = cache(service.generation.names.romanize)
    budget = iter(range(_TRIED))
    sources = [
        _DocumentQuestions(service, facts, language, romanize, budget)
        for facts in _chosen(service, language)
    ]
    found: set[str] = set()
    kinds: Counter[str] = Counter()
    while sources:
        for source in list(sources):
            draft = source.next_draft(kinds, found)
            if draft is None:
                sources.remove(source)
                continue
            kinds[draft.kind] += 1
            found.add(draft.question)
            yield draft.question


def _chosen(service: Service, language: str) -> list[DocumentFacts]:
    """Documents from the whole corpus, those in the reader's script first."""
    facts = service.generation.listing.spread(_DOCUMENTS)
    return sorted(facts, key=lambda each: each.script != _SCRIPTS.get(language))


class _DocumentQuestions:
    """The questions of one document; they are tried one by one, rarer kinds first."""

    def __init__(
        self,
        service: Service,
        facts: DocumentFacts,
        language: str,
        romanize: Romanize,
        budget: Iterator[int],
    ) -> None:
        self._service = service
        self._facts = facts
        self._language = language
        self._romanize = romanize
        self._budget = budget

    @cached_property
    def _left(self) -> list[QuestionDraft]:
        document = self._service.generation.corpus.document(self._facts.id)
        return [] if document is None else drafts(document, self._language, self._romanize)

    def next_draft(self, kinds: Counter[str], found: set[str]) -> QuestionDraft | None:
        """The next that is answered; None when there is none, or enough were tried."""
        for _ in range(_TRIED_OF_ONE):
            fresh = [draft for draft in self._left if draft.question not in found]
            if not fresh or next(self._budget, None) is None:
                return None
            draft = min(fresh, key=lambda each: kinds[each.kind] + 10 * (each.kind == "heading"))
            self._left.remove(draft)
            if _answers(self._service, self._facts.id, draft):
                return draft
        return None


def _answers(service: Service, document: str, draft: QuestionDraft) -> bool:
    """Whether the best quote is of the document and has to do with what was asked about."""
    try:
        answer: Answer = service.ask_question(draft.question, passages=1)
    except QuestionError:
        return False
    if not answer.answered:
        return False
    best = answer.citations[0]
    return best.document_id == document and best.start < draft.end and draft.start < best.end
