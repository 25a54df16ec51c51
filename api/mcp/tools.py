"""The tools: what each is called with, what it does, what it returns as text and as data."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel

from api.http.problems import Refusal
from api.mcp import text
from api.mcp.arguments import AskArguments, ListArguments, ReadArguments, SearchArguments
from api.mcp.call import AgentCall
from api.mcp.results import (
    ReadPart,
    Schema,
    answer_json,
    answer_schema,
    arguments_schema,
    collection_schema,
    read_part,
    result_schema,
)
from api.routes.asking import addressed, passage_list
from api.routes.documents import document_list, metadata
from api.schemas.documents import DocumentList
from api.schemas.questions import PassageList
from api.schemas.unnamed import leave_out_fields, plain_data
from rag.serving.collections import View
from words import with_reply

_UNKNOWN = "There is no document with this id; list_documents has the ids of all."
_UNKNOWN_AFTER = "There is no document with the id that after names. List from the start again."


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool returns: a text for the model, and the same as data."""

    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class AgentTool:
    """A tool. `use` is called with arguments that `arguments` has checked."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    make_schema: Callable[[], Schema]
    use: Callable[[AgentCall, Any], Awaitable[ToolOutcome]]

    def input_schema(self, view: View) -> Schema:
        """The schema of its arguments, with one that chooses among several collections."""
        properties = dict(self._input_schema["properties"])
        del properties["collection"]
        if len(view.collections) > 1:
            properties["collection"] = collection_schema(view)
        return {**self._input_schema, "properties": properties}

    @cached_property
    def _input_schema(self) -> Schema:
        return arguments_schema(self.arguments)

    def output_schema(self, view: View) -> Schema:
        """The schema of what it returns; where there is one folder, without collections."""
        return self._output_schema if view.named else self._plain_output_schema

    @cached_property
    def _output_schema(self) -> Schema:
        return self.make_schema()

    @cached_property
    def _plain_output_schema(self) -> Schema:
        schema = self.make_schema()
        leave_out_fields(schema)
        return schema


async def _ask(call: AgentCall, given: AskArguments) -> ToolOutcome:
    view = await call.served(given.collections)
    await call.count_question(view)
    await call.report(f"Looking through {_documents(view)} documents")
    found = await call.run_blocking(lambda: view.ask_question(given.question, within=given.within))
    await call.run_blocking(lambda: view.note_unanswered(found, "mcp"))
    call.context.metrics.count_question("mcp", found)
    answer = addressed(with_reply(found), call.base)
    return ToolOutcome(text.answer_text(answer), answer_json(answer))


async def _search(call: AgentCall, given: SearchArguments) -> ToolOutcome:
    view = await call.served(given.collections)
    await call.count_question(view)
    await call.report(f"Looking through {_documents(view)} documents")
    found = await call.run_blocking(
        lambda: view.ask_documents(given.query, given.limit, given.within)
    )
    call.context.metrics.count_question("mcp", found)
    answer = addressed(found, call.base)
    return ToolOutcome(text.passages_text(answer.passages), plain_data(passage_list(answer)))


async def _read(call: AgentCall, given: ReadArguments) -> ToolOutcome:
    identity, collection = document_named(given.document)
    view = await call.served(given.collections or collection)

    def read() -> ReadPart | None:
        found = view.find_document(identity)
        if found is None:
            return None
        facts = metadata(found.document, found.service.generation.manifest.folder, found.collection)
        return read_part(found.document, facts, given.from_paragraph, given.max_characters)

    part = await call.run_blocking(read)
    if part is None:
        raise Refusal(404, "unknown_document", _UNKNOWN)
    return ToolOutcome(text.reading_text(part), plain_data(part))


async def _list(call: AgentCall, given: ListArguments) -> ToolOutcome:
    view = await call.served(given.collections)
    listed = await call.run_blocking(
        lambda: document_list(view, given.limit, given.after, given.containing)
    )
    if listed is None:
        raise Refusal(404, "unknown_document", _UNKNOWN_AFTER)
    return ToolOutcome(text.documents_text(listed), plain_data(listed))


def document_named(name: str) -> tuple[str, list[str]]:
    """The id in a document's URI or address, and the collection, if it has one; an id is itself."""
    path, _, query = name.partition("#")[0].partition("?")
    return path.rpartition("/")[2], parse_qs(query).get("collection", [])


def _documents(view: View) -> int:
    return sum(each.generation.manifest.counts["documents"] for _, each in view.services)


_TOOLS = (
    AgentTool(
        "ask",
        "Ask the documents",
        "Answers one question from the documents, in any language, with the exact sentences that "
        "answer it and where each stands, or says that they are NOT IN THE DOCUMENTS. Nothing is "
        "made up or summed up. Use it first, for every question about the documents; ask one "
        "thing at a time, and quote the source to the user.",
        AskArguments,
        answer_schema,
        _ask,
    ),
    AgentTool(
        "search_passages",
        "Search for passages",
        "Finds the paragraphs nearest to a question or to words, whether they answer it or not. "
        "Use it to look around, or where ask found nothing.",
        SearchArguments,
        lambda: result_schema(PassageList),
        _search,
    ),
    AgentTool(
        "read_document",
        "Read a document",
        "Reads a document word for word, a part at a time, with the place of each paragraph in "
        "its file. Use it for what stands around a quotation.",
        ReadArguments,
        lambda: result_schema(ReadPart),
        _read,
    ),
    AgentTool(
        "list_documents",
        "List the documents",
        "Lists the documents there are, with titles, paths, dates and ids.",
        ListArguments,
        lambda: result_schema(DocumentList),
        _list,
    ),
)
#: By name, in the order in which they are listed.
TOOLS: Mapping[str, AgentTool] = {tool.name: tool for tool in _TOOLS}
