"""Field types that several schemas and query parameters share."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from rag import LONGEST_QUESTION

Language = Literal["zh-Hans", "zh-Hant", "en"]
EXAMPLE_QUESTION = "盘锦市新增创业多少人？"


def _as_integer(number: object) -> object:
    """JSON has one number type: 5.0 is the integer 5. Everything else is left to the validator."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


TopK = Annotated[
    int,
    BeforeValidator(_as_integer),
    Field(ge=1, le=20, description="How many passages to return."),
]
Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
#: A pair of integers: lines of a file, or offsets into a text.
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]


class StrictBody(BaseModel):
    """A request body. Unknown fields are refused, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", strict=True)
