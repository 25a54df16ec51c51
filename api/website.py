"""The web page: its static files, and its HTML for requests that prefer HTML."""

import hashlib
import html
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.negotiation import HTML, prefers
from words import LANGUAGES, kinds_in, reason_patterns, words_in

_INDEX, _WIDGET = "index.html", "widget.js"
#: Browsers keep the files, and ask each time whether they have changed.
_REVALIDATED = b"no-cache"
#: The words of the page that the widget uses.
_WIDGET_WORDS = (
    "name", "promise", "question", "placeholder", "ask", "asking", "absent", "absent_why", "close",
    "failed",
)  # fmt: skip
_WIDGET_PROBLEMS = ("invalid_request", "timeout", "busy", "rate_limited", "unavailable")


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
        *([_widget_route(folder)] if (folder / _WIDGET).is_file() else []),
        Mount("/page", _Revalidated(StaticFiles(directory=folder))),
    ]


def _words_route() -> Route:
    """A script of what the page says in each language: its own words, and those around answers."""
    languages = {
        language: {
            "page": asdict(words.page),
            "answers": asdict(words.answers),
            "uploads": asdict(words.uploads),
            "review": asdict(words.review),
            "curating": asdict(words.curating),
            "reasons": {"sentences": reason_patterns(language), "kinds": kinds_in(language)},
        }
        for language in LANGUAGES
        for words in [words_in(language)]
    }
    script = f"export default {json.dumps(languages, ensure_ascii=False)};\n"
    return _script_route("/page/words.js", script)


def _widget_route(folder: Path) -> Route:
    """The script that other sites load, with its words."""
    languages = {
        language: {
            **{name: getattr(page, name) for name in _WIDGET_WORDS},
            "did_you_mean": words_in(language).answers.did_you_mean,
            "problems": problems,
        }
        for language in LANGUAGES
        for page in [words_in(language).page]
        for problems in [{code: page.problems[code] for code in _WIDGET_PROBLEMS}]
    }
    script = (folder / _WIDGET).read_text(encoding="utf-8")
    said = json.dumps(languages, ensure_ascii=False)
    # Other sites may load nothing from this server but this.
    shared = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return _script_route("/widget.js", script.replace('"WORDS"', said, 1), shared)


def _script_route(path: str, script: str, more: Mapping[str, str] | None = None) -> Route:
    """A script that browsers keep until it changes."""
    headers = {
        "ETag": f'"{hashlib.sha256(script.encode()).hexdigest()[:32]}"',
        "Cache-Control": _REVALIDATED.decode(),
        **(more or {}),
    }

    async def send_script(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(script, media_type="text/javascript", headers=headers)

    return Route(path, send_script, include_in_schema=False)


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
