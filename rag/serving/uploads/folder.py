"""The folder that documents are given into: written atomically, and never outside it."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from rag.durable import sync
from rag.errors import UploadCode, UploadError
from rag.serving.uploads.changes import Action, Change, ChangeRecords, new_change
from rag.serving.uploads.files import (
    RECEIVED,
    digest_of,
    exists_already,
    leads_elsewhere,
    link_new,
    told,
)
from rag.serving.uploads.names import checked_path, is_passed_over
from rag.serving.uploads.receiving import ReceivedDocument

#: Seconds after which a received file was left by a process that was killed.
_LEFT_OVER = 86_400


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file in the folder: its name below it, its path below the documents' folder, its size, and
    when it was changed, in seconds since 1970."""

    name: str
    path: str
    bytes: int
    changed: float


class UploadFolder:
    """Takes documents in and removes them. May be used by several threads at once.

    `folder` is below `seeds`, the folder of documents, and is made with the first document;
    `records` is where changes are noted so that they can be undone. Files have `most_bytes`.

    Every method raises UploadError for what it refuses, and where the disk is full or forbids it.
    """

    def __init__(self, folder: Path, seeds: Path, records: Path, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._folder = folder
        self._seeds = seeds
        self._records = ChangeRecords(records)
        self._changing = threading.Lock()

    @property
    def name(self) -> str:
        """The path of the folder, with that of the documents' folder before it."""
        return f"{self._seeds.resolve().name}/{self._relative(self._folder)}"

    def check_name(self, name: str, size: int | None = None) -> None:
        """Raises UploadError for a name, or a size in bytes, that would be refused."""
        checked_path(name)
        if size is not None:
            self.check_size(size)

    def receive(self, name: str) -> ReceivedDocument:
        """Begins to take in a document under a name, a path below the folder."""
        path = checked_path(name)
        with told():
            target = self._place(path, make=True)
            return ReceivedDocument(target.parent, self.check_size, partial(self._settle, target))

    def remove_document(self, name: str) -> Change:
        """Removes a document. Its content is kept for a while, to be brought back.

        Raises UploadError where there is no such document.
        """
        with self._changing, told():
            target = self._place(checked_path(name), make=False)
            if not target.is_file():
                raise UploadError(
                    UploadCode.NOT_THERE,
                    "No document of this name was given. GET /uploads lists those that were.",
                )
            change = new_change("removed", self._relative(target), None, 0)
            with self._recorded(change, target):
                self._unlink(target)
            return change

    def undo_change(self, identity: str) -> Change:
        """Takes a change back: what was given is removed, what was there before is there again.

        Raises UploadError where the file has been changed since.
        """
        with self._changing, told():
            change = self._records.find(identity)
            if change is None or not change.undoable:
                raise UploadError(
                    UploadCode.NO_CHANGE,
                    "This cannot be undone: it is too long ago, or was undone already.",
                )
            target = self._seeds / change.path
            if digest_of(target) != change.digest:
                raise UploadError(
                    UploadCode.CHANGED_SINCE,
                    "The document has been changed since, so this cannot be undone any more.",
                )
            done = self._restore(change, target)
            self._records.record(done)
            self._records.forget(change.id)
            return done

    def change(self, identity: str) -> Change | None:
        """A change of late; None where it is unknown, or too long ago."""
        with told():
            return self._records.find(identity)

    def newest_changes(self) -> list[Change]:
        """The changes of late, newest first."""
        with told():
            return self._records.newest()

    def files(self) -> list[GivenFile]:
        """The files of the folder, sorted by name; hidden ones are left out."""
        with told():
            found = (Path(at) / name for at, _, names in os.walk(self._folder) for name in names)
            inside = (path for path in found if not self._is_hidden(path))
            return sorted((self._given(path) for path in inside), key=lambda each: each.name)

    def sweep(self) -> None:
        """Removes what processes left that were killed while they received a document."""
        old = time.time() - _LEFT_OVER
        for path in self._folder.rglob(f"{RECEIVED}*"):
            if path.lstat().st_mtime < old:
                path.unlink(missing_ok=True)

    def _settle(self, target: Path, received: Path, digest: str, size: int, over: bool) -> Change:
        """Puts a received file in its place, over one that is there only if `over` says so."""
        with self._changing, told():
            before, relative = digest_of(target), self._relative(target)
            if before == digest:
                return self._known(relative, digest) or new_change(
                    "unchanged", relative, digest, size
                )
            if before is not None and not over:
                raise exists_already()
            action: Action = "added" if before is None else "replaced"
            change = new_change(action, relative, digest, size)
            with self._recorded(change, target):
                if action == "added":
                    link_new(received, target)
                else:
                    received.replace(target)
                sync(target.parent)
            return change

    def _known(self, relative: str, digest: str) -> Change | None:
        """The change that gave a file its content, if that was the last one of it."""
        last = next((each for each in self._records.newest() if each.path == relative), None)
        return last if last is not None and last.digest == digest else None

    @contextmanager
    def _recorded(self, change: Change, target: Path) -> Iterator[None]:
        """Notes a change before it is made, with the content before; if it fails, forgets it."""
        try:
            if change.action != "added":
                self._records.keep_old(change.id, target)
            self._records.record(change)
            yield
        except BaseException:
            self._records.forget(change.id)
            raise

    def _restore(self, change: Change, target: Path) -> Change:
        old = self._records.old_content(change.id)
        if change.action == "added":
            self._unlink(target)
            return new_change("removed", change.path, None, 0, undoes=change.id)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{RECEIVED}{secrets.token_hex(8)}")
        try:
            aside.write_bytes(old.read_bytes())
            sync(aside)
            digest, size = digest_of(aside), aside.stat().st_size
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
        sync(target.parent)
        action: Action = "added" if change.action == "removed" else "replaced"
        return new_change(action, change.path, digest, size, undoes=change.id)

    def _place(self, path: PurePosixPath, *, make: bool) -> Path:
        """The file of a path. No part of it may be a link, or a file where a folder must be."""
        at = self._folder
        if make:
            at.mkdir(parents=True, exist_ok=True)
        if not at.resolve().is_relative_to(self._seeds.resolve()):
            raise leads_elsewhere()
        for part in path.parts[:-1]:
            at /= part
            if make:
                at.mkdir(exist_ok=True)
            if at.is_symlink():
                raise leads_elsewhere()
        target = at / path.name
        if target.is_symlink() or target.is_dir():
            raise leads_elsewhere()
        return target

    def check_size(self, size: int) -> None:
        """Raises UploadError where a document of `size` bytes would be refused."""
        if size > self.most_bytes:
            raise UploadError(
                UploadCode.TOO_LARGE,
                f"The document is larger than {self.most_bytes:,} bytes. Split it into smaller "
                "files, or raise WENDA_MAX_FILE_MB.",
            )

    def _unlink(self, target: Path) -> None:
        """Removes a file, and the folders that are empty without it."""
        target.unlink()
        at = target.parent
        while at != self._folder and not any(at.iterdir()):
            at.rmdir()
            at = at.parent
        sync(at)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._seeds).as_posix()

    def _is_hidden(self, path: Path) -> bool:
        return any(map(is_passed_over, path.relative_to(self._folder).parts)) or path.is_symlink()

    def _given(self, path: Path) -> GivenFile:
        status = path.stat()
        name = path.relative_to(self._folder).as_posix()
        return GivenFile(name, self._relative(path), status.st_size, status.st_mtime)
