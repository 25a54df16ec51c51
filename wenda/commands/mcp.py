"""`wenda mcp`: the MCP server for an agent that starts it as a program of its own."""

import asyncio
import signal
from collections.abc import Sequence

from api import ServerMetrics
from api.context import api_context
from api.mcp.stdio import serve_stdio
from rag.serving.collections import Collections
from wenda.commands.serve import Companion, accompany, options
from wenda.composition.serving import open_collections
from wenda.runtime.follower import follow_indexes, open_or_build
from wenda.settings import Settings


def serve_agent(settings: Settings, *, companions: Sequence[Companion] = ()) -> None:
    """Serves on standard input and output until the former ends.

    Without an index one is built, in the background. Raises StoreError when the home cannot be
    written.
    """
    # There is nothing to save; and a thread that waits for input would delay an orderly exit.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with open_collections(settings) as collections:
        asyncio.run(_run(settings, collections, companions))


async def _run(
    settings: Settings, collections: Collections, companions: Sequence[Companion]
) -> None:
    context = api_context(collections, options(settings), ServerMetrics())
    await open_or_build(collections)
    beside = [
        asyncio.create_task(follow_indexes(collections)),
        *(asyncio.create_task(accompany(companion, collections)) for companion in companions),
    ]
    try:
        await serve_stdio(context)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        context.close()
