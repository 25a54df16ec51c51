"""The MCP server in this process, over the small index of the API's tests."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp.server.lowlevel.server import Server

from api.context import ApiContext, api_context
from api.mcp.server import create_server
from api.metrics import ServerMetrics
from api.options import ApiOptions
from api.workers import WorkerPool
from rag.answering.service import Service
from rag.serving.collections import Collections
from tests.api.conftest import BuildSite, Site
from tests.fakes import CALIBRATION, open_index

#: The two generations of the protocol: a request by itself, and after a handshake.
MODES = ("auto", "legacy")
BuildContext = Callable[..., ApiContext]


@pytest.fixture
def build_context(home: Path, build: BuildSite) -> BuildContext:
    """Contexts without a server around them; options are given by name."""

    def make(service: Callable[[], Service] | None = None, **given: Any) -> ApiContext:
        site = build(home, service=service or (lambda: Service(open_index(home), CALIBRATION)))
        return _context(site, **given)

    return make


@pytest.fixture(scope="module")
def server(shared_site: Site) -> Server[Any]:
    """A server for tests that change nothing."""
    return create_server(_context(shared_site))


async def until_taken(workers: WorkerPool, places: int) -> None:
    """Waits until this number of a pool's places is taken."""
    async with asyncio.timeout(30):
        while workers._taken != places:  # noqa: ASYNC110, SLF001 - nobody is told
            await asyncio.sleep(0.01)


def _context(site: Site, **given: Any) -> ApiContext:
    options = ApiOptions(**{"version": "1.2", "rate_limit": "off", **given})
    return api_context(Collections.of_one(site.backend), options, ServerMetrics())
