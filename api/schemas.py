"""What requests hold, and those responses that are not the answer object."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from rag.answering.answer import Passage
from rag.answering.service import DEFAULT_PASSAGES, LONGEST_QUESTION

Language = Literal["zh-Hans", "zh-Hant", "en"]


def _whole(number: object) -> object:
    """JSON has one kind of numbers: 5.0 is as whole as 5."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


TopK = Annotated[
    int, BeforeValidator(_whole), Field(ge=1, le=20, description="How many passages to give.")
]
Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
_QUESTION = "盘锦市新增创业多少人？"
_GENERATION = "20261121T223019.382367Z-1c53"
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]


class Body(BaseModel):
    """A request's body: what is misspelt is refused, nothing is turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Turn(Body):
    """A question that was asked before, and what was answered; null when nothing was."""

    question: Annotated[str, Field(min_length=1, max_length=2 * LONGEST_QUESTION)]
    answer: Annotated[str, Field(max_length=20_000)] | None = None


class Ask(Body):
    """A question, with the conversation before it, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": _QUESTION, "top_k": 3},
                {
                    "question": "And in Taobei?",
                    "history": [{"question": "How many job fairs did Linhe hold?", "answer": None}],
                },
            ]
        }
    )

    question: Question
    top_k: TopK = DEFAULT_PASSAGES
    history: Annotated[list[Turn], Field(max_length=100)] = []


class PassageList(BaseModel):
    """Passages found for a question, best first, whether they answer it or not."""

    question: str
    passages: list[Passage]
    generation: str
    took_ms: float


class DocumentItem(BaseModel):
    """A document without its text. `script` is an ISO 15924 code, `language` an ISO 639-1 code."""

    id: str
    path: str
    title: str
    date: str | None
    source: str | None
    language: str
    script: str


class ListedDocument(DocumentItem):
    """A document as the list has it; `paragraphs` is their number."""

    paragraphs: int


class DocumentList(BaseModel):
    """All documents, in the order of their paths."""

    documents: list[ListedDocument]


class ParagraphItem(BaseModel):
    """A citable slice of the text. `sentences` are pairs of offsets into the document's text."""

    ordinal: int
    section: str
    lines: Pair
    page: int | None
    start: int
    end: int
    sentences: list[Pair]


class DocumentView(DocumentItem):
    """A whole document. All offsets are into `text`, in characters."""

    text: str
    paragraphs: list[ParagraphItem]


class Examples(BaseModel):
    """Questions that the documents answer."""

    model_config = ConfigDict(json_schema_extra={"example": {"examples": [_QUESTION]}})

    examples: list[str]


class JobView(BaseModel):
    """A rebuild of the index. `done` of `total` is the progress of a stage; 0 is unknown."""

    id: str
    url: str
    state: Literal["running", "done", "failed"]
    started: str
    finished: str | None
    stage: str
    done: int
    total: int
    report: dict[str, object] | None
    error: str | None


class SkippedFile(BaseModel):
    """A file, or parts of it, that did not become a document, and why."""

    path: str
    reason: str


class IndexState(BaseModel):
    """The index that is served; without one, `generation` is null and `problem` says why."""

    generation: str | None = None
    created: str | None = None
    age_seconds: float | None = None
    model: str | None = None
    folder: str | None = None
    counts: dict[str, int] = {}
    skipped: list[SkippedFile] = []
    bytes: int | None = None
    problem: str | None = None
    job: JobView | None = None


class Word(Body):
    """What somebody thought of an answer; `answer` is null when the question was not answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "question": _QUESTION,
                "answer": "新增创业的有11331人，由此带动就业20352人。",
                "helpful": True,
                "comment": "",
                "generation": _GENERATION,
                "confidence": 0.97,
            }
        }
    )

    question: Question
    answer: Annotated[str, Field(max_length=20_000)] | None
    helpful: bool
    comment: Annotated[str, Field(max_length=2000)] = ""
    generation: Annotated[str, Field(max_length=100)]
    confidence: Annotated[float, Field(ge=0, le=1)]


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"
    version: str


class Readiness(BaseModel):
    """Questions are answered. `problem` says why a newer index is not served."""

    status: Literal["ready"] = "ready"
    generation: str
    bot: str
    problem: str | None
