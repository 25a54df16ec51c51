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

from api import website
from api.access import Access
from api.bodies import Bodies
from api.front import Front
from api.hosts import TrustedHosts
from api.metrics import Metrics
from api.options import Options
from api.parts import Parts
from api.problems import MEDIA_TYPE, Problem, Refusal, answer_error
from api.rates import Rates
from api.routes import asking, chat, documents, feedback, health, index
from api.searches import Searches
from rag.errors import WendaError
from rag.serving.feedback import FeedbackStore
from rag.serving.live import Serving
from rag.serving.rebuilds import Rebuilds

#: Seconds between two looks at the rebuilds.
_LOOK = 1.0
_DESCRIPTION = (
    "Answers questions from a folder of documents, and proves every answer with the exact "
    "sentence it came from. Errors are RFC 9457 problem details; their code is for programs, "
    "their detail says what to do next."
)


def create_app(
    serving: Serving,
    rebuilds: Rebuilds,
    feedback: FeedbackStore,
    options: Options,
    *,
    metrics: Metrics | None = None,
    bot_state: Callable[[], str] = lambda: "off",
    closing: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The application. It opens nothing; `serving` is refreshed by whoever runs it.

    `closing` tells that the server is about to end, so that streams end too. Raises
    SettingsError for options that cannot be used.
    """
    metrics = metrics or Metrics()
    metrics.follow(serving)
    parts = Parts(
        serving=serving,
        rebuilds=rebuilds,
        feedback=feedback,
        options=options,
        access=Access(options.api_keys, options.admin_token, Rates(options.rate_limit)),
        searches=Searches(options.threads, options.queue, options.seconds, metrics),
        metrics=metrics,
        bot_state=bot_state,
        closing=closing,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(_count_rebuilds(parts))
        yield
        watching.cancel()
        parts.searches.close()

    app = _Application(
        title="Wenda",
        version=options.version,
        description=_DESCRIPTION,
        docs_url=None,  # they fetch scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        middleware=_layers(options, metrics),
        routes=website.routes(options.page),
        responses={"default": {"model": Problem}},
        generate_unique_id_function=lambda route: route.name,
    )
    for error in (Refusal, WendaError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, answer_error)
    for routes in _routers(parts):
        app.include_router(routes)
    return app


async def _count_rebuilds(parts: Parts) -> None:
    """Whoever started them: the API, the bot, or the server itself."""
    while True:
        parts.metrics.look(parts.rebuilds)
        await asyncio.sleep(_LOOK)


def _routers(parts: Parts) -> list[APIRouter]:
    modules = (asking, documents, index, feedback, health, chat)
    return [module.router(parts) for module in modules]


def _layers(options: Options, metrics: Metrics) -> list[Middleware]:
    """From the outside to the inside."""
    layers = [Middleware(Front, metrics=metrics)]
    if options.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=options.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "X-API-Key"],
                expose_headers=["Location", "Retry-After"],
            )
        )
    layers.append(Middleware(TrustedHosts, names=options.trusted_hosts))
    layers.append(Middleware(Bodies, most=options.body_bytes, seconds=options.body_seconds))
    return layers


class _Application(FastAPI):
    """Describes its errors with the media type they have."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        for path in described["paths"].values():
            for operation in path.values():
                content = operation["responses"]["default"]["content"]
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return described
