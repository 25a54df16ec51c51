"""Questions as the corpus grows: response time, recall, time to open the index.

    python -m benchmarks.growth [--sizes 1000 10000 100000 1000000] [--graphs DIR] [--home DIR]

Paragraphs of one synthetic sentence, with synthetic vectors (`benchmarks.vectors`) and tokens,
written as `wenda index` writes them; 1,000,000 take half an hour and 12 GB. The questions are the
first halves of sentences: the real encoder encodes them, then a vector near that of the paragraph
takes the place of its own. Times are of whole answers, with late interaction and citations, each
size in a process of its own. Recall is of the ten passages found when every vector is compared.
`--graphs` takes the graphs that `benchmarks.vectors --keep DIR` made of the same vectors; `--home`
keeps what was built for the next run.
"""

import argparse
import multiprocessing
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from benchmarks.synthetic import CALIBRATION, sentence
from benchmarks.vectors import NAME as GRAPH
from benchmarks.vectors import clustered, near, resident
from rag.answering.service import Service
from rag.arrays import FloatArray
from rag.documents import Document, Paragraph, Sentence
from rag.embedding.model import LocalModel
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.encoding.types import EncodedQuestion
from rag.index.corpus import EmbeddedParagraph, StoredFile
from rag.index.generation import PARAGRAPHS, SENTENCES, open_generation
from rag.index.generations import Store
from rag.index.manifest import Manifest
from rag.index.row_map import RowMap
from rag.index.tokens.maxsim import TokenCodes
from rag.index.vectors import GRAPH_FROM, write_graph
from rag.indexing import builder as building
from rag.indexing.builder import Builder
from rag.indexing.embedder import Embeddable, Stage
from rag.progress import Progress, silent
from wenda.settings import read_settings

_IN_DOCUMENT = 100
_TOKENS = 30
_EXACT = 25
_DEPTH = 10


class _Synthetic:
    """Replaces the embedder; a paragraph's only sentence has the paragraph's vector."""

    computed = 0

    def __init__(self, count: int) -> None:
        self._vectors = {False: clustered(count, 1), True: clustered(count, 1)}
        codes = np.random.default_rng(4).integers(256, size=(_TOKENS, 192), dtype=np.uint8)
        self._codes = TokenCodes(codes, np.arange(_TOKENS, dtype=np.int64), 2)

    def placed(self, paragraph: EmbeddedParagraph) -> Embeddable:
        return Embeddable(f"{paragraph.context}\n{paragraph.text}", paragraph.language)

    def key(self, _embeddable: Embeddable) -> bytes:
        return b""

    def embed(
        self, texts: Sequence[Embeddable], _stage: Stage, *, tokens: bool = False
    ) -> FloatArray:
        return np.stack(list(islice(self._vectors[tokens], len(texts))))

    def token_codes(self, texts: Sequence[Embeddable]) -> Iterator[TokenCodes]:
        return (self._codes for _ in texts)


class _Encoder:
    """The real encoder, for its time and token states, with vectors from a table."""

    def __init__(self, folder: Path) -> None:
        self._encoder = QuestionEncoder(folder)
        self.vectors: dict[str, FloatArray] = {}

    def encode(self, question: str) -> EncodedQuestion:
        found = self._encoder.encode(question)
        return EncodedQuestion(self.vectors.get(question, found.vector), found.tokens)


def _documents(count: int) -> Iterator[Document]:
    draw = random.Random(9)  # noqa: S311 - no secret
    for number in range(0, count, _IN_DOCUMENT):
        parts, paragraphs, at = [], [], 0
        for ordinal in range(1, min(_IN_DOCUMENT, count - number) + 1):
            text = sentence(draw)
            span = Sentence(at, at + len(text))
            paragraphs.append(
                Paragraph(ordinal, span.start, span.end, "", (ordinal, ordinal), None, (span,))
            )
            parts.append(text)
            at += len(text) + 1
        name = f"{number:07d}"
        yield Document(
            id=name, path=f"{name}.md", title=f"第{number}号", date=None, source=None,
            language="zh", script="Hans", text="\n".join(parts),
            paragraphs=tuple(paragraphs), digest=name,
        )  # fmt: skip


def _build(home: Path, count: int, model: LocalModel, graphs: Path) -> None:
    """Writes and publishes a generation with `count` paragraphs."""
    store = Store(home)
    setattr(building, "write_graph", _copied(graphs, count))  # noqa: B010 - it is not exported
    with store.writing():
        scratch = store.scratch()
        builder = Builder(scratch, silent)
        for document in _documents(count):
            builder.add_document(document)
            builder.end_file(StoredFile(document.path.encode(), document.digest, None, 1))
        counts = builder.finish(_Synthetic(count), tokens=True)  # type: ignore[arg-type]
        encoder = model.write_encoder(scratch)
        made = Manifest(
            store.new_name(), "2026-01-01T00:00:00+00:00", "synthetic", model.name,
            model.fingerprint, encoder, counts, [],
        )  # fmt: skip
        store.publish(scratch, made)


def _copied(graphs: Path, count: int) -> Callable[..., None]:
    """Writes the graph: of the sentences, whose vectors are the paragraphs', it is a copy, and of
    the paragraphs too where there is one already.
    """

    def write(
        folder: Path, name: str, row_map: RowMap, progress: Progress, before: Path | None = None
    ) -> None:
        made = list((graphs / str(count)).glob(f"{GRAPH}.hnsw*"))
        if name == SENTENCES:
            made = list(folder.glob(f"{PARAGRAPHS}.hnsw*"))
        elif not made or count < GRAPH_FROM:
            write_graph(folder, name, row_map, progress, before)
            return
        for path in made:
            shutil.copyfile(path, folder / f"{name}.{path.name.partition('.')[2]}")

    return write


def _ask(home: Path, count: int, questions: int, told: Connection) -> None:
    """Sends seconds to open, milliseconds per answer, megabytes, and recall."""
    held = resident()
    began = time.perf_counter()
    encoders: list[_Encoder] = []

    def opened(folder: Path) -> _Encoder:
        encoders.append(_Encoder(folder))
        return encoders[0]

    service = Service(open_generation(Store(home), opened), CALIBRATION)
    seconds = time.perf_counter() - began
    draw = np.random.default_rng(11)
    rows = draw.integers(count, size=questions).tolist()
    generation = service.generation
    asked = []
    for row in rows:
        text = generation.corpus.paragraph(row).text
        asked.append(text[: len(text) // 2])
        encoders[0].vectors[asked[-1]] = near(
            generation.paragraphs.copied(slice(row, row + 1))[0], draw
        )
    for question in asked[:5]:
        service.ask_question(question)
    times = []
    for question in asked:
        began = time.perf_counter()
        service.ask_question(question)
        times.append((time.perf_counter() - began) * 1000)
    held = resident() - held
    some = asked[:_EXACT]
    found = [_rows(service, question) for question in some]
    for index in (generation.paragraphs, generation.sentences):
        index._graph = None  # noqa: SLF001 - the one way to compare with exact search
    exact = [_rows(service, question) for question in some]
    recall = np.mean([len(a & b) / len(b) for a, b in zip(found, exact, strict=True)])
    told.send((seconds, times, held, float(recall)))


def _rows(service: Service, question: str) -> set[int]:
    retriever = service.retriever
    return {hit.row for hit in retriever.search(retriever.query(question), _DEPTH)}


def _measured(home: Path, count: int, questions: int) -> tuple[float, list[float], float, float]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_ask, args=(home, count, questions, there)
    )
    process.start()
    found: tuple[float, list[float], float, float] = here.recv()
    process.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--graphs", type=Path, help="made by benchmarks.vectors --keep")
    parser.add_argument("--home", type=Path, help="keep what is built here")
    asked = parser.parse_args()
    settings = read_settings()
    model = LocalModel(settings.model, settings.models, silent)
    with tempfile.TemporaryDirectory() as name:
        homes = {count: (asked.home or Path(name)) / str(count) for count in asked.sizes}
        for count, home in homes.items():
            if not (home / "CURRENT").exists():
                _build(home, count, model, asked.graphs or Path(name))
        print("| paragraphs | median | p95 | opening, s more | MB held | recall@10 |")
        print("| --- | --- | --- | --- | --- | --- |")
        first: tuple[float, float, float] | None = None
        for count, home in homes.items():
            seconds, times, held, recall = _measured(home, count, asked.questions)
            median, last = np.quantile(times, (0.5, 0.95)).tolist()
            first = first or (median, last, seconds)
            print(
                f"| {count:,} | {median / first[0]:.2f} | {last / first[1]:.2f}"
                f" | {seconds - first[2]:.2f} | {held:.0f} | {recall:.4f} |",
                flush=True,
            )
        print(f"\nMedian of the first: {(first or (0,))[0]:.1f} ms.")


if __name__ == "__main__":
    main()
