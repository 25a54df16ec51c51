"""A small encoder that behaves like a real one, and the shortest way to an index made with it."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rag.answering.calibration import Calibration, Logistic
from rag.arrays import FloatArray, IntArray
from rag.documents import Document, make_document
from rag.encoding.language_means import LanguageMeans
from rag.encoding.types import EncodedQuestion, TokenStates
from rag.errors import QuestionCode, QuestionError
from rag.index.generation import Generation, open_generation
from rag.index.generations import Store
from rag.index.row_map import RowMap
from rag.index.tokens.maxsim import TokenCodes, first_tokens, write_rotation
from rag.index.tokens.segment_writer import write_tokens
from rag.index.tokens.token_segments import KEY, Codes
from rag.indexing.indexer import Indexer
from rag.indexing.report import Report
from rag.progress import Progress, silent
from rag.retrieval.retriever import Retriever

DIMENSION = 128
ENCODER_FILE = "hashing.json"
MEGABYTE = 1_000_000


#: What suits the cosines of hashed texts: sure above 0.45, abstaining below.
HASHING_SCALE = "hashing-bundled with late interaction, scale 5"
CALIBRATION = Calibration(Logistic(-9.0, cosine=20.0, lexical=10.0))


class Killed(BaseException):
    """Stands for a kill: nothing may catch it."""


def _killed() -> None:
    raise Killed


def hashed(text: str, salt: str = "") -> FloatArray:
    """The unit vector of a text: its words and pairs of characters, hashed into dimensions.

    Texts that share words land near each other; nothing is folded.
    """
    vector = np.zeros(DIMENSION)
    for gram in (*re.findall(r"\w+", text), *(text[i : i + 2] for i in range(len(text)))):
        digest = hashlib.blake2b(f"{salt}\0{gram}".encode("utf-8", "replace"), digest_size=8)
        number = int.from_bytes(digest.digest())
        vector[number % DIMENSION] += 1 if number >> 32 & 1 else -1
    length = float(np.linalg.norm(vector))
    if length == 0:
        vector[0] = length = 1
    return (vector / length).astype(np.float32)


def hashed_tokens(text: str, salt: str = "") -> TokenStates:
    """Every character and word as a token, in two layers; without white space."""
    found = list(re.finditer(r"[a-zA-Z]+|[^\s]", text))
    layer = [hashed(match.group(), salt) for match in found]
    states = np.stack(layer * 2) if found else np.zeros((0, DIMENSION), dtype=np.float32)
    starts = np.array([match.start() for match in found], dtype=np.int64)
    return TokenStates(states.reshape(2, len(found), DIMENSION), starts)


@dataclass
class HashingModel:
    """A `Model`. It would sooner call `at_limit` than encode more than `limit` texts."""

    name: str = "hashing"
    fingerprint: str = "hashing-1"
    max_tokens: int = 200
    limit: int | None = None
    at_limit: Callable[[], None] = _killed
    encoded: list[str] = field(default_factory=list)
    language_means: LanguageMeans = field(default_factory=LanguageMeans.none)

    def count_tokens(self, text: str) -> int:
        return sum(not character.isspace() for character in text)

    def most_tokens(self, text: str) -> int:
        return len(text)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        if self.limit is not None and len(self.encoded) + len(texts) > self.limit:
            self.at_limit()
        self.encoded += texts
        return np.stack([hashed(text, self.fingerprint) for text in texts])

    def encode_tokens(self, texts: Sequence[str]) -> tuple[FloatArray, list[TokenStates]]:
        vectors = self.encode_passages(texts)
        return vectors, [hashed_tokens(text, self.fingerprint) for text in texts]

    def write_encoder(self, folder: Path) -> dict[str, object]:
        content = {"salt": self.fingerprint, "max_tokens": self.max_tokens}
        (folder / ENCODER_FILE).write_text(json.dumps(content), encoding="utf-8")
        self.language_means.save(folder)
        return {"recipe": "hashing"}


def hashing_model(name: str, models: Path, progress: Progress) -> HashingModel:
    """Takes the place of `LocalModel`: the hashing model under the name that is set."""
    assert isinstance(models, Path)
    progress("loading", 1, 1)
    return HashingModel(name=name, fingerprint=f"hashing-{name}")


class HashingEncoder:
    """A `rag.index.generation.Encoder` that remembers what it was asked."""

    def __init__(self, salt: str = "", max_tokens: int = 200) -> None:
        self.asked: list[str] = []
        self._salt = salt
        self._max_tokens = max_tokens

    def encode(self, question: str) -> EncodedQuestion:
        self.asked.append(question)
        if len(question.split()) > self._max_tokens:
            raise QuestionError(
                QuestionCode.TOO_MANY_TOKENS, "The question is too long. Ask it in fewer words."
            )
        tokens = hashed_tokens(question, self._salt).states
        return EncodedQuestion(hashed(question, self._salt), tokens)


def open_hashing_encoder(folder: Path) -> HashingEncoder:
    """A `rag.index.generation.OpenEncoder`: opens what `HashingModel.write_encoder` wrote."""
    return HashingEncoder(**json.loads((folder / ENCODER_FILE).read_text(encoding="utf-8")))


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes files by relative path; returns the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def all_new(count: int) -> RowMap:
    """The row_map of rows that no generation before has."""
    row_map = RowMap()
    row_map.append_new(count)
    return row_map


def write_passages(
    folder: Path, passages: Iterable[TokenCodes], sentences: Sequence[Sequence[int]]
) -> IntArray:
    """Writes the tokens of paragraphs that no generation before has, with where the sentences of
    each begin in its text; returns where those of each begin among all sentences.
    """
    bounds = np.cumsum([0, *map(len, sentences)])
    keys = np.array([f"{number:016}".encode() for number in range(len(sentences))], dtype=KEY)
    codes = list(passages)

    def read(rows: IntArray) -> Iterator[tuple[Codes, IntArray]]:
        for row in rows.tolist():
            yield codes[row].codes, first_tokens(codes[row].starts, sentences[row])

    write_tokens(folder, keys, bounds, read)
    write_rotation(folder, codes[0].dimension)
    return bounds


def documents(texts: Mapping[str, str]) -> list[Document]:
    """A document of one paragraph for each text, by path."""
    return [make_document(text, path=path) for path, text in texts.items()]


def index(
    home: Path,
    texts: Mapping[str, str],
    model: HashingModel | None = None,
    *,
    late_interaction: bool = True,
) -> Report:
    """Indexes texts, one paragraph each; row numbers are in their order."""
    model = model or HashingModel()
    indexer = Indexer(
        Store(home), lambda: model, silent, MEGABYTE, late_interaction=late_interaction
    )
    return indexer.index_documents(documents(texts), model, folder="seeds")


def open_index(home: Path, texts: Mapping[str, str] | None = None) -> Generation:
    """The live generation of a home, after indexing `texts` if there are any."""
    if texts is not None:
        index(home, texts)
    return open_generation(Store(home), open_hashing_encoder)


def retriever_of(folder: Path, files: Mapping[str, str]) -> Retriever:
    """A retriever on an index of files, both of which are written below a folder."""
    seeds, store = write_files(folder / "seeds", files), Store(folder / "home")
    Indexer(store, HashingModel, silent, MEGABYTE).index_folder(seeds)
    return Retriever(open_generation(store, open_hashing_encoder))


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change, in nanoseconds, of everything below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }
