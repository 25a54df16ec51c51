"""The manifest of a generation, and whether its files still agree with it."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rag.errors import StoreError
from rag.processors import usable_processors

#: Raise it when what is written changes, or how documents are read; older indexes are rebuilt.
FORMAT = 11
MANIFEST = "manifest.json"
#: The folder, in the store's home, of the notes on files that were found whole.
SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a generation was made and what it holds. `files` gives the sha256 of every other file in
    it.
    """

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

    def to_json(self) -> str:
        """The content of its file, with a digest of itself."""
        facts = asdict(self)
        return json.dumps({**facts, "sha256": _digest_of(facts)}, ensure_ascii=False, indent=1)


class Seen:
    """Notes which files of a generation were verified, so that opening it does not read gigabytes:
    a file whose size, modification time and inode are the same is taken to be the same.

    The notes lie outside the generation. A disk that loses a bit by itself changes none of the
    three; `deep` verification finds that.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder.parent.parent / SEEN / f"{folder.name}.json"

    def load(self) -> dict[str, list[object]]:
        """By file name: digest, size, modification time in nanoseconds, inode."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def save(self, files: Mapping[str, str]) -> None:
        """Notes verified files with their digests; does nothing without the right to write."""
        found = {name: self.stamp(name, digest) for name, digest in files.items()}
        new = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        try:
            new.parent.mkdir(exist_ok=True)
            new.write_text(json.dumps(found), encoding="utf-8")
            new.replace(self._path)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def stamp(self, name: str, digest: str) -> list[object]:
        """The note on a file in its present state. Raises OSError when the file cannot be read."""
        status = (self._folder / name).stat()
        return [digest, status.st_size, status.st_mtime_ns, status.st_ino]


def everything(_name: str) -> bool:
    """True for any file name: verification reads every byte."""
    return True


def nothing(_name: str) -> bool:
    """True for no file name: verification reads only new and touched files."""
    return False


def verified(folder: Path, *, deep: Callable[[str], bool] = nothing) -> Manifest:
    """The manifest of a generation, after all files were compared with it.

    Files that were verified before and not touched since are read again only where `deep` is true
    for their names. Raises StoreError naming the damaged file.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise StoreError(
                f"The index {folder} has format {content['format']}; this Wenda reads {FORMAT}."
            )
        if content.pop("sha256") != _digest_of(content):
            raise StoreError(f"The index {folder} is damaged: {MANIFEST} has changed.")
        manifest = Manifest(**content)
        files = dict(manifest.files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError(f"The index {folder} is damaged: {MANIFEST} is unreadable.") from error
    seen = Seen(folder)
    before = seen.load()
    try:
        new = [
            name
            for name, digest in files.items()
            if deep(name) or before.get(name) != seen.stamp(name, digest)
        ]
        with ThreadPoolExecutor(usable_processors()) as threads:
            digests = list(threads.map(digest_of_file, (folder / name for name in new)))
    except OSError as error:
        name = Path(error.filename or MANIFEST).name
        raise StoreError(f"The index {folder} is damaged: {name} is unreadable.") from error
    for name, found in zip(new, digests, strict=True):
        if found != files[name]:
            raise StoreError(f"The index {folder} is damaged: {name} has changed.")
    if new:
        with suppress(OSError):
            seen.save(files)
    return manifest


def _digest_of(facts: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def digest_of_file(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
