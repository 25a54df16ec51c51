"""The route of MCP over HTTP, with the keys and limits of the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.context import ApiContext, context_of
from api.guards import may_read
from api.http.problems import Refusal
from rag.extras import require

#: What a browser's client sends besides.
HEADERS = ("Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "Last-Event-ID")
_FOREIGN = (
    "Pages of this site may not ask here. Add it to WENDA_CORS_ORIGINS of the server, if they are "
    "to."
)


async def _check_origin(request: Request) -> None:
    """Refuses pages of other sites, as the protocol demands."""
    origin = request.headers.get("origin")
    allowed = context_of(request).options.cors_origins
    if origin is None or origin in allowed or "*" in allowed:
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise Refusal(403, "foreign_origin", _FOREIGN)


router = APIRouter(dependencies=[Depends(_check_origin), Depends(may_read)])


@router.post("/mcp", include_in_schema=False)
async def take_message(request: Request) -> Response:
    """Passes a message of an agent on to the MCP server."""
    door: Door = request.app.state.mcp_door
    return _PassedOn(await door.opened())


class Door:
    """The MCP server of an application, its `state.mcp_door`: opened with the first request, for
    which the package `mcp` is loaded, and closed with the application.
    """

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._opening: asyncio.Task[ASGIApp] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    @asynccontextmanager
    async def kept_open(self) -> AsyncIterator[None]:
        yield
        self._closed.set()
        if self._serving is not None:
            await self._serving

    async def opened(self) -> ASGIApp:
        """The application. Raises ExtraError where the package is not installed."""
        require("mcp")
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    async def _open(self) -> ASGIApp:
        # In a thread: it takes half a second.
        module = await asyncio.to_thread(import_module, "api.mcp.http")
        ready: asyncio.Future[ASGIApp] = asyncio.get_running_loop().create_future()

        async def serve() -> None:
            async with module.http_server(self._context) as app:
                ready.set_result(app)
                await self._closed.wait()

        self._serving = asyncio.create_task(serve())
        return await ready


class _PassedOn(Response):
    """A response that another application sends."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
