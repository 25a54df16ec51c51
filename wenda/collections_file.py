"""The file of collections: which folders a server has, what they are called, who may see them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.serving.collections import Rights
from rag.serving.collections.rights import key_digest
from wenda.settings import Settings

#: The most collections of a server: each is watched and has files open.
MOST = 100
#: The folder in the home that has the homes of collections.
HOMES = "collections"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LONGEST_TITLE = 100
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIELDS = ("name", "title", "folder", "who", "rate_limit")
_WHO = "everybody, key:KEY, sha256:DIGEST, telegram:ID, user:NAME"


@dataclass(frozen=True, slots=True)
class CollectionEntry:
    """A collection as the file has it, its folder absolute."""

    name: str
    title: str
    folder: Path
    rights: Rights
    rate_limit: str = ""


#: The settings of a collection, or of the one folder where there are none.
NamedSettings = tuple[CollectionEntry | None, Settings]


def read_entries(path: Path) -> list[CollectionEntry]:
    """The collections of a file, in its order; folders are relative to the file's own.

    Raises SettingsError, which names the collection and what to do, for a file that cannot be used
    whole: no part of one is.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"WENDA_COLLECTIONS={path} cannot be read ({error}). Save it as TOML in UTF-8, with a "
            "table [[collection]] for each folder."
        ) from error
    tables = content.pop("collection", None)
    if content or not isinstance(tables, list) or not tables:
        found = f"has {', '.join(sorted(content))}" if content else "names no collection"
        raise SettingsError(
            f"{path} {found}. Write a table [[collection]] with name, title, folder and who for "
            "each folder, and nothing else; or unset WENDA_COLLECTIONS to serve one folder."
        )
    if len(tables) > MOST:
        raise SettingsError(
            f"{path} has {len(tables)} collections; one server takes {MOST} at most. Serve the "
            "others from another, or put folders together."
        )
    entries = [_entry(path, number, table) for number, table in enumerate(tables, start=1)]
    _check_apart(path, entries)
    return entries


def settings_of(settings: Settings, entry: CollectionEntry) -> Settings:
    """The settings of one collection: its folder, and a home of its own."""
    return settings.model_copy(
        update={
            "seeds": entry.folder,
            "home": settings.home / HOMES / entry.name,
            "collections": None,
        }
    )


def named_settings(settings: Settings) -> list[NamedSettings]:
    """The settings of each collection; where there are none, those of the one folder."""
    if settings.collections is None:
        return [(None, settings)]
    return [(each, settings_of(settings, each)) for each in read_entries(settings.collections)]


def document_folders(settings: Settings) -> list[Path]:
    """The folders of documents of all collections, or the one there is."""
    return [of_one.seeds for _, of_one in named_settings(settings)]


def chosen_settings(
    settings: Settings, name: str | None, *folders: Path | None
) -> list[NamedSettings]:
    """As `named_settings`: the collection of a name, or all; where a command names a folder, it is
    that one. Raises SettingsError for an unknown name.
    """
    if any(folder is not None for folder in folders):
        settings = settings.model_copy(update={"collections": None})
    if name is not None:
        return [(None, settings_of_one(settings, name))]
    return named_settings(settings)


def settings_of_one(settings: Settings, name: str | None, *folders: Path | None) -> Settings:
    """The settings for what is done with one index at a time: those of the collection of a name; of
    the one folder where there are none, or where a command names a folder.

    Raises SettingsError for an unknown name, and for a missing one where there are several.
    """
    if any(folder is not None for folder in folders):
        return settings.model_copy(update={"collections": None})
    found = {entry.name: of_one for entry, of_one in named_settings(settings) if entry}
    if name is None and not found:
        return settings
    if name in found:
        return found[name]
    if not found:
        raise SettingsError("There are no collections: WENDA_COLLECTIONS is not set.")
    said = "Which collection?" if name is None else f"There is no collection {name}."
    raise SettingsError(f"{said} Name one of {', '.join(found)}: --collection NAME.")


def _entry(path: Path, number: int, table: object) -> CollectionEntry:
    """A table of the file. Raises SettingsError."""
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: collection {number} is no table. Write [[collection]].")
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SettingsError(
            f"{path}: collection {number} has the name {name!r}. Use up to 40 small letters, "
            "digits and hyphens, like handbook-2024."
        )
    unknown = sorted(set(table) - set(_FIELDS))
    if unknown:
        raise _fault(path, name, f"{unknown[0]} is not known. There are {', '.join(_FIELDS)}.")
    title = table.get("title", name)
    if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST_TITLE:
        raise _fault(path, name, f"title must be a text of up to {_LONGEST_TITLE} characters.")
    folder = table.get("folder")
    if not isinstance(folder, str) or not folder.strip():
        raise _fault(path, name, 'folder is missing. Name its folder: folder = "/srv/handbook".')
    rate_limit = table.get("rate_limit", "")
    if not isinstance(rate_limit, str):
        raise _fault(path, name, 'rate_limit must be a text like "20/minute".')
    rights = _rights(path, name, table)
    return CollectionEntry(
        name=name,
        title=" ".join(title.split()),
        folder=(path.parent / Path(folder).expanduser()).resolve(),
        rights=rights,
        rate_limit=rate_limit,
    )


def _rights(path: Path, name: str, table: Mapping[str, Any]) -> Rights:
    who = table.get("who")
    said = [who] if isinstance(who, str) else who
    if not isinstance(said, list) or not said or not all(isinstance(each, str) for each in said):
        raise _fault(path, name, f"who is missing. List who may see it: {_WHO}.")
    rights = Rights()
    for each in said:
        one = _right(each)
        if one is None:  # it may be a secret, so it is not repeated
            raise _fault(path, name, f"who has an entry that is none of {_WHO}.")
        rights = Rights(
            everybody=rights.everybody or one.everybody,
            keys=rights.keys | one.keys,
            users=rights.users | one.users,
            telegram=rights.telegram | one.telegram,
        )
    return rights


def _right(said: str) -> Rights | None:
    """Whom one entry lets in; None where it cannot be understood."""
    kind, _, value = said.partition(":")
    value = value.strip()
    if said.strip() == "everybody":
        return Rights(everybody=True)
    if kind == "key" and value:
        return Rights(keys=frozenset({key_digest(value)}))
    if kind == "sha256" and _DIGEST.fullmatch(value.lower()):
        return Rights(keys=frozenset({bytes.fromhex(value)}))
    if kind == "user" and value:
        return Rights(users=frozenset({value}))
    if kind == "telegram" and re.fullmatch(r"-?[0-9]{1,19}", value):
        return Rights(telegram=frozenset({int(value)}))
    return None


def _check_apart(path: Path, entries: Sequence[CollectionEntry]) -> None:
    """Raises SettingsError where two have the same name or title, or one is inside another: its
    documents would be seen by whoever may see that one.
    """
    for number, one in enumerate(entries):
        for other in entries[number + 1 :]:
            if one.name == other.name:
                raise _fault(path, one.name, "it is there twice. Give one another name.")
            if one.title.casefold() == other.title.casefold():
                raise _fault(path, other.name, f"{one.name} has the same title. Change one.")
            for inner, outer in ((one, other), (other, one)):
                if inner.folder.is_relative_to(outer.folder):
                    raise _fault(
                        path,
                        inner.name,
                        f"its folder {inner.folder} is that of {outer.name}, or inside it "
                        f"({outer.folder}), so whoever sees {outer.name} would see it. Put it "
                        "beside.",
                    )


def _fault(path: Path, name: str, said: str) -> SettingsError:
    return SettingsError(f"{path}: collection {name}: {said}")
