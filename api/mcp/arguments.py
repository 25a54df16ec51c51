"""The arguments of the tools."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from api.schemas.fields import (
    CollectionField,
    FilterFields,
    Question,
    StrictBody,
    TopK,
    as_integer,
)
from rag import DEFAULT_PASSAGES

#: The least, the usual and the most characters of a document that are read at once.
_LEAST_READ, _READ, _MOST_READ = 500, 8_000, 40_000
_FEW_DOCUMENTS, _MOST_DOCUMENTS = 50, 200


class AskArguments(FilterFields, CollectionField, StrictBody):
    """A question that can be understood by itself."""

    question: Annotated[
        Question,
        Field(
            description="One complete question in any language, as a person would ask it. It must "
            "be understandable without the conversation: name what it is about."
        ),
    ]


class SearchArguments(FilterFields, CollectionField, StrictBody):
    """What to look for, and how many passages to return."""

    query: Annotated[
        Question, Field(description="A question, or words that the passages are about.")
    ]
    limit: TopK = DEFAULT_PASSAGES


class ReadArguments(CollectionField, StrictBody):
    """A document, and which part of it to return."""

    document: Annotated[
        str,
        Field(
            min_length=1,
            max_length=400,
            description="A document's id, as citations, passages and list_documents give it, or "
            "its URI or address.",
        ),
    ]
    from_paragraph: Annotated[
        int, BeforeValidator(as_integer), Field(ge=0, description="The paragraph to begin with.")
    ] = 0
    max_characters: Annotated[
        int,
        BeforeValidator(as_integer),
        Field(ge=_LEAST_READ, le=_MOST_READ, description="About how much text to return at once."),
    ] = _READ


class ListArguments(CollectionField, StrictBody):
    """Which documents to list."""

    containing: Annotated[
        str, Field(max_length=200, description="Only those with this in their title or path.")
    ] = ""
    limit: Annotated[
        int,
        BeforeValidator(as_integer),
        Field(ge=1, le=_MOST_DOCUMENTS, description="How many documents to return."),
    ] = _FEW_DOCUMENTS
    after: Annotated[
        str | None,
        Field(max_length=300, description="`next` of the part before, to go on from there."),
    ] = None
