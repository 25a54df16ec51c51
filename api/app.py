"""The REST API and the page as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from api import website
from api.chat import routes as chat
from api.context import ApiContext, api_context
from api.guards import leave_needed_keys
from api.http.body_limits import BodyLimits
from api.http.outer_layer import OuterLayer
from api.http.problems import MEDIA_TYPE, Problem, Refusal, handle_error
from api.http.trusted_hosts import TrustedHosts
from api.mcp import routes as mcp
from api.metrics import ServerMetrics
from api.options import ApiOptions
from api.routes import (
    asking,
    curated,
    documents,
    feedback,
    health,
    index,
    pages,
    review,
    uploads,
)
from api.schemas.unnamed import leave_out_collections
from rag.errors import WendaError
from rag.serving.collections import Collections

#: Seconds between two checks for rebuilds that have ended.
_CHECK_INTERVAL = 1.0
_DESCRIPTION = (
    "Answers questions from a folder of documents, and proves every answer with the exact "
    "sentence it came from. Errors are RFC 9457 problem details; their code is for programs, "
    "their detail says what to do next."
)


def _routes() -> list[BaseRoute]:
    """The routes of every application: what differs among them comes with a request's context."""
    together = APIRouter(
        responses={"default": {"model": Problem}},
        generate_unique_id_function=lambda route: route.name,
    )
    # The address of a document may be a path, so what is below one comes first.
    owners = (review, curated, uploads)
    for module in (asking, pages, documents, *owners, index, feedback, health, chat, mcp):
        together.include_router(module.router)
    return together.routes


#: Made once: FastAPI takes a twentieth of a second to look into them all.
_ROUTES = _routes()


def create_app(
    collections: Collections,
    options: ApiOptions,
    *,
    metrics: ServerMetrics | None = None,
    bot_state: Callable[[], str] = lambda: "off",
    closing: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The application. It opens no index; whoever runs it refreshes the indexes of the
    collections.

    `closing` says whether the server is about to end, so that open streams end too. Raises
    SettingsError for options that cannot work.
    """
    metrics = metrics or ServerMetrics()
    metrics.watch_indexes(collections.everything)
    for each in collections.everything.collections:
        if each.backend.writer is not None:
            each.backend.writer.note_outcome = metrics.count_written
    context = api_context(collections, options, metrics, bot_state=bot_state, closing=closing)

    app = _Application(
        title="Wenda",
        version=options.version,
        description=_DESCRIPTION,
        docs_url=None,  # they fetch scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
        middleware=_layers(options, metrics),
        routes=[*website.routes(options.page), *_ROUTES],
    )
    app.state.context = context
    app.state.mcp_door = mcp.Door(context)
    for error in (Refusal, WendaError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, handle_error)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What runs beside the requests; the pools end with it."""
    context: ApiContext = app.state.context
    watching = asyncio.create_task(_count_rebuilds(context))
    async with app.state.mcp_door.kept_open():
        yield
    watching.cancel()
    context.close()


async def _count_rebuilds(context: ApiContext) -> None:
    """Counts rebuilds, whether the API, the bot or the server itself started them."""
    while True:
        for backend in context.collections.everything.backends:
            context.metrics.count_rebuilds(backend.rebuilds)
        await asyncio.sleep(_CHECK_INTERVAL)


def _layers(options: ApiOptions, metrics: ServerMetrics) -> list[Middleware]:
    """The middleware, outermost first."""
    layers = [Middleware(OuterLayer, metrics=metrics)]
    if options.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=options.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "X-API-Key", *mcp.HEADERS],
                expose_headers=["Location", "Retry-After"],
            )
        )
    layers.append(Middleware(TrustedHosts, names=options.trusted_hosts))
    layers.append(
        Middleware(BodyLimits, max_bytes=options.body_bytes, seconds=options.body_seconds)
    )
    return layers


class _Application(FastAPI):
    """Its OpenAPI description has the media type of errors, and keys only where they are needed."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        leave_needed_keys(described, self.state.context.gatekeeper)
        if not self.state.context.collections.are_named:
            leave_out_collections(described)
        for path in described["paths"].values():
            for operation in path.values():
                content = operation["responses"]["default"]["content"]
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return described
