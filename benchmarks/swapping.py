"""Asks from several threads, first without rebuilds and then while the index is rebuilt.

    python -m benchmarks.swapping [--questions 10000] [--threads 8] [--rebuilds 50]

Checked: no error, and every answer is of one generation, whose text says what it quotes. Every
rebuild changes a document; it runs in a process of its own, as under `wenda serve`.
"""

import argparse
import multiprocessing
import random
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.synthetic import (
    cheap_indexer,
    document,
    document_path,
    open_service,
    write_documents,
)
from rag.index.generations import Store
from rag.serving.live import LiveService

_DOCUMENTS, _PARAGRAPHS = 100, 10
_REFRESHED = 0.2


@dataclass
class _Observed:
    """What the threads observed."""

    milliseconds: list[float] = field(default_factory=list)
    generations: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def _index(seeds: Path, home: Path) -> None:
    cheap_indexer(home).index_folder(seeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--rebuilds", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds, home = folder / "seeds", folder / "home"
        write_documents(seeds, _DOCUMENTS, _PARAGRAPHS)
        _index(seeds, home)
        serving = LiveService([Store(home).current_file], lambda: open_service(home))
        serving.refresh()
        quiet = _ask(serving, asked)
        stop = threading.Event()
        refreshing = threading.Thread(target=_refresh, args=(serving, stop))
        refreshing.start()
        rebuilt: list[int] = []
        rebuilding = threading.Thread(target=_rebuild, args=(seeds, home, asked.rebuilds, rebuilt))
        rebuilding.start()
        busy = _ask(serving, asked, until=rebuilding)
        stop.set()
        refreshing.join()
    print("| | questions | generations | median ms | p99 ms | errors and mixed answers |")
    print("| --- | --- | --- | --- | --- | --- |")
    for title, seen in (("no rebuild", quiet), (f"{len(rebuilt)} rebuilds", busy)):
        median, late = np.percentile(seen.milliseconds, [50, 99])
        counts = f"{len(seen.milliseconds)} | {len(seen.generations)}"
        print(f"| {title} | {counts} | {median:.1f} | {late:.1f} | {len(seen.faults)} |")
    late = np.percentile(busy.milliseconds, 99) / np.percentile(quiet.milliseconds, 99)
    print(f"\np99 with rebuilds to p99 without: {late:.2f}")
    print(*[*quiet.faults, *busy.faults][:10], sep="\n")
    failed = len(rebuilt) != asked.rebuilds or any(rebuilt)
    raise SystemExit(failed or bool(quiet.faults or busy.faults))


def _refresh(serving: LiveService, stop: threading.Event) -> None:
    while not stop.wait(_REFRESHED):
        serving.refresh()


def _rebuild(seeds: Path, home: Path, times: int, ends: list[int]) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["benchmarks.synthetic", "rag.indexing.indexer"])
    for number in range(1, times + 1):
        path = document_path(seeds, number % _DOCUMENTS)
        text = document(number, _PARAGRAPHS, version=number)
        path.write_text(text, encoding="utf-8")
        process = processes.Process(target=_index, args=(seeds, home))
        process.start()
        process.join()
        ends.append(process.exitcode or 0)


def _ask(
    serving: LiveService, asked: argparse.Namespace, until: threading.Thread | None = None
) -> _Observed:
    """Asks that many questions, and more while the thread `until` is alive."""
    seen = _Observed()
    counting = threading.Lock()
    count = 0

    def run(seed: int) -> None:
        nonlocal count
        draw = random.Random(seed)  # noqa: S311 - no secret
        while True:
            with counting:
                if count >= asked.questions and (until is None or not until.is_alive()):
                    return
                count += 1
            try:
                _ask_once(serving, draw, seen)
            except Exception as error:  # noqa: BLE001 - it is what is looked for
                seen.faults.append(repr(error))

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(asked.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _ask_once(serving: LiveService, draw: random.Random, seen: _Observed) -> None:
    service = serving.service
    corpus = service.generation.corpus
    row = draw.randrange(len(service.generation.paragraphs))
    question = corpus.paragraph(row).text[:20]
    began = time.perf_counter()
    answer = service.ask_question(question)
    seen.milliseconds.append((time.perf_counter() - began) * 1000)
    seen.generations.add(answer.generation)
    if answer.generation != service.generation.name:
        seen.faults.append(f"{answer.generation} is not {service.generation.name}")
    for passage in answer.passages:
        found = corpus.document(passage.document_id)
        if found is None or found.text[passage.start : passage.end] != passage.text:
            seen.faults.append(f"{passage.document_id} does not say {passage.text[:30]}")


if __name__ == "__main__":
    main()
