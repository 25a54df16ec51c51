"""Kills `wenda index` at random instants while documents change and a reader asks all the time.

    python -m benchmarks.killing [--kills 200] [--documents 60]

Checked: every answer quotes its own generation, character by character; a generation that is read
is whole; after every kill the next run completes and leaves no orphan; and nothing is embedded
twice (the batch that a kill caught in the model, 32 texts at most, was not embedded yet).
"""

import argparse
import itertools
import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.synthetic import (
    cheap_indexer,
    document,
    document_path,
    fingerprint,
    open_service,
    write_documents,
)
from rag.index.generations import Store
from rag.index.manifest import everything, verified
from rag.serving.live import LiveService

_PARAGRAPHS = 6
#: No text comes back, since the cache may forget what is not in use.
_VERSIONS = itertools.count(1)


def _index(seeds: Path, home: Path, notes: Path) -> None:
    """Indexes, and logs every text before it is embedded, one line per call."""

    def note(kind: str, texts: Sequence[str]) -> None:
        with notes.open("a") as file:
            file.write(" ".join(kind + fingerprint(text.encode()) for text in texts) + "\n")

    cheap_indexer(home, note).index_folder(seeds)


@dataclass
class _Reader:
    """Asks the live generation all the time and checks the answers."""

    home: Path
    stop: threading.Event = field(default_factory=threading.Event)
    answers: int = 0
    generations: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def ask_until_stopped(self) -> None:
        serving = LiveService([Store(self.home).current_file], lambda: open_service(self.home))
        draw = random.Random(5)  # noqa: S311 - no secret
        while not self.stop.is_set():
            serving.refresh()
            if serving.problem is not None:
                self.faults.append(serving.problem)
            service = serving.service
            row = draw.randrange(len(service.generation.paragraphs))
            asked = service.generation.corpus.paragraph(row).text[:20]
            answer = service.ask_question(asked)
            self.answers += 1
            self.generations.add(answer.generation)
            if answer.generation != service.generation.name:
                self.faults.append(f"{answer.generation} is not {service.generation.name}")
            quoted = [
                (each.document_id, each.start, each.end, each.quote) for each in answer.citations
            ]
            shown = [
                (each.document_id, each.start, each.end, each.text) for each in answer.passages
            ]
            for identity, start, end, text in (*quoted, *shown):
                document = service.generation.corpus.document(identity)
                if document is None or document.text[start:end] != text:
                    self.faults.append(f"{identity} does not say {text[:30]}")


class _Indexing:
    """Runs of `wenda index`, each in a process that may be killed; `notes` says which were."""

    def __init__(self, folder: Path) -> None:
        self.seeds, self.home = folder / "seeds", folder / "home"
        self.notes: list[tuple[Path, bool]] = []
        self._folder = folder
        # Processes are forked from one without threads that has imported everything.
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["benchmarks.synthetic", "rag.indexing.indexer"])

    def start_run(self) -> multiprocessing.context.ForkServerProcess:
        path = self._folder / f"notes-{len(self.notes):04d}"
        self.notes.append((path, False))
        process = self._processes.Process(target=_index, args=(self.seeds, self.home, path))
        process.start()
        return process

    def killed_while(self, seconds: float, edit: Callable[[], None], draw: random.Random) -> bool:
        """Whether a run was killed after some seconds, in which files change; or had ended."""
        process = self.start_run()
        end = time.monotonic() + seconds
        while time.monotonic() < end and process.is_alive():
            time.sleep(0.002)
            if draw.random() < 0.02:
                edit()
        killed = process.is_alive() and process.pid is not None
        if killed and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)
            self.notes[-1] = (self.notes[-1][0], True)
        process.join()
        return killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--documents", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        indexing = _Indexing(Path(name))
        write_documents(indexing.seeds, asked.documents, _PARAGRAPHS)
        began = time.monotonic()
        indexing.start_run().join()
        usual = time.monotonic() - began
        reader = _Reader(indexing.home)
        thread = threading.Thread(target=reader.ask_until_stopped)
        thread.start()
        completed, faults = _kill(indexing, asked.kills, asked.documents, usual)
        indexing.start_run().join()
        reader.stop.set()
        thread.join()
        faults += [*reader.faults, *_left(indexing.home, 0), *_twice(indexing.notes)]
    print(f"{asked.kills} kills within {usual:.2f} s each, {completed} runs checked after them")
    print(f"{reader.answers} answers from {len(reader.generations)} generations meanwhile")
    print(f"{len(faults)} faults", *faults[:20], sep="\n")
    raise SystemExit(bool(faults))


def _kill(indexing: _Indexing, kills: int, documents: int, usual: float) -> tuple[int, list[str]]:
    """Kills that many runs; the number of runs checked in between, and what was wrong then."""
    draw = random.Random(7)  # noqa: S311 - no secret
    edit = partial(_edit, indexing.seeds, documents, draw)
    killed = completed = 0
    faults: list[str] = []
    while killed < kills:
        edit()
        if not indexing.killed_while(draw.uniform(0, usual), edit, draw):
            continue
        killed += 1
        if killed % 10 == 0:
            after = indexing.start_run()
            after.join()
            completed += 1
            faults += _left(indexing.home, after.exitcode)
    return completed, faults


def _edit(seeds: Path, documents: int, draw: random.Random) -> None:
    """Changes, removes or adds a document atomically, as editors do."""
    number = draw.randrange(documents + 5)
    path = document_path(seeds, number)
    if path.exists() and draw.random() < 0.1:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".tmp")
    new.write_text(document(number, _PARAGRAPHS, version=next(_VERSIONS)), encoding="utf-8")
    new.replace(path)


def _left(home: Path, code: int | None) -> list[str]:
    """What is wrong after a run that was not killed, empty if nothing."""
    faults = [] if code == 0 else [f"a run ended with {code}"]
    store = Store(home)
    names = sorted(path.name for path in (home / "generations").iterdir())
    if len(names) > 2:
        faults.append(f"orphans: {names}")
    for name in names:
        verified(store.folder(name), deep=everything)
    if store.live_name() != store.current()[1].name:
        faults.append("the live generation is not used")
    known = {"CURRENT", "generations", "lock", "seen", "vectors.cache"}
    left = {path.name for path in home.iterdir()} - known
    faults += [f"left: {name}" for name in left if not name.startswith("vectors.cache-")]
    return faults


def _twice(notes: list[tuple[Path, bool]]) -> list[str]:
    """Texts that were embedded twice, except in the last call before a kill."""
    kept: dict[str, str] = {}
    faults = []
    for path, killed in notes:
        lines = path.read_text().splitlines() if path.exists() else []
        for at, line in enumerate(lines):
            caught = killed and at == len(lines) - 1
            again = [text for text in line.split() if text in kept]
            faults += [f"{text}: {kept[text]}, again {path.name}" for text in again]
            if not caught:
                kept |= dict.fromkeys(line.split(), path.name)
    return faults


if __name__ == "__main__":
    main()
