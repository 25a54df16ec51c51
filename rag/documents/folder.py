"""A folder of files: which of them are documents, in which order, and why others are not."""

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from rag.documents.assembling import printable_path
from rag.documents.document import Document, Skipped
from rag.documents.limits import Limits
from rag.documents.loading import file_bytes
from rag.documents.reading import check_kind, read_documents
from rag.documents.recognizing import Recognizer
from rag.documents.sandbox import Sandbox
from rag.documents.text.characters import tidy
from rag.errors import DocumentError, SeedsError

_LOGGER = logging.getLogger(__name__)
_TEMPORARY_ENDINGS = ("~", ".swp", ".swo", ".swx", ".tmp", ".crdownload", ".part")
_TOO_LARGE = "Taking it in needs more memory than there is. Split it into smaller files."
_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class File:
    """A file of a folder, by its path relative to it, with `/`; not looked into yet.

    `reason` tells a person why it is not read, where its name or place alone says so.
    """

    relative: str
    reason: str | None = None

    @property
    def path(self) -> str:
        """The path in valid Unicode, as documents carry it."""
        return printable_path(self.relative)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's content at one moment, so that it is read from the disk and hashed once.

    `digest` is the sha256 of `data`; None where the file cannot be read, with the `reason` in words
    for a person.
    """

    digest: str | None
    data: bytes = field(default=b"", repr=False)
    reason: str | None = None


class Folder:
    """A folder of files, to be listed and read. A context manager; not shared by threads.

    `recognizer`, which it closes, recognizes text in pictures; without one that is left out.
    Raises SeedsError, at once, when `root` is missing, not a folder or unreadable.
    """

    def __init__(
        self, root: Path, limits: Limits | None = None, recognizer: Recognizer | None = None
    ) -> None:
        _check(root)
        self._recognizer = recognizer
        self._root = root.resolve()
        self._limits = limits or Limits()
        self._sandbox = Sandbox()

    def files(self) -> Iterator[File]:
        """Every file, sorted by path; hidden and editors' temporary files are passed over."""
        for relative, reason in sorted(_Walk(self._root).entries()):
            if reason is None:
                try:
                    check_kind(relative)
                except DocumentError as error:
                    reason = str(error)
            yield File(relative, reason)

    def load_file(self, file: File) -> Loaded:
        """Reads a file from the disk and hashes it. A failure is in the result, not raised."""
        if file.reason is not None:
            return Loaded(None, reason=file.reason)
        try:
            data = file_bytes(self._root / file.relative, self._limits.max_bytes)
        except DocumentError as error:
            return Loaded(None, reason=str(error))
        except MemoryError:
            return Loaded(None, reason=_TOO_LARGE)
        return Loaded(hashlib.sha256(data).hexdigest(), data)

    def read_file(
        self, file: File, loaded: Loaded, limits: Limits | None = None
    ) -> Iterator[Document | Skipped]:
        """The documents in a loaded file, then what is left out of it; or the reason why it gives
        none.

        `limits` take precedence over those of the folder. Nothing is raised for a bad file.
        """
        reason = loaded.reason
        if loaded.digest is not None:
            try:
                yield from read_documents(
                    loaded.data,
                    relative=file.relative,
                    digest=loaded.digest,
                    sandbox=self._sandbox,
                    limits=limits or self._limits,
                    recognizer=self._recognizer,
                )
            except DocumentError as error:
                reason = str(error)
            except MemoryError:
                reason = _TOO_LARGE
            except Exception as error:  # one odd file must never stop the others
                _LOGGER.exception("Reading %s failed", file.path)
                reason = (
                    f"Reading it failed unexpectedly ({type(error).__name__}: {error}). "
                    "Please report this with the file."
                )
        if reason is not None:
            yield Skipped(file.path, tidy(reason))

    def close(self) -> None:
        self._sandbox.close()
        if self._recognizer is not None:
            self._recognizer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_folder(root: Path, *, limits: Limits | None = None) -> Iterator[Document | Skipped]:
    """Documents of every file below `root` or the reason why not, sorted by path, one at a time.

    Raises SeedsError, at once, as `Folder` does.
    """
    return _read(Folder(root, limits))


def _read(folder: Folder) -> Iterator[Document | Skipped]:
    with folder:
        for file in folder.files():
            yield from folder.read_file(file, folder.load_file(file))


def _check(root: Path) -> None:
    try:
        with os.scandir(root):
            pass
    except FileNotFoundError as error:
        raise SeedsError(
            f"The folder of documents {root} does not exist. Create it and put documents in it, "
            "or name another folder."
        ) from error
    except NotADirectoryError as error:
        raise SeedsError(
            f"{root} is a file, not a folder. Name the folder that holds the documents."
        ) from error
    except OSError as error:
        raise SeedsError(
            f"The folder of documents {root} cannot be read ({error.strerror or error}). "
            "Give the account that runs Wenda the right to read it."
        ) from error


class _Walk:
    """The paths below a folder, each file once, never outside it, whatever links there are."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._linked: set[Path] = set()

    def entries(self) -> Iterator[tuple[str, str | None]]:
        """Paths relative to the root with `/`, each with the reason to skip it or None."""
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self.root / folder) as found:
                    listed = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                yield (
                    folder,
                    (
                        f"The folder cannot be read ({error.strerror or error}). "
                        "Give the account that runs Wenda the right to read it."
                    ),
                )
                continue
            for entry in listed:
                if is_ignored(entry.name):
                    continue
                relative = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_symlink():
                    yield from self._link(relative, pending)
                elif entry.is_dir(follow_symlinks=False):
                    pending.append(relative)
                else:
                    yield relative, None

    def _link(self, relative: str, pending: list[str]) -> Iterator[tuple[str, str | None]]:
        try:
            target = (self.root / relative).resolve(strict=True)
        except (OSError, RuntimeError):
            yield relative, "It is a link to something that is not there. Remove or repair it."
            return
        if not target.is_relative_to(self.root):
            yield relative, "It is a link to outside the folder. Copy the file into the folder."
            return
        inner = target.relative_to(self.root)
        reached_anyway = not any(is_ignored(part) for part in inner.parts)
        if reached_anyway or target in self._linked:
            return
        self._linked.add(target)
        if target.is_dir():
            pending.append(relative)
        else:
            yield relative, None


def is_ignored(name: str) -> bool:
    """Whether a file or folder of that name is no document: hidden, temporary, the system's."""
    lower = name.lower()
    return (
        name.startswith((".", "~$"))
        or lower.endswith(_TEMPORARY_ENDINGS)
        or (name.startswith("#") and name.endswith("#"))
        or lower in _SYSTEM_NAMES
    )
