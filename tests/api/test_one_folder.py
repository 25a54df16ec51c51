"""A server of one folder has nothing of collections: no field, no parameter, no word."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rag.answering.answer import OF_COLLECTIONS
from tests.api.collections.conftest import mcp_messages
from tests.api.conftest import JOBS, UNKNOWN, Site

CHAT = {"messages": [{"role": "user", "content": JOBS}]}


def names_in(content: Any) -> Iterator[str]:
    """Every name in plain data."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield name
            yield from names_in(value)
    elif isinstance(content, list):
        for each in content:
            yield from names_in(each)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ask", {"question": JOBS}),
        ("/ask", {"question": UNKNOWN}),
        ("/ask", {"question": "Which documents do you have?"}),
        (f"/ask?q={JOBS}", None),
        (f"/passages?q={JOBS}", None),
        ("/documents", None),
        ("/index", None),
        ("/v1/models", None),
        ("/v1/chat/completions", CHAT),
        ("/openapi.json", None),
    ],
)
def test_no_response_has_them(shared_site: Site, path: str, body: Any) -> None:
    client = shared_site.client
    response = client.post(path, body) if body else client.get(path)
    assert response.status_code == 200
    found = response.json()
    assert OF_COLLECTIONS.isdisjoint(names_in(found))
    assert '"collection"' not in response.text
    for document in found.get("documents", []):
        whole = client.get(f"/documents/{document['id']}").json()
        assert OF_COLLECTIONS.isdisjoint(names_in(whole))


def test_no_tool_has_them(shared_site: Site) -> None:
    calls = [
        ("tools/list", {}),
        ("tools/call", {"name": "ask", "arguments": {"question": JOBS}}),
        ("tools/call", {"name": "search_passages", "arguments": {"query": JOBS}}),
        ("tools/call", {"name": "list_documents", "arguments": {}}),
    ]
    for said in mcp_messages(shared_site.app, shared_site.client, {}, *calls):
        (data,) = [line for line in said.splitlines() if line.startswith("data:")]
        found = json.loads(data.removeprefix("data:"))["result"]
        assert OF_COLLECTIONS.isdisjoint(names_in(found))
        assert "Unsearched" not in said
