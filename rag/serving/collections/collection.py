"""A collection, and all collections of a server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from rag.serving.backend import Backend
from rag.serving.collections.joint_answer import address
from rag.serving.collections.rights import EVERYBODY, OWNER, Caller, Rights
from rag.serving.collections.view import View


@dataclass(frozen=True)
class Collection:
    """A folder of documents with an index, feedback and records of its own.

    `name` is for programs, `title` for people; both are empty where there is one folder without
    collections. `rate_limit` is that of callers who are let in as everybody, empty for none besides
    the server's.
    """

    backend: Backend
    name: str = ""
    title: str = ""
    rights: Rights = EVERYBODY
    rate_limit: str = ""

    def address(self, path: str) -> str:
        """The address of something of the collection, from its path."""
        return address(path, self.name)


class Collections:
    """All collections of a server, in their order. `seen_by` is the way to any of them.

    May be used by several threads at once.
    """

    def __init__(self, collections: Sequence[Collection]) -> None:
        self._collections = tuple(collections)

    @classmethod
    def of_one(cls, backend: Backend) -> Self:
        """One folder, which needs no name."""
        return cls([Collection(backend)])

    @property
    def are_named(self) -> bool:
        """Whether there are collections at all, or one folder as ever."""
        return any(each.name for each in self._collections)

    @property
    def keys(self) -> frozenset[bytes]:
        """The digests of the keys that open a collection."""
        return frozenset(key for each in self._collections for key in each.rights.keys)

    @property
    def everything(self) -> View:
        """What the owner of the server sees."""
        return self.seen_by(OWNER)

    def change_each(self, changed: Callable[[Collection], Collection]) -> None:
        """Puts another in the place of each: with other rights, say, and the same backend."""
        self._collections = tuple(map(changed, self._collections))

    def seen_by(self, caller: Caller) -> View:
        """What a caller may see, which may be nothing."""
        seen = tuple(each for each in self._collections if each.rights.let_in(caller))
        return View(seen, named=self.are_named)
