"""The page: static files, and its document for those who come with a browser."""

import html
import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.negotiation import HTML, prefers

_INDEX = "index.html"
#: What is fetched again only when it has changed, but asked after each time.
_CACHED = b"no-cache"


def routes(folder: Path) -> list[BaseRoute]:
    """The routes of the page, to come before all others; none when there is no page."""
    if not (folder / _INDEX).is_file():
        return []
    # Some systems have another idea of what a script is, and browsers then refuse it.
    mimetypes.add_type("text/javascript", ".js")

    async def show(request: Request) -> HTMLResponse:
        """The page with the addresses of its files as they are behind a proxy."""
        root = html.escape(request.scope.get("root_path", ""))
        page = (folder / _INDEX).read_text(encoding="utf-8").replace('"page/', f'"{root}/page/')
        return HTMLResponse(page, headers={"Vary": "Accept", "Cache-Control": _CACHED.decode()})

    return [
        Route("/", show, include_in_schema=False),
        _BrowserRoute("/documents/{identity}", show, include_in_schema=False),
        Mount("/page", _Cached(StaticFiles(directory=folder))),
    ]


class _BrowserRoute(Route):
    """Is there only for requests that want a page; others find the next route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and not prefers(scope, HTML):
            return Match.NONE, {}
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL else (Match.NONE, {})


class _Cached:
    """Lets a browser keep files, and ask whether they have changed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", _CACHED)]
            await send(message)

        await self._app(scope, receive, send_cached)
