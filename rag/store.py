"""Generations on disk: written aside, published at once, verified when opened."""

import hashlib
import json
import logging
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import StoreError

#: Raise it when what is written changes, or how documents are read; older indexes are rebuilt.
FORMAT = 2
_LOGGER = logging.getLogger(__name__)
_MANIFEST = "manifest.json"
_SCRATCH = ".building-"
_AGAIN = "Build the index: wenda index"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself. `files` gives the sha256 of every other file in it."""

    name: str
    created: str
    folder: str
    model: str
    fingerprint: str
    encoder: dict[str, object]
    counts: dict[str, int]
    skipped: list[dict[str, str]]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


class Store:
    """The home folder: which generation is live, and how the next one gets there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._generations = home / "generations"
        self.current_file = home / "CURRENT"

    @property
    def vector_cache(self) -> Path:
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
        """Makes the finished folder the live generation, durably and at once."""
        files = {}
        for path in sorted(scratch.iterdir()):
            files[path.name] = _sha256(path)
            _sync(path)
        manifest.files.update(files)
        facts = asdict(manifest)
        content = json.dumps({**facts, "sha256": _sha256_of(facts)}, ensure_ascii=False, indent=1)
        _write_synced(scratch / _MANIFEST, content)
        _sync(scratch)
        scratch.replace(self._generations / manifest.name)
        _sync(self._generations)
        new = self.home / "CURRENT.new"
        _write_synced(new, manifest.name + "\n")
        new.replace(self.current_file)
        _sync(self.home)
        return manifest

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
                manifest = _verified(folder)
            except StoreError as error:
                _LOGGER.warning("%s", error)
                problems.append(str(error))
            else:
                return folder, manifest
        raise StoreError(f"{problems[0]} No earlier index is left. {_AGAIN} --full")

    def live_name(self) -> str:
        """The name of the generation that was last switched to; empty when there is none."""
        try:
            return self.current_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _names(self) -> list[str]:
        """The live generation first, then the others from new to old."""
        try:
            others = sorted((p.name for p in self._generations.iterdir()), reverse=True)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                f"The index folder {self.home} cannot be read ({error.strerror or error}). "
                "Name another with --home or WENDA_HOME, or make it readable."
            ) from error
        others = [name for name in others if not name.startswith(".")]
        live = self.live_name()
        if live not in others:
            return others
        # What is newer than the live one was never switched to.
        return [live, *(name for name in others if name < live)]

    def _collect(self) -> None:
        """Removes what a killed build left and all but the last generations."""
        live, *earlier = self._names() or [""]
        sound = (name for name in earlier if _is_sound(self._generations / name))
        kept = {live, next(sound, "")}
        for folder in self._generations.iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def generation_name() -> str:
    """A name that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(2)}"


def _is_sound(folder: Path) -> bool:
    try:
        _verified(folder)
    except StoreError:
        return False
    return True


def _verified(folder: Path) -> Manifest:
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise StoreError(
                f"The index {folder} has format {content['format']}; this Wenda reads {FORMAT}."
            )
        if content.pop("sha256") != _sha256_of(content):
            raise StoreError(f"The index {folder} is damaged: {_MANIFEST} has changed.")
        manifest = Manifest(**content)
        expected_files = manifest.files.items()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError(f"The index {folder} is damaged: {_MANIFEST} is unreadable.") from error
    for name, expected in expected_files:
        try:
            found = _sha256(folder / name)
        except OSError as error:
            raise StoreError(f"The index {folder} is damaged: {name} is unreadable.") from error
        if found != expected:
            raise StoreError(f"The index {folder} is damaged: {name} has changed.")
    return manifest


def _sha256_of(facts: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_synced(path: Path, content: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
