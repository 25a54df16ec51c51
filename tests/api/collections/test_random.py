"""2,000 random requests by five keys over three collections: no answer from where it may not be."""

import asyncio
import json
import random
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.api.collections.conftest import (
    IDS,
    KEY_HOLDERS,
    MARKS,
    PEOPLE,
    QUESTIONS,
    TEXTS,
    Office,
    leaks,
)

pytestmark = pytest.mark.slow

REQUESTS = 2_000
AT_ONCE = 20


def some_request(dice: random.Random) -> tuple[str, str, Any]:
    """A request as anybody may send it: any question, any id, any choice of collections."""
    names = [*TEXTS, "nothing-of-that-name", ""]
    chosen = dice.sample(names, dice.choice([0, 0, 1, 1, 2]))
    question = dice.choice([text for texts in QUESTIONS.values() for text in texts])
    identity = dice.choice([identity for ids in IDS.values() for identity in ids])
    query = "".join(f"&collection={name}" for name in chosen)
    history = [{"question": dice.choice(QUESTIONS[name]), "answer": None} for name in TEXTS]
    body = {"question": question, "collection": chosen}
    chat = [{"role": "user", "content": question}]
    call = {"name": "ask", "arguments": {"question": question, "collection": chosen}}
    return dice.choice(
        [
            ("GET", f"/ask?q={question}{query}", None),
            ("POST", "/ask", body),
            ("POST", "/ask", {**body, "history": dice.sample(history, 1)}),
            ("GET", f"/passages?q={question}&top_k=20{query}", None),
            ("GET", f"/documents/{identity}?{query[1:]}", None),
            ("GET", f"/documents?limit={dice.randint(1, 9)}{query}", None),
            ("GET", f"/documents?q={dice.choice(list(MARKS.values()))}{query}", None),
            ("GET", f"/index?{query[1:]}", None),
            ("GET", f"/examples?{query[1:]}", None),
            ("POST", "/v1/chat/completions", {"messages": chat, "collection": chosen}),
            (
                "POST",
                "/v1/chat/completions",
                {"messages": chat, "model": f"wenda/{dice.choice(names)}"},
            ),
            ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}),
        ]
    )


def test_no_answer_comes_from_where_it_may_not(office: Office) -> None:
    dice = random.Random(20)  # noqa: S311 - nothing secret
    seen: Counter[tuple[str, str]] = Counter()
    sent = [(dice.choice(KEY_HOLDERS), *some_request(dice)) for _ in range(REQUESTS)]

    async def one(client: httpx.AsyncClient, who: str, method: str, path: str, body: Any) -> None:
        headers = {**PEOPLE[who].headers, "Accept": "application/json, text/event-stream"}
        response = await client.request(method, path, json=body, headers=headers)
        assert response.status_code in (200, 404), response.text
        # What a request says itself may be said back.
        said = json.dumps(body or {}, ensure_ascii=False) + str(httpx.URL(path).params) + path
        told = response.text
        for text in [text for texts in QUESTIONS.values() for text in texts]:
            told = told.replace(text, "")
        told = told.replace(path.partition("?")[0], "") if response.status_code == 404 else told
        assert leaks(told, PEOPLE[who].sees) == [], (who, said, told)
        seen.update((who, name) for name, mark in MARKS.items() if mark in told)

    async def all_of_them() -> None:
        transport = httpx.ASGITransport(office.app, client=("203.0.113.7", 5))
        async with (
            office.app.router.lifespan_context(office.app),
            httpx.AsyncClient(transport=transport, base_url="http://wenda") as client,
        ):
            for at in range(0, REQUESTS, AT_ONCE):
                await asyncio.gather(*(one(client, *each) for each in sent[at : at + AT_ONCE]))

    asyncio.run(all_of_them())
    # Everybody did get something of all that they may see, and often.
    for who in KEY_HOLDERS:
        for name in PEOPLE[who].sees:
            assert seen[who, name] > 20, (who, name, seen)
