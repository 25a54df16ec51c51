"""The contents of a backup, in their order.

A backup is a tar file: a header, the files of the live index, the databases and other files of the
home, at last the sha256 of each. A reader sees at once whether it is a backup and of which format,
and at the end whether it is whole.

One of several collections has the home of each below `collections/NAME/`, and what they share
beside that. What several indexes have alike, the encoder above all, is in it once; the sha256 says
what stands for the others.
"""

import json
import re
from dataclasses import asdict, dataclass

from rag.answering.calibration import CALIBRATION_FILE
from rag.answering.curated import CURATED_FILE
from rag.indexing.indexer import RECOGNIZED
from rag.serving.questions.asked import QUESTIONS_FILE

#: Raise it when older versions could not read what is written. One home is written as ever.
FORMAT, FORMAT_OF_ONE = 2, 1
HEADER = "wenda-backup.json"
DIGESTS = "digests.json"
#: Before the names of the index's files.
INDEX = "index/"
#: Before the name of a collection.
COLLECTIONS = "collections/"
#: The bot's state, which collections share.
BOT = "telegram.sqlite"
#: What people left, copied at one moment while they are written.
DATABASES = ("feedback.sqlite", BOT, QUESTIONS_FILE)
#: What can be made anew, but takes long.
CACHES = ("vectors.cache", RECOGNIZED)
FILES = (CALIBRATION_FILE, CURATED_FILE)
HOME_FILES = (*DATABASES, *CACHES, *FILES)
#: The most bytes of the header and of the digests.
MOST_FACTS = 1_000_000
_IN_COLLECTION = re.compile(rf"{COLLECTIONS}([a-z0-9][a-z0-9-]{{0,39}})/")
_INDEX_FILE = re.compile(rf"{INDEX}[A-Za-z0-9][A-Za-z0-9._-]{{0,90}}")


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """What a backup says of itself: its format, the index's name and format, the version and the
    time (ISO 8601 in UTC) of its making; for several collections their names, and none of an index.
    """

    format: int
    index: str
    index_format: int
    version: str
    created: str
    collections: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        facts = asdict(self)
        if not self.collections:  # as older versions read it
            del facts["collections"]
        return json.dumps(facts, indent=1).encode()

    @classmethod
    def of_json(cls, content: bytes) -> "BackupHeader":
        """The header in JSON; of a newer format only its number is read. Raises ValueError or
        TypeError where it is no header.
        """
        facts = json.loads(content)
        if not isinstance(facts, dict) or not isinstance(facts.get("format"), int):
            raise TypeError("no header")
        if facts["format"] > FORMAT:
            return cls(facts["format"], "", 0, str(facts.get("version", "")), "")
        header = cls(**{**facts, "collections": tuple(facts.get("collections", ()))})
        if not isinstance(header.index, str) or not isinstance(header.index_format, int):
            raise TypeError("no header")
        if not all(map(_IN_COLLECTION.fullmatch, header.prefixes[1:])):
            raise ValueError("no header")
        return header

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Before the names of the files of each home, that of collections last."""
        return "", *(f"{COLLECTIONS}{name}/" for name in self.collections)

    def holds(self, name: str) -> bool:
        """Whether the backup may hold something of this name, besides header and digests."""
        if not self.collections:
            return name in HOME_FILES or bool(_INDEX_FILE.fullmatch(name))
        found = _IN_COLLECTION.match(name)
        if found is None:
            return name == BOT
        inner = name[found.end() :]
        known = inner in HOME_FILES or bool(_INDEX_FILE.fullmatch(inner))
        return known and found[1] in self.collections
