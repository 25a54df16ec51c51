"""The transcript of docs/mcp.md, replayed with `wenda mcp` as an agent starts it."""

import asyncio
import json
import os
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import TextContent

from api.mcp.tools import TOOLS

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.model


def transcript() -> list[tuple[str, dict[str, object], str]]:
    """Each call with the text that its answer shows."""
    found = []
    for (kind, call), (next_kind, shown) in pairwise(BLOCK.findall(DOCUMENT)):
        if kind == "json" and next_kind == "text":
            said = json.loads(call)
            found.append((said["tool"], said["arguments"], shown.strip()))
    return found


def test_the_transcript_is_what_is_said(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("wenda") / "vectors.cache"
    if kept.is_file():
        shutil.copyfile(kept, tmp_path / "home" / kept.name)
    models = os.environ.get("WENDA_MODELS")
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "wenda", "mcp", "--seeds", "seeds", "--home", "home"],
        env={
            "PYTHONPATH": str(ROOT),
            **({"WENDA_MODELS": models} if models else {}),
        },
        cwd=tmp_path,
    )
    calls = transcript()
    assert {name for name, _, _ in calls} == set(TOOLS)

    async def replay() -> None:
        building: list[str | None] = []

        async def follow(progress: float, total: float | None, message: str | None) -> None:
            assert (progress, total) == (len(building) + 1, None)
            building.append(message)

        async with Client(program) as client:
            # The first call waits for the index, which is built meanwhile.
            first = await client.call_tool("list_documents", {}, progress_callback=follow)
            assert not first.is_error
            assert any("being built" in (said or "") for said in building)
            for name, given, shown in calls:
                (said,) = (await client.call_tool(name, dict(given))).content
                assert isinstance(said, TextContent)
                pattern = ".*".join(map(re.escape, shown.split("…")))
                assert re.fullmatch(pattern, said.text, re.DOTALL), f"{given}\ngave\n{said.text}"

    asyncio.run(replay())
