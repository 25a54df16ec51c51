"""Writes the files of one generation: new rows, and rows copied from the previous generation."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.arrays import FloatArray, IntArray
from rag.documents import Document, detect_script
from rag.index.answer_kind import held_kinds
from rag.index.corpus import (
    Corpus,
    CorpusWriter,
    EmbeddedParagraph,
    StoredFile,
    context_of,
    lexical_context,
)
from rag.index.generation import (
    CORPUS,
    PARAGRAPHS,
    SENTENCES,
)
from rag.index.language_codes import language_code, script_code
from rag.index.lexical.bm25_writer import Before, LexicalWriter
from rag.index.lexical.pinyin import write_names
from rag.index.row_map import RowMap
from rag.index.tokens.maxsim import first_tokens, write_rotation
from rag.index.tokens.segment_writer import write_tokens
from rag.index.tokens.token_segments import KEY, Codes, Keys, key_of
from rag.index.vectors import write_graph, write_vectors
from rag.indexing.embedder import Embeddable, Embedder, Stage
from rag.indexing.previous import CopySource
from rag.indexing.row_arrays import RowArrays
from rag.progress import Progress

#: The number of paragraphs in memory at once.
_PART = 2048


class Builder:
    """Takes files in order, copied or new, then embeds the new texts and writes everything.

    `before` is what files are copied from, where there is a previous generation.
    """

    def __init__(
        self,
        folder: Path,
        progress: Progress,
        before: CopySource | None = None,
    ) -> None:
        self._folder = folder
        self._progress = progress
        self._base = before
        self._before = before.tables if before is not None else None
        #: The files that were taken over as they were, by name, with their digests.
        self.taken: dict[str, str] = {}
        self._from = None if self._before is None else self._before.folder
        self._corpus = CorpusWriter(folder / CORPUS, self._from and self._from / CORPUS)
        try:
            known = None if self._from is None else Before(self._from)
            self._lexical = LexicalWriter(folder, known)
        except BaseException:
            self._corpus.abandon()
            raise
        self._rows = RowArrays()
        self._paragraphs, self._sentences = RowMap(), RowMap()
        self._weights = [0, 0]
        #: By row, how many characters of the embedded text are its context; -1 where unknown.
        self._context_lengths = np.array([], dtype=np.int32)

    def copy_files(self, first: int, last: int) -> None:
        """The next files are numbers `first` to `last` of the previous generation, both included.

        Raises ValueError where there is none.
        """
        before = self._before
        if before is None:
            raise ValueError("There is no generation before.")
        rows = slice(*self._corpus.copy_files(first, last))
        bounds = before.sentence_bounds[rows.start : rows.stop + 1]
        sentences = slice(int(bounds[0]), int(bounds[-1]))
        self._lexical.copy_paragraphs(rows, sentences)
        self._rows.sizes.append(np.diff(bounds))
        self._rows.scripts.append(before.scripts[rows])
        self._rows.languages.append(before.languages[rows])
        self._rows.kinds.append(before.sentence_kinds[sentences])
        self._paragraphs.append_copied(rows.start, rows.stop - rows.start)
        self._sentences.append_copied(sentences.start, sentences.stop - sentences.start)

    def add_document(self, document: Document) -> None:
        """Adds a document; `end_file` then names the file that it belongs to."""
        self._corpus.add_document(document)
        small = self._rows
        scripts = list[int]()
        for paragraph in document.paragraphs:
            text = document.text[paragraph.start : paragraph.end]
            context = context_of(document.title, paragraph.section)
            sentences = [document.text[s.start : s.end] for s in paragraph.sentences]
            searched = lexical_context(document, paragraph.section)
            self._lexical.add_paragraph(f"{searched}\n{text}", sentences)
            small.sizes.append(np.array([len(sentences)]))
            small.kinds.append(np.array([held_kinds(s) for s in sentences], dtype=np.uint8))
            self._sentences.append_new(len(sentences))
            self._weights[0] += len(context) + 1 + len(text)
            self._weights[1] += sum(map(len, sentences))
            scripts.append(script_code(detect_script(text)))
        small.scripts.append(np.array(scripts, dtype=np.uint8))
        languages = [language_code(paragraph.language) for paragraph in document.paragraphs]
        small.languages.append(np.array(languages, dtype=np.uint16))
        self._paragraphs.append_new(len(scripts))

    def end_file(self, file: StoredFile) -> None:
        """Names the file that the documents since the last call belong to."""
        self._corpus.end_file(file)

    def finish(self, embedder: Embedder, *, tokens: bool) -> dict[str, int]:
        """Embeds and writes; returns the numbers of documents, paragraphs and sentences. With
        `tokens`, writes token codes for late interaction too.
        """
        self._corpus.close()
        folder = self._folder
        bounds = self._rows.write(folder)
        self._lexical.write_postings(self._paragraphs)
        write_names(self._lexical.pairs, folder, self._from)
        corpus = Corpus(folder / CORPUS)
        try:
            self._write_paragraphs(corpus, embedder, bounds, tokens=tokens)
            self._write_sentences(corpus, embedder, bounds)
        finally:
            corpus.close()
        for name, row_map in ((PARAGRAPHS, self._paragraphs), (SENTENCES, self._sentences)):
            write_graph(folder, name, row_map, self._progress, self._from)
        return {
            "documents": self._corpus.documents,
            "paragraphs": len(self._paragraphs),
            "sentences": len(self._sentences),
        }

    def abandon(self) -> None:
        """Closes the files of an unfinished build."""
        self._corpus.abandon()
        self._lexical.abandon()

    def _write_paragraphs(
        self, corpus: Corpus, embedder: Embedder, bounds: IntArray, *, tokens: bool
    ) -> None:
        folder, before, row_map = self._folder, self._before, self._paragraphs
        stage = Stage("embedding paragraphs", self._weights[0])
        self._context_lengths = np.full(len(row_map), -1, dtype=np.int32)
        keys: Keys = np.zeros(len(row_map), dtype=KEY)
        if before is not None and before.tokens is not None:
            for run in row_map.copied_runs():
                keys[run.first : run.last] = before.tokens.keys[run.old]

        def fresh() -> Iterator[tuple[IntArray, FloatArray]]:
            for rows in row_map.new_rows(_PART):
                found = list(corpus.embedded_paragraphs(rows.tolist()))
                placed = [embedder.placed(each) for each in found]
                begins = list(map(_begins, found, placed))
                self._context_lengths[rows] = list(map(_context_length, found, placed))
                keys[rows] = list(map(key_of, map(embedder.key, placed), begins))
                yield rows, embedder.embed(placed, stage, tokens=tokens)

        known = None if before is None else before.paragraphs
        write_vectors(folder, PARAGRAPHS, row_map, fresh(), known)
        if tokens:
            self._write_tokens(corpus, embedder, keys, bounds)

    def _write_tokens(
        self, corpus: Corpus, embedder: Embedder, keys: Keys, bounds: IntArray
    ) -> None:
        before = self._before
        dimension = before.maxsim.dimension if before is not None and before.maxsim else 0

        def read(rows: IntArray) -> Iterator[tuple[Codes, IntArray]]:
            nonlocal dimension
            for first in range(0, len(rows), _PART):
                part = rows[first : first + _PART].tolist()
                found = list(corpus.embedded_paragraphs(part))
                placed = [self._placed(each, embedder) for each in found]
                begins = map(_begins, found, placed)
                for codes, sentences in zip(embedder.token_codes(placed), begins, strict=True):
                    dimension = codes.dimension
                    yield codes.codes, first_tokens(codes.starts, sentences)

        source = self._base.tokens() if self._base is not None else None
        self.taken = write_tokens(self._folder, keys, bounds, read, source)
        write_rotation(self._folder, dimension)

    def _placed(self, found: EmbeddedParagraph, embedder: Embedder) -> Embeddable:
        """A paragraph as it was embedded, without counting its tokens again where it is new."""
        length = int(self._context_lengths[found.row])
        if length < 0:
            return embedder.placed(found)
        text = f"{found.context[: length - 1]}\n{found.text}" if length else found.text
        return Embeddable(text, found.language)

    def _write_sentences(self, corpus: Corpus, embedder: Embedder, bounds: IntArray) -> None:
        stage = Stage("embedding sentences", self._weights[1])

        def fresh() -> Iterator[tuple[IntArray, FloatArray]]:
            for rows in self._paragraphs.new_rows(_PART):
                texts = [
                    Embeddable(each.text[first:last], each.language)
                    for each in corpus.embedded_paragraphs(rows.tolist())
                    for first, last in each.sentences
                ]
                numbers = [np.arange(bounds[row], bounds[row + 1]) for row in rows.tolist()]
                yield np.concatenate(numbers), embedder.embed(texts, stage)

        known = None if self._before is None else self._before.sentences
        write_vectors(self._folder, SENTENCES, self._sentences, fresh(), known)


def _context_length(found: EmbeddedParagraph, placed: Embeddable) -> int:
    """How many characters of an embedded text are its context, with the line break after it."""
    return len(placed.text) - len(found.text)


def _begins(found: EmbeddedParagraph, placed: Embeddable) -> Sequence[int]:
    """Where the sentences begin in the embedded text, after its context."""
    context = _context_length(found, placed)
    return [context + first for first, _last in found.sentences]
