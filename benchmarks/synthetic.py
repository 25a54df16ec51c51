"""Synthetic documents and a model that costs next to nothing, for benchmarks in which real ones
would take hours.

The documents go through the real readers; words occur as often as in a language (Zipf).
"""

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from rag.answering.calibration import Calibration, Logistic
from rag.answering.service import Service
from rag.arrays import FloatArray
from rag.encoding.language_means import LanguageMeans
from rag.encoding.types import EncodedQuestion, TokenStates
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent

DIMENSION = 384
#: Confident where question and sentence share most of their characters.
CALIBRATION = Calibration(Logistic(-9.0, cosine=20.0, lexical=10.0))
_COMMON = 0x4E00
_CHARACTERS = 3000
_WORDS = 20_000
_ENCODER = "cheap.json"
#: The largest file that is read.
_MOST_BYTES = 20_000_000


def _words() -> list[str]:
    draw = random.Random(1)  # noqa: S311 - no secret
    return [
        "".join(
            chr(_COMMON + draw.randrange(_CHARACTERS)) for _ in range(draw.choice((1, 2, 2, 3)))
        )
        for _ in range(_WORDS)
    ]


_VOCABULARY = _words()
_WEIGHTS = np.cumsum(1 / np.arange(1, _WORDS + 1))


def sentence(draw: random.Random) -> str:
    """A sentence of 10 to 30 words, some with a number."""
    said = draw.choices(_VOCABULARY, cum_weights=_WEIGHTS.tolist(), k=draw.randint(8, 20))
    if draw.random() < 0.3:
        said.insert(draw.randrange(len(said)), f"{draw.randint(2, 99_999)}人")
    return "".join(said) + "。"


def document(number: int, paragraphs: int, *, version: int = 0) -> str:
    """A Markdown document with headings; each version has a different text throughout."""
    draw = random.Random(number * 1_000_003 + version)  # noqa: S311 - no secret
    parts = [f"---\ntitle: 第{number}号报告{version or ''}\ndate: 2024-05-1{number % 10}\n---"]
    for at in range(paragraphs):
        if at % 5 == 0:
            parts.append(f"## {sentence(draw)[:8]}")
        parts.append("".join(sentence(draw) for _ in range(draw.randint(2, 4))))
    return "\n\n".join(parts) + "\n"


def write_documents(folder: Path, documents: int, paragraphs: int) -> None:
    """Writes a folder of documents with as many paragraphs each, a hundred per subfolder."""
    for number in range(documents):
        path = document_path(folder, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(number, paragraphs), encoding="utf-8")


def document_path(folder: Path, number: int) -> Path:
    """The path of a document of `write_documents`."""
    return folder / f"{number // 100:03d}" / f"{number:05d}.md"


_TABLE: FloatArray = np.random.default_rng(3).normal(size=(4096, DIMENSION)).astype(np.float32)
_TABLE /= np.linalg.norm(_TABLE, axis=1, keepdims=True)


def states(text: str) -> FloatArray:
    """A unit vector for every character, shape (characters, dimension)."""
    rows = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32) % len(_TABLE)
    found: FloatArray = _TABLE[rows]
    return found


def vector(text: str) -> FloatArray:
    """The unit vector of a text, shape (dimension,): the mean of its characters', so that similar
    texts are near.
    """
    total: FloatArray = states(text).sum(axis=0) + np.float32(1e-6)
    unit: FloatArray = total / np.linalg.norm(total)
    return unit


Note = Callable[[str, Sequence[str]], None]


def _ignored(_kind: str, _texts: Sequence[str]) -> None:
    pass


class CheapModel:
    """A `Model` whose vectors come from a table; `note` is told of every call."""

    name = "cheap"
    language_means = LanguageMeans.none()
    fingerprint = "cheap-1"
    max_tokens = 500

    def __init__(self, note: Note | None = None) -> None:
        self._note = note or _ignored

    def count_tokens(self, text: str) -> int:
        return len(text)

    def most_tokens(self, text: str) -> int:
        return len(text)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        self._note("passages", texts)
        return np.stack([vector(text) for text in texts])

    def encode_tokens(self, texts: Sequence[str]) -> tuple[FloatArray, list[TokenStates]]:
        self._note("tokens", texts)
        found = [
            TokenStates(np.stack([states(text)] * 2), np.arange(len(text), dtype=np.int64))
            for text in texts
        ]
        return np.stack([vector(text) for text in texts]), found

    def write_encoder(self, folder: Path) -> dict[str, object]:
        (folder / _ENCODER).write_text(json.dumps({"model": self.name}), encoding="utf-8")
        return {"recipe": "table"}


class CheapEncoder:
    """A `rag.index.generation.Encoder` of the same table."""

    def __init__(self, folder: Path) -> None:
        json.loads((folder / _ENCODER).read_text(encoding="utf-8"))

    def encode(self, question: str) -> EncodedQuestion:
        return EncodedQuestion(vector(question), np.stack([states(question)] * 2))


def cheap_indexer(
    home: Path, note: Note | None = None, *, late_interaction: bool = True
) -> Indexer:
    """An indexer into a home with the cheap model, which tells `note` of every call."""
    model = CheapModel(note)
    return Indexer(
        Store(home), lambda: model, silent, _MOST_BYTES, late_interaction=late_interaction
    )


def open_service(home: Path) -> Service:
    """Answers from the live generation of a home that was built with the cheap model."""
    return Service(open_generation(Store(home), CheapEncoder), CALIBRATION)


def fingerprint(content: bytes) -> str:
    """A short digest."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()
