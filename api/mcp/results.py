"""The data that the tools return, and the JSON Schemas of that and of their arguments."""

from typing import Any

from pydantic import BaseModel, TypeAdapter

from api.schemas.documents import DocumentMetadata
from api.schemas.fields import Pair
from rag import Answer, Document, ParagraphKind
from rag.serving.collections import View

Schema = dict[str, Any]


class ReadParagraph(BaseModel):
    """A paragraph, word for word, with its place in the file."""

    ordinal: int
    section: str
    lines: Pair
    page: int | None
    kind: ParagraphKind
    text: str


class ReadPart(BaseModel):
    """Consecutive paragraphs of a document that has `total` of them.

    `next` is the paragraph to go on with; null when the document ends here.
    """

    document: DocumentMetadata
    paragraphs: list[ReadParagraph]
    total: int
    next: int | None


def read_part(
    document: Document, metadata: DocumentMetadata, first: int, characters: int
) -> ReadPart:
    """As many paragraphs as fit into that many characters, from the `first` on; at least one."""
    read: list[ReadParagraph] = []
    for each in document.paragraphs[first:]:
        text = document.text[each.start : each.end]
        characters -= len(text)
        if read and characters < 0:
            break
        place = {"lines": list(each.lines), "page": each.page, "section": each.section}
        read.append(ReadParagraph(ordinal=each.ordinal, kind=each.kind, text=text, **place))  # type: ignore[arg-type]
    following = first + len(read)
    total = len(document.paragraphs)
    return ReadPart(
        document=metadata,
        paragraphs=read,
        total=total,
        next=following if following < total else None,
    )


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer object of `POST /ask` without its passages, for which there is another tool."""
    return {name: value for name, value in answer.to_json().items() if name != "passages"}


def answer_schema() -> Schema:
    """The schema of `answer_json`."""
    schema = _schema(TypeAdapter(Answer))
    del schema["properties"]["passages"]
    schema["required"].remove("passages")
    del schema["$defs"]["Passage"]
    return schema


def result_schema(model: type[BaseModel]) -> Schema:
    """The schema of what a tool returns."""
    return _schema(TypeAdapter(model))


def arguments_schema(model: type[BaseModel]) -> Schema:
    """The schema of a tool's arguments, those that it needs first."""
    schema = _untitled(model.model_json_schema())
    needed = schema.get("required", [])
    properties = schema["properties"]
    schema["properties"] = {
        **{name: properties[name] for name in needed},
        **{name: value for name, value in properties.items() if name not in needed},
    }
    return schema


def collection_schema(view: View) -> Schema:
    """The schema of the argument that chooses among the collections of a view."""
    name = {"enum": [each.name for each in view.collections]}
    named = ", ".join(f"{each.name} ({each.title})" for each in view.collections)
    return {
        "anyOf": [name, {"type": "array", "items": name}],
        "description": f"The collection that is meant, or several; without it all. {named}.",
    }


def _schema(adapter: TypeAdapter[Any]) -> Schema:
    return _untitled(adapter.json_schema(mode="serialization"))


def _untitled(schema: Schema) -> Schema:
    """Without the titles that only repeat the names of fields: models pay for each word."""
    schema.pop("title", None)
    for part in schema.get("$defs", {}).values():
        _untitled(part)
    for part in schema.get("properties", {}).values():
        part.pop("title", None)
    return schema
