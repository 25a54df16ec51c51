"""Keeps the index of a running process open and current."""

import asyncio
import logging

from rag.errors import StoreError
from rag.memory import give_back
from rag.serving.backend import Backend
from rag.serving.live import LiveService

_LOGGER = logging.getLogger(__name__)
#: Seconds between two looks for a new generation.
_LOOK_SECONDS = 1.0


async def open_or_build(backend: Backend) -> None:
    """Opens the index. Where none can be served, starts building one in the background.

    None can be served when there is none yet, and when the one there is of an older format, of
    another model, or damaged.
    """
    await asyncio.to_thread(backend.live.refresh)
    if not _is_open(backend.live):
        backend.rebuilds.start_rebuild()


async def follow_index(live: LiveService) -> None:
    """Swaps in what is published, by this process or another, until it is cancelled."""
    while True:
        try:
            swapped = await asyncio.to_thread(live.refresh)
        except Exception:
            swapped = False
            _LOGGER.exception("The index could not be looked for")
        await asyncio.sleep(_LOOK_SECONDS)
        if swapped:  # by now nobody is left who began with the old one
            await asyncio.to_thread(give_back)


def _is_open(live: LiveService) -> bool:
    try:
        return bool(live.service)
    except StoreError:
        return False
