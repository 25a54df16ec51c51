"""A folder of files: which of them are documents, in which order, and why others are not."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from rag.documents.assembling import printable_path
from rag.documents.characters import tidy
from rag.documents.limits import Limits
from rag.documents.model import Document, Skipped
from rag.documents.reading import read_documents
from rag.documents.sandbox import Sandbox
from rag.errors import DocumentError, SeedsError

_LOGGER = logging.getLogger(__name__)
_TEMPORARY_ENDINGS = ("~", ".swp", ".swo", ".swx", ".tmp", ".crdownload", ".part")
_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini"})


def read_folder(root: Path, *, limits: Limits | None = None) -> Iterator[Document | Skipped]:
    """Documents of every file below `root` or the reason why not, sorted by path, one at a time.

    Hidden files and editors' temporary files are passed over in silence. Raises SeedsError, at
    once, when `root` is missing, not a folder or unreadable.
    """
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
    return _read(root, limits or Limits())


def _read(root: Path, limits: Limits) -> Iterator[Document | Skipped]:
    walk = _Walk(root.resolve())
    with Sandbox() as sandbox:
        for relative, reason in sorted(walk.entries()):
            if reason is None:
                yield from _read_file(walk.root / relative, relative, sandbox, limits)
            else:
                yield Skipped(printable_path(relative), reason)


def _read_file(
    path: Path, relative: str, sandbox: Sandbox, limits: Limits
) -> Iterator[Document | Skipped]:
    try:
        yield from read_documents(path, relative=relative, sandbox=sandbox, limits=limits)
    except DocumentError as error:
        yield Skipped(printable_path(relative), tidy(str(error)))
    except Exception as error:  # one odd file must never stop the others
        _LOGGER.exception("Reading %s failed", printable_path(relative))
        yield Skipped(
            printable_path(relative),
            tidy(
                f"Reading it failed unexpectedly ({type(error).__name__}: {error}). "
                "Please report this with the file."
            ),
        )


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
                if _is_ignored(entry.name):
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
        reached_anyway = not any(_is_ignored(part) for part in inner.parts)
        if reached_anyway or target in self._linked:
            return
        self._linked.add(target)
        if target.is_dir():
            pending.append(relative)
        else:
            yield relative, None


def _is_ignored(name: str) -> bool:
    lower = name.lower()
    return (
        name.startswith((".", "~$"))
        or lower.endswith(_TEMPORARY_ENDINGS)
        or (name.startswith("#") and name.endswith("#"))
        or lower in _SYSTEM_NAMES
    )
