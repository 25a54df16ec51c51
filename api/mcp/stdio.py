"""The MCP server on standard input and output, for an agent that starts it."""

from mcp.server.stdio import stdio_server

from api.context import ApiContext
from api.mcp.server import create_server


async def serve_stdio(context: ApiContext) -> None:
    """Serves until standard input ends. Meanwhile what else is printed goes to standard error."""
    server = create_server(context)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
