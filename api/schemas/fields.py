"""Field types that several schemas and query parameters share."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from rag import LONGEST_QUESTION, DocumentFilter, as_date

Language = Literal["zh-Hans", "zh-Hant", "en"]
EXAMPLE_QUESTION = "盘锦市新增创业多少人？"


def as_integer(number: object) -> object:
    """JSON has one number type: 5.0 is the integer 5. Everything else is left to the validator."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _date(text: str) -> str:
    if not text:
        return text
    date = as_date(text)
    if date is None:
        raise ValueError("give a date or its beginning: 2024, 2024-05 or 2024-05-31")
    return date


TopK = Annotated[
    int,
    BeforeValidator(as_integer),
    Field(ge=1, le=20, description="How many passages to return."),
]
Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
Write = Annotated[
    bool, Field(description="Whether a language model may write, where the server has one.")
]
#: Filters: which documents are asked; an empty one leaves all.
Folder = Annotated[str, Field(max_length=300, description="A folder's path, or a part of it.")]
Named = Annotated[str, Field(max_length=300, description="A part of the title or the path.")]
FileType = Annotated[
    str, Field(max_length=20, description="The ending of files, or word, excel, slides, web, …")
]
After = Annotated[
    str,
    AfterValidator(_date),
    Field(max_length=10, description="Documents from this date on: 2024, 2024-05, 2024-05-31."),
]
Before = Annotated[
    str,
    AfterValidator(_date),
    Field(max_length=10, description="Documents up to this date, without it."),
]
CollectionName = Annotated[str, Field(max_length=100)]
#: A pair of integers: lines of a file, or offsets into a text.
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]


class StrictBody(BaseModel):
    """A request body. Unknown fields are refused, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class CollectionField(BaseModel):
    """The field that chooses among collections."""

    collection: CollectionName | Annotated[list[CollectionName], Field(max_length=100)] = Field(
        default="",
        description="A collection, or several. Without it, all that you may see are asked.",
    )

    @property
    def collections(self) -> list[str]:
        """The names that are given."""
        names = [self.collection] if isinstance(self.collection, str) else self.collection
        return [name for name in names if name]


class FilterFields(BaseModel):
    """Fields that leave only some documents to be asked; without them all are."""

    folder: Folder = ""
    document: Named = ""
    type: FileType = ""
    after: After = ""
    before: Before = ""

    @property
    def within(self) -> DocumentFilter:
        """The documents that are asked."""
        return DocumentFilter(self.folder, self.document, self.type, self.after, self.before)
