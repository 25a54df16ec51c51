"""Generations on disk: written aside, published at once, verified when opened."""

import logging
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from rag.durable import replace_file, sync, write_synced
from rag.errors import StoreError
from rag.index.manifest import (
    MANIFEST,
    SEEN,
    Manifest,
    Seen,
    digest_of_file,
    everything,
    verified,
)
from rag.processors import usable_processors

_LOGGER = logging.getLogger(__name__)
_SCRATCH = ".building-"
_AGAIN = "Build the index: wenda index"
_TIME = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{4}")


class Store:
    """The home folder: which generation is live, and how the next one gets there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._generations = home / "generations"
        self.current_file = home / "CURRENT"
        self._rejected_file = home / "REJECTED"

    def folder(self, name: str) -> Path:
        """Where a generation is."""
        return self._generations / name

    @property
    def embedding_cache(self) -> Path:
        return self.home / "vectors.cache"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock. Raises StoreError when another process has it."""
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.home / "lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise StoreError(
                f"Another process is building the index in {self.home}. Wait until it is done."
            ) from error
        except OSError as error:
            raise StoreError(
                f"The folder {self.home} cannot be written ({error.strerror or error}). "
                "Give the account that runs Wenda the right to write it, or set WENDA_HOME."
            ) from error
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise StoreError(
                f"The index in {self.home} could not be written ({reason}). "
                "The previous index, if any, stays in use. Free some space or mend the disk, "
                "then run wenda index again; what was embedded is kept."
            ) from error
        finally:
            try:
                self._collect()
            finally:
                lock.release()

    def scratch(self) -> Path:
        """A new folder to write the next generation into. Call it while writing."""
        folder = self._generations / f"{_SCRATCH}{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    def publish(self, scratch: Path, manifest: Manifest) -> Manifest:
        """Makes the finished folder the live generation, durably and at once.

        The manifest may name files that were taken over, with their digests; it gets the others.
        """
        paths = sorted(scratch.iterdir())
        new = [path for path in paths if path.name not in manifest.files]
        with ThreadPoolExecutor(usable_processors()) as threads:
            synced = threads.map(sync, paths)
            digests = threads.map(digest_of_file, new)
            manifest.files.update(zip((path.name for path in new), digests, strict=True))
            list(synced)
        write_synced(scratch / MANIFEST, manifest.to_json())
        sync(scratch)
        folder = self.folder(manifest.name)
        scratch.replace(folder)
        sync(self._generations)
        rejected = self.rejected()
        self._switch(manifest.name)
        if rejected is not None:
            shutil.rmtree(rejected, ignore_errors=True)
        self._rejected_file.unlink(missing_ok=True)
        Seen(folder).save(manifest.files)
        return manifest

    def rollback(self) -> Manifest:
        """Makes the generation before the live one live again; the next build replaces it.

        The one that was live is kept until then, as `rejected`. Raises StoreError when there is no
        sound one before, or another process is building.
        """
        with self.writing():
            live, *earlier = self._names() or [""]
            for name in earlier:
                try:
                    manifest = verified(self.folder(name))
                except StoreError as error:
                    _LOGGER.warning("%s", error)
                    continue
                write_synced(self._rejected_file, live + "\n")
                self._switch(name)
                return manifest
        raise StoreError(f"There is no earlier index in {self.home} to go back to. {_AGAIN}")

    def check_foreign(self, folder: Path, name: str) -> None:
        """Raises StoreError unless a folder from elsewhere is the whole generation of that name."""
        manifest = verified(folder, deep=everything)
        files = {path.name for path in folder.iterdir()} - {MANIFEST}
        if manifest.name != name or not _NAME.fullmatch(name) or files != manifest.files.keys():
            raise StoreError(f"The index {name[:60]!r} is damaged: its files are not its own.")

    def adopt(self, folder: Path, name: str) -> None:
        """Makes the generation in a folder, which was checked, the live one, while writing."""
        sync(folder)
        folder.replace(self.folder(name))
        sync(self._generations)
        self._switch(name)

    def _switch(self, name: str) -> None:
        replace_file(self.current_file, name + "\n")

    def generations(self) -> list[str]:
        """Names, the live one first, then those before it from new to old."""
        return self._names()

    def current(self) -> tuple[Path, Manifest]:
        """The live generation's folder, verified; a damaged one is passed over for the one before.

        Raises StoreError when there is none that can be used.
        """
        names = self._names()
        if not names:
            raise StoreError(f"There is no index in {self.home} yet. {_AGAIN}")
        problems = []
        for name in names:
            folder = self._generations / name
            try:
                manifest = verified(folder)
            except StoreError as error:
                _LOGGER.warning("%s", error)
                problems.append(str(error))
            else:
                return folder, manifest
        raise StoreError(f"{problems[0]} No earlier index is left. {_AGAIN} --full")

    def next_to_remove(self, name: str) -> tuple[Path, Manifest] | None:
        """The sound generation before the named one, which the next publication removes, if any."""
        for earlier in (each for each in self._names() if each < name):
            with suppress(StoreError):
                return self.folder(earlier), verified(self.folder(earlier))
        return None

    def live_name(self) -> str:
        """The name of the generation that was last switched to; empty when there is none."""
        return _line_of(self.current_file)

    def rejected(self) -> Path | None:
        """The folder of the generation that was rolled back from, until the next is published."""
        name = _line_of(self._rejected_file)
        is_newer = name in self._all_names() and name > self.live_name()
        return self.folder(name) if is_newer else None

    def new_name(self) -> str:
        """A name that sorts after all names in use, even where the clock was set back."""
        now = datetime.now(UTC)
        for name in self._all_names():
            with suppress(ValueError):  # a folder that somebody else made
                last = datetime.strptime(name.partition("-")[0], _TIME).replace(tzinfo=UTC)
                now = max(now, last + timedelta(microseconds=1))
        return f"{now:{_TIME}}-{secrets.token_hex(2)}"

    def _names(self) -> list[str]:
        """The live generation first, then those before it from new to old."""
        found = self._all_names()
        live = self.live_name()
        if live not in found:
            return found
        # A newer generation was never switched to, or was rolled back from.
        return [live, *(name for name in found if name < live)]

    def _all_names(self) -> list[str]:
        """All generations, from new to old."""
        try:
            folders = [path for path in self._generations.iterdir() if path.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                f"The index folder {self.home} cannot be read ({error.strerror or error}). "
                "Name another with --home or WENDA_HOME, or make it readable."
            ) from error
        return sorted((path.name for path in folders if path.name[0] != "."), reverse=True)

    def _collect(self) -> None:
        """Removes the remains of killed builds, and all but the last generations."""
        live, *earlier = self._names() or [""]
        sound = (name for name in earlier if _is_sound(self._generations / name))
        rejected = self.rejected()
        kept = {live, next(sound, ""), rejected.name if rejected is not None else ""}
        for folder in self._generations.iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
        for note in (self.home / SEEN).glob("*"):
            if note.stem not in kept:
                note.unlink(missing_ok=True)


def _line_of(path: Path) -> str:
    """What a file says in its only line; nothing where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_sound(folder: Path) -> bool:
    try:
        verified(folder)
    except StoreError:
        return False
    return True
