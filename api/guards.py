"""Who may call a route: dependencies of routes, which ask the gatekeeper of the application."""

from typing import Annotated, Any

from fastapi import Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from api.access.gatekeeper import Gatekeeper
from api.context import context_of

_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False)
Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBearer(auto_error=False, description="An API key, or the admin token.")),
]
KeyHeader = Annotated[str | None, Security(_HEADER)]


async def may_ask(request: Request, bearer: Bearer, key: KeyHeader) -> None:
    """For questions, with a key where the server has keys."""
    await context_of(request).gatekeeper.let_ask(request, _token(bearer) or key)


async def may_read(request: Request, bearer: Bearer, key: KeyHeader) -> None:
    """For requests that cost less than a question, with a key too."""
    await context_of(request).gatekeeper.let_read(request, _token(bearer) or key)


async def may_measure(request: Request, bearer: Bearer, key: KeyHeader) -> None:
    """For metrics of the whole server."""
    if context_of(request).gatekeeper.guards_figures:
        await may_manage(request, bearer)
    else:
        await may_read(request, bearer, key)


async def may_administer(request: Request, bearer: Bearer) -> None:
    """For costly work that needs the admin token."""
    await context_of(request).gatekeeper.let_administer(request, _token(bearer))


async def may_manage(request: Request, bearer: Bearer) -> None:
    """For work that needs the admin token and takes many requests."""
    await context_of(request).gatekeeper.let_manage(request, _token(bearer))


def _token(bearer: HTTPAuthorizationCredentials | None) -> str | None:
    return bearer.credentials if bearer is not None else None


def leave_needed_keys(described: dict[str, Any], gatekeeper: Gatekeeper) -> None:
    """Takes keys out of an OpenAPI description where they open nothing."""
    name = _HEADER.scheme_name
    if not gatekeeper.knows_keys:
        described["components"]["securitySchemes"].pop(name, None)
    for path, operations in described["paths"].items():
        for operation in operations.values():
            if {name: []} not in operation.get("security", ()):
                continue
            if not gatekeeper.knows_keys:
                del operation["security"]
            elif gatekeeper.guards_figures and path == "/metrics":
                operation["security"].remove({name: []})
