"""The MCP server over streamable HTTP, without sessions: each request stands by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import ASGIApp

from api.context import ApiContext
from api.mcp.server import create_server


@asynccontextmanager
async def http_server(context: ApiContext) -> AsyncIterator[ASGIApp]:
    """The ASGI application; its requests end with the context manager."""
    manager = StreamableHTTPSessionManager(create_server(context), stateless=True)
    async with manager.run():
        yield manager.asgi_app
