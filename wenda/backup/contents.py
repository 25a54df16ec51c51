"""The contents of a backup, in their order.

A backup is a tar file: a header, the files of the live index, the databases and other files of the
home, at last the sha256 of each. A reader sees at once whether it is a backup and of which format,
and at the end whether it is whole.
"""

import json
import re
from dataclasses import asdict, dataclass

from rag.answering.calibration import CALIBRATION_FILE
from rag.answering.curated import CURATED_FILE
from rag.indexing.indexer import RECOGNIZED
from rag.serving.questions.asked import QUESTIONS_FILE

#: Raise it when older versions could not read what is written.
FORMAT = 1
HEADER = "wenda-backup.json"
DIGESTS = "digests.json"
#: Before the names of the index's files.
INDEX = "index/"
#: Records of people, each copied at one moment while it is written.
DATABASES = ("feedback.sqlite", "telegram.sqlite", QUESTIONS_FILE)
#: Caches: they can be made anew, but that takes long.
CACHES = ("vectors.cache", RECOGNIZED)
FILES = (CALIBRATION_FILE, CURATED_FILE)
#: The most bytes of the header and of the digests.
MOST_FACTS = 1_000_000
_INDEX_FILE = re.compile(rf"{INDEX}[A-Za-z0-9][A-Za-z0-9._-]{{0,90}}")


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """The header of a backup: its format, the index's name and format, the version and the time
    (ISO 8601 in UTC) of its making.
    """

    format: int
    index: str
    index_format: int
    version: str
    created: str

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

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
        header = cls(**facts)
        if not isinstance(header.index, str) or not isinstance(header.index_format, int):
            raise TypeError("no header")
        return header


def is_content(name: str) -> bool:
    """Whether a backup may hold something of this name, besides its header and digests."""
    return name in (*DATABASES, *CACHES, *FILES) or bool(_INDEX_FILE.fullmatch(name))
