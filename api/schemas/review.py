"""What was asked in vain and what did not help, for whoever owns the documents."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.fields import Question, StrictBody


class QuestionWording(BaseModel):
    """A wording of a question: how often it was asked, and when last."""

    question: str
    count: int
    last: str


class QuestionGroupItem(BaseModel):
    """Questions that mean the same, the most frequent wording first. `collection` is the name of
    the one that has them, left out where there are none."""

    question: str
    count: int
    first: str
    last: str
    wordings: list[QuestionWording]
    collection: str | None = None


class DislikedItem(BaseModel):
    """An answer that got 👎; `answer` is null where it was that there is none."""

    question: str
    answer: str | None
    count: int
    last: str
    comments: list[str]
    collection: str | None = None


class ReviewedQuestions(BaseModel):
    """What was asked in vain, by meaning, and what did not help.

    `kept_days` says how long questions are kept; 0 where none are.
    """

    kept_days: int
    unanswered: list[QuestionGroupItem]
    disliked: list[DislikedItem]


class SomeQuestions(StrictBody):
    """Questions of the list, as they stand in it."""

    questions: Annotated[list[Question], Field(min_length=1, max_length=50)]


class TriedItem(BaseModel):
    """A question that was asked again. `title` and `url` are those of the first source; `refused`
    says why it cannot be asked."""

    question: str
    answered: bool
    answer: str | None
    title: str | None
    url: str | None
    confidence: float
    refused: str | None


class TriedQuestions(BaseModel):
    """What questions that were asked again get now."""

    tried: list[TriedItem]


class Forgotten(BaseModel):
    """How many entries were deleted."""

    forgotten: int


SomeWordings = Annotated[list[Question], Field(min_length=1, max_length=20)]
OtherWordings = Annotated[list[Question], Field(max_length=20)]


class CuratedBody(StrictBody):
    """A curated answer: whole sentences of a document, by their offsets into its text; the
    questions that they answer, and questions that are alike and that they do not answer."""

    document_id: Annotated[str, Field(max_length=300)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    questions: SomeWordings
    not_for: OtherWordings = Field(default_factory=list)


class CuratedQuestionsBody(StrictBody):
    """The questions of a curated answer, to be changed."""

    questions: SomeWordings
    not_for: OtherWordings = Field(default_factory=list)


class CuratedItem(BaseModel):
    """A curated answer. `expired` is true where its sentence is no longer in the documents; then it
    is not given, and `url` is null."""

    id: str
    at: str
    path: str
    sentence: str
    questions: list[str]
    not_for: list[str]
    expired: bool
    title: str | None
    url: str | None
    collection: str | None = None


class CuratedList(BaseModel):
    """All curated answers, oldest first."""

    curated: list[CuratedItem]
