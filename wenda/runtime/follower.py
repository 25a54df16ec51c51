"""Keeps the index of a running process open and current."""

import asyncio
import logging
from collections.abc import Sequence

from rag.errors import StoreError
from rag.memory import give_back
from rag.serving.collections import Collections
from rag.serving.live import LiveService

_LOGGER = logging.getLogger(__name__)
#: Seconds between two looks for a new generation.
_LOOK_SECONDS = 1.0


async def open_or_build(collections: Collections) -> None:
    """Opens the indexes. Where one cannot be served, starts building it in the background.

    None can be served when there is none yet, and when the one there is of an older format, of
    another model, or damaged.
    """
    for backend in collections.everything.backends:
        await asyncio.to_thread(backend.live.refresh)
        if not _is_open(backend.live):
            backend.rebuilds.start_rebuild()


async def follow_indexes(collections: Collections) -> None:
    """Swaps in what is published, by this process or another, until it is cancelled."""
    lives = [backend.live for backend in collections.everything.backends]
    while True:
        swapped = await asyncio.to_thread(_refreshed, lives)
        await asyncio.sleep(_LOOK_SECONDS)
        if swapped:  # by now nobody is left who began with the old one
            await asyncio.to_thread(give_back)


def _refreshed(lives: Sequence[LiveService]) -> bool:
    """Whether one of them was swapped in, after a look at each."""
    swapped = False
    for live in lives:
        try:
            swapped |= live.refresh()
        except Exception:
            _LOGGER.exception("The index could not be looked for")
    return swapped


def _is_open(live: LiveService) -> bool:
    try:
        return bool(live.service)
    except StoreError:
        return False
