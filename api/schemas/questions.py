"""Questions with their history, and lists of passages and example questions."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import (
    EXAMPLE_QUESTION,
    CollectionField,
    FilterFields,
    Question,
    StrictBody,
    TopK,
    Write,
)
from rag import DEFAULT_PASSAGES, LONGEST_QUESTION, Narrowing, Passage


class HistoryTurn(StrictBody):
    """An earlier question and its answer; `answer` is null when it was not answered.

    `understood_as` is that of the earlier answer. Given back, it saves completing the earlier
    question again.
    """

    question: Annotated[str, Field(min_length=1, max_length=2 * LONGEST_QUESTION)]
    answer: Annotated[str, Field(max_length=20_000)] | None = None
    understood_as: Annotated[str, Field(max_length=2 * LONGEST_QUESTION)] | None = None


class AskBody(FilterFields, CollectionField, StrictBody):
    """A question with the conversation before it, oldest turn first.

    `folder`, `document`, `type`, `after` and `before` leave only some documents to be asked.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": EXAMPLE_QUESTION, "top_k": 3},
                {
                    "question": "And in Taobei?",
                    "history": [{"question": "How many job fairs did Linhe hold?", "answer": None}],
                },
            ]
        }
    )

    question: Question
    top_k: TopK = DEFAULT_PASSAGES
    write: Write = True
    history: Annotated[list[HistoryTurn], Field(max_length=100, default_factory=list)]


class PassageList(BaseModel):
    """Passages found for a question, best first, whether they answer it or not."""

    question: str
    passages: list[Passage]
    narrowed: Narrowing | None = None
    generation: str
    took_ms: float


class ExampleList(BaseModel):
    """Questions that the documents answer."""

    model_config = ConfigDict(json_schema_extra={"example": {"examples": [EXAMPLE_QUESTION]}})

    examples: list[str]
