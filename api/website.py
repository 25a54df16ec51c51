"""The web page: its static files, and its HTML for requests that prefer HTML."""

import hashlib
import html
import json
import mimetypes
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.negotiation import HTML, prefers
from words import LANGUAGES, words_in

_INDEX = "index.html"
#: Browsers keep the files, and ask each time whether they have changed.
_REVALIDATED = b"no-cache"


def routes(folder: Path) -> list[BaseRoute]:
    """The page's routes, which come before all others; none if the folder has no page."""
    if not (folder / _INDEX).is_file():
        return []
    # Some systems map .js to a type that browsers refuse for modules.
    mimetypes.add_type("text/javascript", ".js")

    async def show(request: Request) -> HTMLResponse:
        """The HTML, with the proxy's root path before the addresses of its files."""
        root = html.escape(request.scope.get("root_path", ""))
        page = (folder / _INDEX).read_text(encoding="utf-8").replace('"page/', f'"{root}/page/')
        return HTMLResponse(
            page, headers={"Vary": "Accept", "Cache-Control": _REVALIDATED.decode()}
        )

    return [
        Route("/", show, include_in_schema=False),
        _BrowserRoute("/documents/{identity}", show, include_in_schema=False),
        _words_route(),
        Mount("/page", _Revalidated(StaticFiles(directory=folder))),
    ]


def _words_route() -> Route:
    """A script of what the page says in each language: its own words, and those around answers."""
    languages = {
        language: {
            "page": asdict(words.page),
            "answers": asdict(words.answers),
            "uploads": asdict(words.uploads),
        }
        for language in LANGUAGES
        for words in [words_in(language)]
    }
    script = f"export default {json.dumps(languages, ensure_ascii=False)};\n"
    headers = {
        "ETag": f'"{hashlib.sha256(script.encode()).hexdigest()[:32]}"',
        "Cache-Control": _REVALIDATED.decode(),
    }

    async def send_words(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(script, media_type="text/javascript", headers=headers)

    return Route("/page/words.js", send_words, include_in_schema=False)


class _BrowserRoute(Route):
    """Matches only requests that prefer HTML; others reach the API route of the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and not prefers(scope, HTML):
            return Match.NONE, {}
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL else (Match.NONE, {})


class _Revalidated:
    """Lets browsers keep files as long as they ask whether they have changed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", _REVALIDATED)]
            await send(message)

        await self._app(scope, receive, send_cached)
