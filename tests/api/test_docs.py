"""The examples of docs/api.md, run in its order against the real server."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI, UnprocessableEntityError

from tests.api.live import Server, serving, until

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
TOKEN = "a token for the test"  # noqa: S105 - of a server that lives for a test

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Server]:
    """`wenda serve` on our own documents; it builds the index itself."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "home").mkdir()
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("wenda") / "vectors.cache"
    if kept.is_file():
        shutil.copyfile(kept, folder / "home" / kept.name)
    models = os.environ.get("WENDA_MODELS")
    given = {"ADMIN_TOKEN": TOKEN, "UPLOADS": "given", "RATE_LIMIT": "off"}
    given |= {"MODELS": models} if models else {}
    with serving(folder, "wenda", "serve", settings=given, building=900) as server:
        yield server


def agrees(shown: object, found: object) -> bool:
    """Whether the response has what the document shows; `…` stands for any words."""
    match shown:
        case dict():
            return isinstance(found, dict) and all(
                name in found and agrees(value, found[name]) for name, value in shown.items()
            )
        case list():
            return (
                isinstance(found, list)
                and len(found) >= len(shown)
                and all(map(agrees, shown, found))
            )
        case str():
            words = map(re.escape, shown.split("…"))
            return isinstance(found, str) and bool(re.fullmatch(".*".join(words), found, re.DOTALL))
        case bool() | None:
            return shown is found
    return isinstance(found, int | float) and not isinstance(found, bool)


def has_looked(job: dict[str, Any]) -> bool:
    """Whether a rebuild that changed nothing has ended."""
    return job["state"] == "done" and job["report"]["written"] is False


def test_the_examples_give_what_the_document_shows(server: Server) -> None:
    # The first index is served a moment before its build has ended; then the watcher looks once.
    until(lambda: has_looked(server.get("index").json()["job"]), 300)
    blocks = BLOCK.findall(DOCUMENT)
    # One shell for all: an example may use what an earlier one has set.
    script = "set -e\n"
    shown = []
    for (kind, code), (next_kind, result) in pairwise(blocks):
        if kind == "sh":
            assert next_kind == "json", code
            script += f"{code}\nprintf '\\n\\0'\n"
            shown.append((code, json.loads(result)))
            if "index/rebuild" in code:
                script += "sleep 1\n"
    environment = {**os.environ, "WENDA": server.url.rstrip("/"), "WENDA_ADMIN_TOKEN": TOKEN}
    ran = subprocess.run(
        ["bash", "-c", script], capture_output=True, env=environment, timeout=300, check=False
    )
    said = ran.stdout.decode().split("\0")[:-1]
    assert len(said) == len(shown) >= 14, ran.stderr.decode()
    for (code, expected), found in zip(shown, said, strict=True):
        assert agrees(expected, json.loads(found)), f"{code}\ngave\n{found}"


def test_every_route_of_the_description_is_in_the_document(server: Server) -> None:
    for path in server.get("openapi.json").json()["paths"]:
        named = path.partition("/{")[0]
        assert named in DOCUMENT, path


def test_the_python_example_prints_the_answer(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = [code for kind, code in BLOCK.findall(DOCUMENT) if kind == "python"]
    exec(code, {"WENDA": server.url.rstrip("/")})  # noqa: S102 - the document's own
    assert capsys.readouterr().out.count("11331人") == 2


def test_the_official_client_streams_with_citations(server: Server) -> None:
    with OpenAI(base_url=f"{server.url}v1", api_key="any") as client:
        assert [model.id for model in client.models.list()] == ["wenda"]
        text, last = "", None
        stream = client.chat.completions.create(
            model="wenda",
            messages=[
                {"role": "user", "content": "How many job fairs did Linhe hold by October?"},
                {"role": "assistant", "content": "33 [1]"},
                {"role": "user", "content": "And in Taobei?"},
            ],
            stream=True,
            stream_options={"include_usage": True},
        )
        for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
                if choice.finish_reason:
                    last = chunk
        assert "590场" in text
        assert "[1]" in text
        assert last is not None
        assert last.model_extra is not None
        assert "590场" in last.model_extra["wenda"]["citations"][0]["quote"]


def test_the_official_client_gets_errors_as_its_own(server: Server) -> None:
    with OpenAI(base_url=f"{server.url}v1", api_key="any", max_retries=0) as client:
        with pytest.raises(UnprocessableEntityError) as caught:
            client.chat.completions.create(
                model="wenda", messages=[{"role": "user", "content": "？"}]
            )
        assert caught.value.code == "question"
        assert "no word" in caught.value.message
