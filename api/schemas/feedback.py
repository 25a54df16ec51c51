"""Feedback on an answer."""

from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.fields import EXAMPLE_QUESTION, CollectionName, Question, StrictBody


class FeedbackBody(StrictBody):
    """A reader's judgement of an answer; `answer` is null when the question was not answered,
    `collection` that of the answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "question": EXAMPLE_QUESTION,
                "answer": "新增创业的有11331人，由此带动就业20352人。",
                "helpful": True,
                "comment": "",
                "generation": "20261121T223019.382367Z-1c53",
                "confidence": 0.97,
            }
        }
    )

    question: Question
    answer: Annotated[str, Field(max_length=20_000)] | None
    helpful: bool
    comment: Annotated[str, Field(max_length=2000)] = ""
    generation: Annotated[str, Field(max_length=100)]
    collection: CollectionName | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
