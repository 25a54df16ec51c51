"""Memory and time of a build as the folder grows, and of a build that was killed half way.

    python -m benchmarks.growing [--documents 500 1000 2000 4000] [--paragraphs 20]

Synthetic documents, the real pipeline, a model that costs next to nothing; without late
interaction, whose tokens would fill the disk before they fill memory. Memory is the largest that
the building process held of its own (RssAnon; pages of files can be taken back at any time).
"""

import argparse
import multiprocessing
import tempfile
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.synthetic import cheap_indexer, write_documents

_LOOK = 0.05


def _index(seeds: Path, home: Path, notes: Path) -> None:
    embedded = 0

    def note(_kind: str, texts: object) -> None:
        nonlocal embedded
        embedded += len(texts)  # type: ignore[arg-type]
        notes.write_text(str(embedded))

    cheap_indexer(home, note, late_interaction=False).index_folder(seeds)


def _started(seeds: Path, home: Path, notes: Path) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(target=_index, args=(seeds, home, notes))
    process.start()
    return process


def _noted(notes: Path) -> int:
    """How many texts were embedded so far; 0 while there is no note of it."""
    try:
        return int(notes.read_text())
    except (OSError, ValueError):
        return 0


def _peak(process: BaseProcess) -> float:
    """The peak memory of a process in megabytes, watched until it ends."""
    status = Path(f"/proc/{process.pid}/status")
    most = 0.0
    while process.is_alive():
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            most = max(most, int(lines["RssAnon"].split()[0]) / 1000)
        except (OSError, KeyError):  # it has just ended
            break
        time.sleep(_LOOK)
    process.join()
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[500, 1000, 2000, 4000])
    parser.add_argument("--paragraphs", type=int, default=20)
    asked = parser.parse_args()
    print("| documents | paragraphs | seconds | MB at most | of the smallest |")
    print("| --- | --- | --- | --- | --- |")
    least, whole = 0.0, 0
    for count in asked.documents:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_documents(folder / "seeds", count, asked.paragraphs)
            began = time.perf_counter()
            peak = _peak(_started(folder / "seeds", folder / "home", folder / "notes"))
            seconds = time.perf_counter() - began
            least = least or peak
            paragraphs = count * asked.paragraphs
            print(
                f"| {count:,} | {paragraphs:,} | {seconds:.0f} | {peak:.0f} | {peak / least:.2f} |",
                flush=True,
            )
            whole = whole or _noted(folder / "notes")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_documents(folder / "seeds", asked.documents[0], asked.paragraphs)
        process = _started(folder / "seeds", folder / "home", folder / "before")
        while (before := _noted(folder / "before")) < whole // 2:
            time.sleep(_LOOK)
        process.kill()
        process.join()
        before = max(before, _noted(folder / "before"))
        _started(folder / "seeds", folder / "home", folder / "after").join()
        after = _noted(folder / "after")
    again = before + after - whole
    print(
        f"\nKilled after {before:,} of {whole:,} texts, the next run embedded {after:,}: ", end=""
    )
    print(f"{again:,} again, those of the call that the kill interrupted.")


if __name__ == "__main__":
    main()
