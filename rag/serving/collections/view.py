"""What one caller may see: questions, documents and examples of these collections alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from rag.answering.answer import Answer, Unsearched
from rag.answering.conversation import Turn
from rag.answering.service import DEFAULT_PASSAGES, Service
from rag.documents.document import Document
from rag.errors import CollectionCode, CollectionError, StoreError
from rag.index.corpus import DocumentFacts, DocumentFilter, DocumentPart
from rag.serving.backend import Backend
from rag.serving.collections.joint_answer import joint_answer, named_answer
from rag.serving.examples import examples

if TYPE_CHECKING:
    from rag.serving.collections.collection import Collection

_EVERYTHING = DocumentFilter()
_UNKNOWN = "There is no collection of this name that you may see. Leave it out to ask all you may."
_NEEDED = "There are several collections, and this is for one. Name it as `collection`."
_NOTHING = "There is no collection here that you may see. Ask whoever runs the server."


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document, the service that has it, and the name of its collection."""

    document: Document
    service: Service
    collection: str


@dataclass(frozen=True, slots=True)
class ListedDocuments:
    """A part of a list of documents, each with the folder's name and its collection; `total` counts
    all of the list, `next` is where the next part begins, None at the end.
    """

    documents: tuple[tuple[DocumentFacts, str, str], ...]
    total: int
    next: str | None


@dataclass(frozen=True)
class View:
    """The collections that somebody may see, or some of them, in their order.

    `named` says whether they have names: then answers name the collection of what they quote, and
    addresses of documents do. May be used by several threads at once.
    """

    collections: "tuple[Collection, ...]"
    named: bool = False

    def chosen(self, names: Sequence[str]) -> "View":
        """Only these collections; all without any name.

        Raises CollectionError for one that is not seen, whether it is there or not.
        """
        wanted = [name for name in names if name]
        if not wanted:
            return self
        chosen = tuple(each for each in self.collections if each.name in wanted)
        if len(chosen) < len(set(wanted)) or not self.named:
            raise CollectionError(CollectionCode.UNKNOWN, _UNKNOWN)
        return View(chosen, named=True)

    @property
    def only(self) -> "Collection":
        """The one collection, for what concerns only one at a time.

        Raises CollectionError where there are several, or none.
        """
        if len(self.collections) > 1:
            raise CollectionError(CollectionCode.NEEDED, _NEEDED)
        return self.first

    @property
    def backends(self) -> "tuple[Backend, ...]":
        """Those of all collections. Raises CollectionError where there are none."""
        return tuple(each.backend for each in (self.first, *self.collections[1:]))

    def collection_of(self, name: str | None) -> "Collection":
        """The collection of a name, of those that are seen; without one, the first.

        Raises CollectionError where there is none.
        """
        return self.chosen([name or ""]).first

    def title_of(self, name: str | None) -> str | None:
        """The title of a collection, where there is more than one to tell apart."""
        return self._titles.get(name or "") if len(self.collections) > 1 else None

    @property
    def first(self) -> "Collection":
        """The first collection. Raises CollectionError where there are none."""
        if not self.collections:
            raise CollectionError(CollectionCode.NOTHING, _NOTHING)
        return self.collections[0]

    @property
    def services(self) -> "list[tuple[Collection, Service]]":
        """The collections that have an index, with their services. Hold them for a whole answer.

        Raises StoreError where none has one.
        """
        found, problems = [], list[StoreError]()
        for each, backend in zip(self.collections, self.backends, strict=True):
            try:
                found.append((each, backend.live.service))
            except StoreError as error:
                problems.append(error)
        if not found:
            raise problems[0]
        return found

    def check_served(self) -> None:
        """Raises CollectionError where there are no collections, StoreError where none of them has
        an index.
        """
        _ = self.services

    def ask_question(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        history: Sequence[Turn] = (),
        within: DocumentFilter = _EVERYTHING,
    ) -> Answer:
        """As `Service.ask_question`, of all these collections: the best answer of theirs."""
        return self._joint(
            lambda service: service.ask_question(question, passages, history, within), passages
        )

    def ask_documents(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        within: DocumentFilter = _EVERYTHING,
    ) -> Answer:
        """As `Service.ask_documents`, of all these collections."""
        return self._joint(
            lambda service: service.ask_documents(question, passages, within), passages
        )

    def note_unanswered(self, answer: Answer, channel: str, user: str = "") -> None:
        """Keeps what an answer left unanswered, with the collection that was nearest."""
        self.backend_of(answer).note_unanswered(answer, channel, user)

    def backend_of(self, answer: Answer) -> Backend:
        """That of the collection that an answer is from."""
        return self.collection_of(answer.collection).backend

    def examples(self, language: str, count: int) -> list[str]:
        """Questions that these collections answer, of each in turn."""
        each = [examples(service, language, count) for _, service in self.services]
        in_turn = chain.from_iterable(zip_longest(*each))
        return list(dict.fromkeys(text for text in in_turn if text is not None))[:count]

    def find_document(self, identity: str) -> FoundDocument | None:
        """The document of an id, that of the first collection that has one; None without any."""
        for each, service in self.services:
            document = service.generation.corpus.document(identity)
            if document is not None:
                return FoundDocument(document, service, each.name)
        return None

    def list_documents(
        self, limit: int, after: str | None = None, containing: str = ""
    ) -> ListedDocuments | None:
        """A part of the list of documents, collection after collection; None where there is no
        document that `after` names.
        """
        services = self.services
        begun, identity = services[0][0].name, after
        if after is not None and len(services) > 1:
            begun, _, identity = after.partition("/")
        if begun not in (each.name for each, _ in services):
            return None
        documents = list[tuple[DocumentFacts, str, str]]()
        total, more, passed = 0, False, True
        for each, service in services:
            here = each.name == begun
            passed = passed and not here
            room = 0 if passed else limit - len(documents)
            part = service.generation.listing.part_after(
                room, after=identity if here else None, containing=containing
            )
            if part is None:
                return None
            folder = service.generation.manifest.folder
            documents += [(facts, folder, each.name) for facts in part.documents]
            total += part.total
            more = more or (part.more and not passed)
        following = None
        if more and documents:
            facts, _, name = documents[-1]
            following = f"{name}/{facts.id}" if len(services) > 1 else facts.id
        return ListedDocuments(tuple(documents), total, following)

    def part_from(self, position: int, limit: int) -> DocumentPart:
        """Up to `limit` documents from a position in the list, 0 for the first."""
        documents, total = list[DocumentFacts](), 0
        for _, service in self.services:
            part = service.generation.listing.part_from(
                max(position - total, 0), limit - len(documents)
            )
            documents += part.documents
            total += part.total
        return DocumentPart(tuple(documents), total, more=position + limit < total)

    def count_within(self, within: DocumentFilter) -> int:
        """How many documents a filter leaves."""
        listings = [service.generation.listing for _, service in self.services]
        return sum(listing.matching(within, 0).total for listing in listings)

    def _joint(self, ask: Callable[[Service], Answer], passages: int) -> Answer:
        """The best of the collections' answers; where they have no names, there is only one."""
        services = self.services
        if not self.named:
            return ask(services[0][1])
        found = [named_answer(ask(service), each.name) for each, service in services]
        served = {each.name for each, _ in services}
        unsearched = tuple(
            Unsearched(each.name, each.title)
            for each in self.collections
            if each.name not in served
        )
        return replace(joint_answer(found, self._titles, passages), unsearched=unsearched)

    @property
    def _titles(self) -> dict[str, str]:
        return {each.name: each.title for each in self.collections}
