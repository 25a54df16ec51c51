"""`wenda serve`: the API and the page, with whatever runs beside them, in one event loop."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import uvicorn
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import ApiOptions, ServerMetrics, create_app
from api.access.rate_limits import public_limits
from rag.errors import SettingsError
from rag.processors import usable_processors
from rag.serving.collections import Collections
from wenda import __version__
from wenda.composition.serving import open_collections
from wenda.runtime.connections import HEAD_BYTES, ImpatientProtocol
from wenda.runtime.follower import follow_indexes, open_or_build
from wenda.runtime.proxies import NamedUsers, check_proxies
from wenda.runtime.rights import follow_rights
from wenda.settings import Settings

_LOGGER = logging.getLogger(__name__)
#: Seconds that running requests have to finish after SIGTERM.
_GRACE = 30
#: Simultaneous connections; below the usual limit of open files.
_CONNECTIONS = 800
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")

#: Runs beside the server until it is cancelled. Its errors are logged, and the server goes on.
Companion = Callable[[Collections], Awaitable[None]]


def serve(
    settings: Settings,
    *,
    companions: Sequence[Companion] = (),
    bot_state: Callable[[], str] = lambda: "off",
    routes: Sequence[Route] = (),
    announce: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serves until SIGTERM or Ctrl-C, then lets running requests end.

    `routes` are served beside those of the API. `announce` gets the address once it is served.
    Without an index one is built, in the background.

    Raises SettingsError when the port is taken or a setting cannot be used, StoreError when the
    home cannot be written.
    """
    metrics = ServerMetrics()
    with open_collections(settings, watch=metrics.timing, with_pages=True) as collections:
        server = _Server(collections, settings, metrics, bot_state, routes)
        bound = listening(settings.host, settings.port)
        asyncio.run(_run(server, bound, collections, settings, companions, announce))


def options(settings: Settings) -> ApiOptions:
    """The API's options, from the settings."""
    keys = settings.api_keys.get_secret_value() if settings.api_keys else ""
    token = settings.admin_token.get_secret_value() if settings.admin_token else None
    hosts = _listed(settings.trusted_hosts)
    return ApiOptions(
        version=__version__,
        admin_token=token,
        api_keys=_listed(keys),
        rate_limit=settings.rate_limit,
        threads=settings.threads or usable_processors(),
        queue=settings.queue,
        seconds=settings.timeout,
        cors_origins=_listed(settings.cors_origins),
        user_header=settings.user_header,
        trusted_hosts=hosts or (_own_names(settings) if settings.host in _LOOPBACK else ()),
    )


def _own_names(settings: Settings) -> tuple[str, ...]:
    """The loopback names, and the names in the addresses of the proxy."""
    urls = (settings.public_url, settings.telegram_webhook_url)
    return *_LOOPBACK, *(name for url in urls if url and (name := urlsplit(url).hostname))


def _behind_proxies(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The application with what trusted proxies say of clients: their addresses, and users.

    Raises SettingsError where users would be believed from anywhere.
    """
    check_proxies(settings.user_header, settings.trusted_proxies)
    if not settings.trusted_proxies:
        return app
    forwarded = ProxyHeadersMiddleware(app, settings.trusted_proxies)  # type: ignore[arg-type]
    return NamedUsers(forwarded, forwarded.trusted_hosts, settings.user_header)  # type: ignore[arg-type]


class _Server(uvicorn.Server):
    """A uvicorn server that `_run` stops, open streams included."""

    def __init__(
        self,
        collections: Collections,
        settings: Settings,
        metrics: ServerMetrics,
        bot_state: Callable[[], str],
        routes: Sequence[Route],
    ) -> None:
        app = create_app(
            collections,
            options(settings),
            metrics=metrics,
            bot_state=bot_state,
            closing=lambda: self.should_exit,
        )
        app.router.routes[:0] = routes
        super().__init__(
            uvicorn.Config(
                _behind_proxies(app, settings),
                http=ImpatientProtocol,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,  # it would log the query, and so the question
                server_header=False,
                proxy_headers=False,
                root_path=settings.root_path,
                h11_max_incomplete_event_size=HEAD_BYTES,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=_GRACE,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: uvicorn would raise them again before anything is closed."""
        yield

    def stop(self) -> None:
        """Lets running requests finish and takes no more; called again, it aborts them."""
        self.force_exit = self.should_exit
        self.should_exit = True


async def _run(
    server: _Server,
    bound: socket.socket,
    collections: Collections,
    settings: Settings,
    companions: Sequence[Companion],
    announce: Callable[[str], None],
) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await open_or_build(collections)
    beside = [
        asyncio.create_task(follow_indexes(collections)),
        asyncio.create_task(follow_rights(settings, collections, public_limits)),
        *(asyncio.create_task(accompany(companion, collections)) for companion in companions),
    ]
    announce(_url(bound))
    try:
        await server.serve(sockets=[bound])
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def accompany(companion: Companion, collections: Collections) -> None:
    """Runs what is to run beside a server; its errors are logged."""
    try:
        await companion(collections)
    except Exception:
        _LOGGER.exception("What runs beside the server has failed")


def listening(host: str, port: int) -> socket.socket:
    """A listening socket on the address. Raises SettingsError when it cannot be bound."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # asyncio disables Nagle's algorithm only where the protocol is known; with it, answers on a
        # kept connection are sent 40 ms late.
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(1)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise SettingsError(
            f"The address {host}, port {port}, cannot be served ({error.strerror or error}). "
            "Stop the program that has it, or choose another: --port, --host, WENDA_PORT, "
            "WENDA_HOST."
        ) from error
    return bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - not bound
    return f"http://{f'[{shown}]' if ':' in shown and '[' not in shown else shown}:{port}/"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
