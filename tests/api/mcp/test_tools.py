"""What an agent is offered and what its calls give, through the package's own client."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import anyio
import jsonschema  # type: ignore[import-untyped]
import pytest
from mcp.client import Client
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from api.mcp.server import create_server
from api.mcp.tools import document_named
from rag.answering.service import Service
from rag.errors import StoreError
from rag.progress import Progress
from rag.serving.collections import Collections
from rag.serving.live import LiveService
from rag.serving.rebuilds import Rebuilds
from tests.api.conftest import JOBS, UNKNOWN
from tests.api.mcp.conftest import MODES, BuildContext, until_taken

Talk = Callable[[Client], Awaitable[Any]]
GOOD: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": JOBS}),
    ("ask", {"question": UNKNOWN, "type": "txt"}),
    ("ask", {"question": "你有哪些文档？"}),
    ("ask", {"question": JOBS, "folder": "地方"}),
    ("search_passages", {"query": "parks", "limit": 2.0}),
    ("list_documents", {}),
    ("list_documents", {"containing": "ROADS", "limit": 1}),
]


def talk(server: Server[Any], said: Talk, mode: str = "auto") -> Any:
    """What comes of a conversation with the server."""

    async def run() -> Any:
        async with Client(server, mode=mode) as client:
            return await said(client)

    return asyncio.run(run())


def use(server: Server[Any], name: str, mode: str = "auto", **given: object) -> CallToolResult:
    result = talk(server, lambda client: client.call_tool(name, given), mode)
    assert isinstance(result, CallToolResult)
    return result


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


@pytest.mark.parametrize("mode", MODES)
def test_four_tools_are_offered_that_only_read(server: Server[Any], mode: str) -> None:
    async def look(client: Client) -> Any:
        assert client.server_info is not None
        assert (client.server_info.name, client.server_info.version) == ("wenda", "1.2")
        assert "NOT IN THE DOCUMENTS" in (client.instructions or "")
        return (await client.list_tools()).tools

    tools = talk(server, look, mode)
    assert [each.name for each in tools] == [
        "ask",
        "search_passages",
        "read_document",
        "list_documents",
    ]
    for tool in tools:
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint) == (True, False)
        assert (hints.idempotent_hint, hints.open_world_hint) == (True, False)
        assert tool.title
        assert len(tool.description) > 40
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        assert all(each["description"] for each in tool.input_schema["properties"].values())
    assert next(iter(tools[0].input_schema["properties"])) == "question"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "given"), GOOD)
def test_what_comes_back_fits_the_schema(
    server: Server[Any], mode: str, name: str, given: Mapping[str, Any]
) -> None:
    result = use(server, name, mode, **given)
    assert not result.is_error, text_of(result)

    async def schema(client: Client) -> Any:
        return next(t for t in (await client.list_tools()).tools if t.name == name).output_schema

    jsonschema.validate(result.structured_content, talk(server, schema))


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_is_a_quotation_with_its_source(server: Server[Any], mode: str) -> None:
    result = use(server, "ask", mode, question=JOBS)
    said, data = text_of(result), result.structured_content
    assert said.startswith("ANSWERED FROM THE DOCUMENTS")
    assert "\n> 城镇新增就业3960人。\n" in said
    assert "Source: jobs · seeds/jobs.txt line 1" in said
    (citation,) = data["citations"]
    assert data["answered"]
    assert citation["quote"] == "城镇新增就业3960人。"
    assert citation["url"] == f"wenda://documents/{citation['document_id']}#p0"
    assert "passages" not in data


@pytest.mark.parametrize("mode", MODES)
def test_what_the_documents_do_not_say_is_said_to_be_absent(server: Server[Any], mode: str) -> None:
    result = use(server, "ask", mode, question=UNKNOWN)
    assert text_of(result).startswith("NOT IN THE DOCUMENTS.")
    assert "ANSWERED" not in text_of(result)
    assert not result.structured_content["answered"]
    assert result.structured_content["citations"] == []


def test_a_filter_that_leaves_nothing_says_so(server: Server[Any]) -> None:
    said = text_of(use(server, "ask", question=JOBS, folder="elsewhere"))
    assert said == "No document matches folder elsewhere. Ask without it, or with another."


def test_passages_are_found_for_what_is_not_answered(server: Server[Any]) -> None:
    result = use(server, "search_passages", query="parks", limit=2)
    assert [each["rank"] for each in result.structured_content["passages"]] == [1, 2]
    assert "> The city opened seven new parks. People are content." in text_of(result)
    assert text_of(result).startswith("Passages found")


def test_a_document_is_read_by_its_id_uri_or_address(server: Server[Any]) -> None:
    listed = use(server, "list_documents", containing="parks").structured_content
    (identity,) = [each["id"] for each in listed["documents"]]
    names = (identity, f"wenda://documents/{identity}", f"https://h/x/documents/{identity}#p0")
    for name in names:
        assert document_named(name) == (identity, [])
        result = use(server, "read_document", document=name)
        assert result.structured_content["paragraphs"][0]["text"].startswith("The city opened")
        assert result.structured_content["next"] is None
        assert "This is the end of the document." in text_of(result)
    past = use(server, "read_document", document=identity, from_paragraph=9)
    assert past.structured_content["paragraphs"] == []
    assert not past.is_error


@pytest.mark.parametrize("mode", MODES)
def test_documents_are_resources_in_parts(server: Server[Any], mode: str) -> None:
    async def read(client: Client) -> Any:
        listed = await client.list_resources()
        assert listed.next_cursor is None
        assert (await client.list_resource_templates()).resource_templates
        return [(await client.read_resource(each.uri)).contents[0] for each in listed.resources]

    texts = [each.text for each in talk(server, read, mode)]
    assert any("seven new parks" in text for text in texts)
    assert len(texts) == 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "given", "named"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": 7}, "question: Input should be a valid string"),
        ("ask", {"question": ["x"]}, "question: Input should be a valid string"),
        ("ask", {"question": JOBS, "history": []}, "history: Extra inputs"),
        ("ask", {"question": "x" * 5_000_000}, "question: String should have at most 1000"),
        ("ask", {"question": "？"}, "no word"),
        ("ask", {"question": JOBS, "after": "soon"}, "give a date"),
        ("search_passages", {"query": JOBS, "limit": 21}, "limit: Input should be less"),
        ("search_passages", {"query": JOBS, "limit": "5"}, "limit: Input should be a valid int"),
        ("read_document", {"document": "nothing"}, "list_documents"),
        ("read_document", {"document": "../../etc/passwd"}, "list_documents"),
        ("read_document", {"document": "x", "from_paragraph": -1}, "from_paragraph"),
        ("list_documents", {"after": "nothing"}, "from the start"),
    ],
)
def test_what_cannot_be_used_is_an_error_that_a_model_can_correct(
    server: Server[Any], mode: str, name: str, given: dict[str, Any], named: str
) -> None:
    result = use(server, name, mode, **given)
    assert result.is_error
    assert named in text_of(result)
    assert len(text_of(result)) < 400
    assert "Traceback" not in text_of(result)


@pytest.mark.parametrize("mode", MODES)
def test_unknown_tools_and_resources_are_errors_of_the_protocol(
    server: Server[Any], mode: str
) -> None:
    async def try_all(client: Client) -> list[str]:
        said = []
        for wrong in (
            client.call_tool("drop_index", {}),
            client.read_resource("wenda://documents/nothing"),
            client.read_resource("file:///etc/passwd"),
            client.list_resources(cursor="nothing"),
        ):
            with pytest.raises(MCPError) as caught:
                await wrong
            assert caught.value.code == -32602
            said.append(str(caught.value))
        return said

    said = talk(server, try_all, mode)
    assert "ask, search_passages" in said[0]
    assert "resources/list" in said[1] == said[2]


def test_an_error_that_was_not_foreseen_tells_nothing_of_itself(
    build_context: BuildContext, caplog: pytest.LogCaptureFixture
) -> None:
    context = build_context()
    service = context.collections.everything.only.backend.live.service

    def fail(question: str) -> None:
        raise RuntimeError(question)

    service.generation.encoder.encode = fail  # type: ignore[method-assign, assignment]
    result = use(create_server(context), "ask", question=JOBS)
    assert result.is_error
    assert "log says more" in text_of(result)
    assert "MCP ask failed: RuntimeError" in caplog.text
    assert JOBS not in caplog.text


@pytest.mark.parametrize("mode", MODES)
def test_progress_is_reported_to_who_wants_to_know(server: Server[Any], mode: str) -> None:
    seen: list[tuple[float, str | None]] = []

    async def follow(progress: float, total: float | None, message: str | None) -> None:
        assert total is None
        seen.append((progress, message))

    async def ask(client: Client) -> Any:
        return await client.call_tool("ask", {"question": JOBS}, progress_callback=follow)

    assert not talk(server, ask, mode).is_error
    assert seen == [(1, "Looking through 3 documents")]


def test_while_the_index_is_built_a_call_that_is_followed_waits(
    build_context: BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are told to come again."""
    monkeypatch.setattr("api.mcp.call._LOOK_SECONDS", 0.02)
    built = threading.Event()
    context = build_context()
    service = context.collections.everything.only.backend.live.service

    def opened() -> Service:
        if not built.is_set():
            raise StoreError("There is no index yet.")
        return service

    def rebuild(progress: Progress) -> Mapping[str, object]:
        progress("embedding paragraphs", 3, 8)
        built.wait(30)
        return {}

    live = LiveService((), opened)
    whole = context.collections.everything.only.backend
    backend = replace(whole, live=live, rebuilds=Rebuilds(rebuild))
    seen: list[str | None] = []

    async def follow(progress: float, total: float | None, message: str | None) -> None:
        assert (progress, total) == (len(seen) + 1, None)
        seen.append(message)
        if len(seen) == 2:
            built.set()
            live.refresh()

    async def ask(client: Client) -> Any:
        backend.rebuilds.start_rebuild()
        refused = await client.call_tool("ask", {"question": JOBS})
        assert refused.is_error
        assert "being built (embedding paragraphs, 3 of 8)" in text_of(refused)
        return await client.call_tool("ask", {"question": JOBS}, progress_callback=follow)

    try:
        server = create_server(replace(context, collections=Collections.of_one(backend)))
        assert not talk(server, ask, "legacy").is_error
    finally:
        built.set()
    assert seen[0] == "The index is being built: embedding paragraphs, 3 of 8"
    assert seen[-1] == "Looking through 3 documents"


@pytest.mark.parametrize("mode", MODES)
def test_a_call_that_is_cancelled_before_it_begins_is_not_done(
    build_context: BuildContext, mode: str
) -> None:
    entered, opened = threading.Semaphore(0), threading.Event()
    asked: list[str] = []
    context = build_context(threads=1)
    encoder = context.collections.everything.only.backend.live.service.generation.encoder
    encode = encoder.encode

    def gated(question: str) -> Any:
        asked.append(question)
        entered.release()
        opened.wait(30)
        return encode(question)

    encoder.encode = gated  # type: ignore[method-assign]

    async def cancel(client: Client) -> Any:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "ask", {"question": JOBS})
            await asyncio.to_thread(entered.acquire)
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(client.call_tool, "ask", {"question": "How many parks?"})
                await until_taken(context.workers, 2)
                waiting.cancel_scope.cancel()
            await until_taken(context.workers, 1)
            opened.set()
        return await client.call_tool("ask", {"question": UNKNOWN})

    try:
        assert not talk(create_server(context), cancel, mode).is_error
    finally:
        opened.set()
    assert "How many parks?" not in asked
    assert asked[0] == JOBS
