"""The answer object: the same for the shell, REST, the web page and the bot."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from rag.answering.citation import Citation, Passage
from rag.answering.listing import CorpusListing
from rag.index.corpus import DocumentFilter

#: The kinds of small talk, which asks nothing of the documents.
SmallTalk = Literal[
    "greeting", "thanks", "farewell", "acknowledgement", "about", "help", "documents", "news"
]
#: The kinds of answers that are not quotations of an answering passage.
AnswerKind = SmallTalk | Literal["overview"]
#: Stands between the quotes in the text of an answer.
OMISSION = " … "
#: Fields that are None where there is one folder, which has no name.
OF_COLLECTIONS = frozenset({"collection", "collections", "unsearched"})


@dataclass(frozen=True, slots=True)
class Unsearched:
    """A collection that was asked and has no index yet: its name and title."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question: what it is about, how it was asked, and the ids of its citations, none
    where the documents do not answer it.
    """

    label: str
    question: str
    answered: bool
    citations: tuple[int, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filter that was asked within, and the number of documents that it leaves."""

    folder: str
    document: str
    type: str
    after: str
    before: str
    documents: int

    @property
    def filter(self) -> DocumentFilter:
        """The filter alone."""
        return DocumentFilter(self.folder, self.document, self.type, self.after, self.before)


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The words that answer, within the quote of a citation: `document.text[start:end] == text`.

    `citation` is the number of the citation.
    """

    text: str
    citation: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that a language model wrote, and the ids of the citations that hold it."""

    text: str
    citations: tuple[int, ...]

    @property
    def marks(self) -> str:
        return "".join(f"[{number}]" for number in self.citations)


@dataclass(frozen=True, slots=True)
class Written:
    """What a language model wrote from the citations. `finished` is false while more may come;
    `dropped` counts the sentences that are left out, since no citation holds them.
    """

    sentences: tuple[WrittenSentence, ...]
    dropped: int = 0
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """The quoted sentences with their citations, or an abstention with the nearest topics.

    `answer` is None and `citations` is empty when `answered` is false. `confidence` is the
    estimated probability that the best passage answers the question; it is not above the sureness
    with which quoted text was recognized in a picture. `understood_as` is the question
    that was looked up, where it was completed from the conversation before it, stood inside a
    long message, or was typed in pinyin.

    `kind` is set where nothing was asked of the documents: a greeting, or what there is to ask
    about, with a `listing`. Then front ends add a `reply` in the words of who asked, and passages
    are those that have the very words. It is "overview" where the citations are those sentences
    that say most about a topic, in the order of the documents.
    `narrowed` is the filter that was asked within, if any.

    `short_answer` are the words that answer, None where only the sentence does; `short_answers` are
    those of all passages that answer, that one first.

    `curated` is the id of the curated answer that was given: the sentence that whoever owns the
    documents has named for such questions. The passages are those that were found all the same.

    `collection` is the name of the one that the answer is from, or the nearest passage;
    `unsearched` are those that were asked and have no index yet. Both are None where
    there are no collections.

    `written` is what a language model wrote from the citations, where one was asked to and each of
    its sentences is held by those that it cites; the citations are the answer all the same.

    `did_you_mean` is the question without a typing error, where only that one is surely answered.

    A question of several parts has `parts`, and is answered when one of them is; it has no single
    `short_answer`.
    """

    question: str
    answered: bool
    answer: str | None
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    suggestions: tuple[str, ...]
    confidence: float
    generation: str
    took_ms: float
    understood_as: str | None = None
    kind: AnswerKind | None = None
    reply: str | None = None
    listing: CorpusListing | None = None
    narrowed: Narrowing | None = None
    parts: tuple[Part, ...] = ()
    short_answer: ShortAnswer | None = None
    short_answers: tuple[ShortAnswer, ...] = ()
    curated: str | None = None
    collection: str | None = None
    unsearched: tuple[Unsearched, ...] | None = None
    written: Written | None = None
    did_you_mean: str | None = None

    def cited_by(self, part: Part) -> list[Citation]:
        return [each for each in self.citations if each.id in part.citations]

    def short_in(self, citation: Citation) -> tuple[tuple[int, int], ...]:
        """Where the words that answer stand in a citation's quote, as offsets into it."""
        return tuple(
            (each.start - citation.start, each.end - citation.start)
            for each in self.short_answers
            if each.citation == citation.id
        )

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and numbers, as docs/api.md shows them."""
        plain: dict[str, Any] = without_collections(asdict(self))
        return plain


def without_collections(content: Any) -> Any:
    """Plain data without the fields that only collections have, where these are None."""
    if isinstance(content, dict):
        return {
            name: without_collections(value)
            for name, value in content.items()
            if value is not None or name not in OF_COLLECTIONS
        }
    if isinstance(content, list | tuple):
        return [without_collections(each) for each in content]
    return content
