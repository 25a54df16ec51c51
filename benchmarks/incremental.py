"""The cost of one changed document, and of no change, relative to a full build.

    python -m benchmarks.incremental [--documents 1000] [--paragraphs 20]

Synthetic documents, the real pipeline with late interaction, a model that costs next to nothing:
so the ratios are the worst ones; a real model makes a full build many times longer.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.synthetic import cheap_indexer, document, document_path, write_documents
from rag.indexing.report import Report

_RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--paragraphs", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds, home = folder / "seeds", folder / "home"
        write_documents(seeds, asked.documents, asked.paragraphs)
        indexer = cheap_indexer(home)

        def run() -> Report:
            return indexer.index_folder(seeds)

        full, whole = _timed(run)
        print(f"{whole.paragraphs} paragraphs, {whole.sentences} sentences, model for free\n")
        print("| run | seconds | of a full build | texts embedded |\n| --- | --- | --- | --- |")
        print(f"| full build | {full:.1f} | 1 | {whole.embedded} |")
        changed = (_changed(seeds, asked, version, run) for version in range(1, _RUNS + 1))
        unchanged = (_timed(run) for _ in range(_RUNS))
        for title, runs in (("one document changed", changed), ("nothing changed", unchanged)):
            for seconds, report in runs:
                share = f"1/{full / seconds:.0f}"
                print(f"| {title} | {seconds:.2f} | {share} | {report.embedded} |")


def _changed(
    seeds: Path, asked: argparse.Namespace, version: int, run: Callable[[], Report]
) -> tuple[float, Report]:
    """Rewrites a document in the middle of the folder; only its own texts may be embedded."""
    number = asked.documents // 2
    text = document(number, asked.paragraphs, version=version)
    document_path(seeds, number).write_text(text, encoding="utf-8")
    return _timed(run)


def _timed(run: Callable[[], Report]) -> tuple[float, Report]:
    began = time.perf_counter()
    report = run()
    return time.perf_counter() - began, report


if __name__ == "__main__":
    main()
