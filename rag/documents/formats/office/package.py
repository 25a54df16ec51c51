"""The parts of a packed office file (a ZIP archive of XML), within limits.

ISO-Strict files have other names for the same elements; they are read as transitional ones.
"""

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from rag.documents.block import Dropped
from rag.documents.formats.signatures import kind_of
from rag.documents.limits import UNPACKED_BYTES, UNPACKED_PARTS
from rag.errors import DocumentError

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
#: The errors that unpacking a damaged part raises.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
    NotImplementedError,
)  # fmt: skip
_PICTURE = re.compile(r".*\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf|svg)")
_DAMAGED = "It is damaged (cut off or overwritten)."


class Package:
    """A packed file. `kind` names what it should be and `again` says how to save it anew.

    Raises DocumentError when it is none, needs a password, is damaged or unpacks too far.
    """

    def __init__(self, data: bytes, *, kind: str, again: str, must: str) -> None:
        self._again = again
        what = kind_of(data)
        if what == "an Office file protected by a password":
            raise DocumentError("It is protected by a password. Save a copy without one.")
        if what is None or not data.startswith(b"PK"):
            said = f"It is {what}, not {kind}." if what else f"It is not {kind}."
            raise DocumentError(f"{said} {again}")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise DocumentError(f"{_DAMAGED} {again}") from error
        parts = self._archive.infolist()
        if len(parts) > UNPACKED_PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
            raise DocumentError(
                f"It unpacks to more than {UNPACKED_BYTES:,} bytes or {UNPACKED_PARTS:,} parts. "
                "Take pictures out of it, or split it."
            )
        self._names = {part.filename.lower().lstrip("/"): part for part in parts}
        if must.lower() not in self._names:
            raise DocumentError(f"It is a ZIP archive, not {kind}. {again}")

    @property
    def names(self) -> list[str]:
        """The names of its parts, in lower case."""
        return sorted(self._names)

    @property
    def pictures(self) -> tuple[Dropped, ...]:
        """The pictures in it, but for the one that file managers show."""
        shown = (name for name in self._names if "thumbnail" not in name)
        return tuple(Dropped((1, 1), "", "picture") for name in shown if _PICTURE.fullmatch(name))

    def data(self, name: str) -> bytes | None:
        """The bytes of a part; None where there is none of that name. Raises DocumentError where it
        is protected or damaged.
        """
        part = self._names.get(name.lower().lstrip("/"))
        if part is None:
            return None
        if part.flag_bits & 1:
            raise DocumentError("It is protected by a password. Save a copy without one.")
        try:
            return self._archive.read(part)
        except _BROKEN as error:
            raise DocumentError(f"{_DAMAGED} {self._again}") from error

    def xml(self, name: str) -> Any:
        """The root element of a part; None where there is no such part or it is no XML."""
        data = self.data(name)
        return None if data is None else parse(data)

    def transitional(self) -> bytes:
        """The whole file with strict names made transitional, for libraries that know no others."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, part in self._names.items():
                data = self.data(name) or b""
                if name.endswith((".xml", ".rels")):
                    data = made_transitional(data)
                archive.writestr(part.filename, data)
        return target.getvalue()

    def check_program(self, folder: str, program: str) -> None:
        """Raises DocumentError where the file's main part is not in the folder of a program's."""
        main = next(self.parts("", "officeDocument"), "")
        if self.xml(main) is None or not main.startswith(f"{folder}/"):
            raise DocumentError(f"It is an Office file, but not of {program}. {self._again}")

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """By id: the last word of its kind, and the part's name or the address outside."""
        folder, _, file = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        for relation in root.iter(_RELATION) if root is not None else ():
            kind = relation.get("Type", "").rpartition("/")[2]
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[relation.get("Id", "")] = (kind, target)
        return found

    def parts(self, name: str, kind: str) -> Iterator[str]:
        """The names of the parts of that kind that the part refers to."""
        for found, target in self.related(name).values():
            if found == kind and target.lower() in self._names:
                yield target


def made_transitional(data: bytes) -> bytes:
    """The part's XML with the names of transitional files."""
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data)


def parse(data: bytes) -> Any:
    """The root of a part's XML, with strict names made transitional; None where it is no XML."""
    # Loading takes a moment, and what only serves answers never reads a file.
    from lxml import etree  # type: ignore[import-untyped]  # it ships no annotations

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # the reader's process has limits of its own
    )
    try:
        return etree.fromstring(made_transitional(data), parser)
    except etree.XMLSyntaxError:
        return None
