"""Several collections beside one folder of as many documents: memory, start and questions.

    python -m benchmarks.several_folders [--collections 20] [--documents 100] [--starts 3]

Serves both in turn with `wenda serve` and the bundled model, and prints what the collections take
in shares of what the one folder takes. Only on Linux, whose /proc tells what a process takes that
the system cannot take back (RssAnon). The documents are a sentence each, embedded once for both.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_PATIENCE = 600.0
_QUESTIONS = 30
_KIBIBYTES = 1024 / 1_000_000


@dataclass
class _Taken:
    """Of each start: seconds until all is served, megabytes then and after the questions; and
    milliseconds of each question.
    """

    seconds: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collections", type=int, default=20)
    parser.add_argument("--documents", type=int, default=100, help="in each collection")
    parser.add_argument("--starts", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ways = _prepared(Path(name), given.collections, given.documents)
        taken = {way: _Taken() for way in ways}
        for _ in range(given.starts):
            for way, environment in ways.items():
                _serve(environment, given.collections * given.documents, taken[way])
    _show(taken["one"], taken["several"], given.collections, given.documents)


def _prepared(folder: Path, collections: int, documents: int) -> dict[str, Mapping[str, str]]:
    """The same documents in one folder and in several, both indexed: the environments of both."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WENDA_")}
    clean |= {name: os.environ[name] for name in ("WENDA_MODELS",) if name in os.environ}
    tables, homes = [], folder / "several" / "collections"
    for each in range(collections):
        seeds = folder / "folders" / f"c{each}"
        seeds.mkdir(parents=True)
        for number in range(each * documents, (each + 1) * documents):
            (seeds / f"well{number}.txt").write_text(_document(number), encoding="utf-8")
        shutil.copytree(seeds, folder / "together" / f"c{each}")
        tables.append(
            f'[[collection]]\nname = "c{each}"\nfolder = "folders/c{each}"\nwho = "everybody"\n'
        )
    (folder / "collections.toml").write_text("\n".join(tables), encoding="utf-8")
    one = {**clean, "WENDA_HOME": str(folder / "one"), "WENDA_SEEDS": str(folder / "together")}
    several = {
        **clean,
        "WENDA_HOME": str(folder / "several"),
        "WENDA_COLLECTIONS": str(folder / "collections.toml"),
    }
    _run(one, "index")
    for each in range(collections):
        (homes / f"c{each}").mkdir(parents=True)
        shutil.copyfile(folder / "one" / "vectors.cache", homes / f"c{each}" / "vectors.cache")
    _run(several, "index")
    return {"one": one, "several": several}


def _document(number: int) -> str:
    return f"Well {number} of Plimford is {number % 89 + 3} metres deep."


def _run(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "wenda", *arguments], env=environment, check=True)  # noqa: S603 - our own


def _serve(environment: Mapping[str, str], documents: int, taken: _Taken) -> None:
    """Starts a server, waits until every document is served, asks, and ends it."""
    began = time.perf_counter()
    settings = {**environment, "WENDA_PORT": "0", "WENDA_RATE_LIMIT": "off"}
    with subprocess.Popen(
        [sys.executable, "-m", "wenda", "serve"], env=settings, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            url = _address(process)
            with httpx.Client(base_url=url, timeout=_PATIENCE) as client:
                while client.get("index").json()["counts"].get("documents") != documents:
                    if time.perf_counter() - began > _PATIENCE:
                        raise SystemExit("the server did not serve all documents in time")
                    time.sleep(0.02)
                taken.seconds.append(time.perf_counter() - began)
                taken.ready.append(_memory(process.pid))
                for number in range(_QUESTIONS):
                    asked = f"How deep is well {number * documents // _QUESTIONS} of Plimford?"
                    before = time.perf_counter()
                    client.get("ask", params={"q": asked}).raise_for_status()
                    taken.milliseconds.append((time.perf_counter() - before) * 1000)
                taken.asked.append(_memory(process.pid))
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[str]") -> str:
    for line in process.stdout or ():
        if found := re.search(r"Wenda is at (\S+)", line):
            return found[1]
    raise SystemExit("the server ended before it listened")


def _memory(process: int) -> float:
    """Megabytes of a process without pages of files, which can be taken back."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * _KIBIBYTES


def _show(one: _Taken, several: _Taken, collections: int, documents: int) -> None:
    print(f"\n| {collections} collections of {documents} to one of {collections * documents} | |")
    print("| --- | --- |")
    for name, of_one, of_several, unit in (
        ("start until all is served", one.seconds, several.seconds, "s"),
        ("memory when it is served", one.ready, several.ready, "MB"),
        (f"memory after {_QUESTIONS} questions", one.asked, several.asked, "MB"),
        ("a question, asked of all", one.milliseconds, several.milliseconds, "ms"),
    ):
        a, b = statistics.median(of_one), statistics.median(of_several)
        print(f"| {name} | {b / a:.2f} ({b:.1f} to {a:.1f} {unit}) |")


if __name__ == "__main__":
    main()
