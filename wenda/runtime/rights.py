"""Rights that are changed while a process runs: the file of collections is followed."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rag.errors import SettingsError
from rag.serving.collections import Collection, Collections, Rights
from wenda.collections_file import CollectionEntry, read_entries
from wenda.settings import Settings

_LOGGER = logging.getLogger(__name__)
#: Seconds between two looks at the file.
_LOOK_SECONDS = 1.0

_Stamp = tuple[int, int, int] | None
#: Raises SettingsError for a rate limit, of the collection of a name, that cannot be used.
CheckLimit = Callable[[str, str], object]


class RightsFile:
    """The file of collections, read again when it changes.

    Titles, rights and limits are changed at once. A collection that is taken out, or whose folder
    is another, is seen by nobody but whoever runs the server, until a new start; so is not served
    what is new in the file.
    """

    def __init__(
        self, path: Path, collections: Collections, check_limit: CheckLimit = lambda *_: None
    ) -> None:
        """Raises SettingsError where the file cannot be used."""
        self._path = path
        self._check_limit = check_limit
        self._collections = collections
        self._seen = _stamp(path)
        self._folders = {each.name: each.folder for each in read_entries(path)}

    def refresh(self) -> bool:
        """Reads the file if it has changed; whether the rights are those of the file then.

        One that cannot be used whole changes nothing: the log says why.
        """
        stamp = _stamp(self._path)
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            entries = {each.name: each for each in read_entries(self._path)}
            for each in entries.values():
                self._check_limit(each.name, each.rate_limit)
        except SettingsError as error:
            _LOGGER.warning("The rights stay as they were. %s", error)
            return False
        self._collections.change_each(lambda one: self._changed(one, entries))
        later = [each.name for each in entries.values() if not self._is_served(each)]
        _LOGGER.info("The rights in %s were read again", self._path)
        if later:
            _LOGGER.warning("Start the server again to serve: %s", ", ".join(later))
        return True

    def _changed(self, one: Collection, entries: Mapping[str, CollectionEntry]) -> Collection:
        entry = entries.get(one.name)
        if entry is None or not self._is_served(entry):
            return replace(one, rights=Rights())
        facts = {"title": entry.title, "rights": entry.rights, "rate_limit": entry.rate_limit}
        return replace(one, **facts)  # type: ignore[arg-type]  # each as the field has it

    def _is_served(self, entry: CollectionEntry) -> bool:
        return self._folders.get(entry.name) == entry.folder


async def follow_rights(
    settings: Settings, collections: Collections, check_limit: CheckLimit = lambda *_: None
) -> None:
    """Follows the file of collections, where there is one, until it is cancelled."""
    if settings.collections is None:
        return
    file = RightsFile(settings.collections, collections, check_limit)
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            await asyncio.to_thread(file.refresh)
        except Exception:
            _LOGGER.exception("The rights could not be looked for")


def _stamp(path: Path) -> _Stamp:
    """What changes when a file is written or replaced; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
