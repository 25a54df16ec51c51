"""Makes every write, sync, rename and link of a publication fail in turn, as a bad disk does.

    python -m benchmarks.faults [--every 1]

The third publication of a folder, and the second, which copies what the third links.
Needs a C compiler and Linux: faults.c is preloaded. Checked after each fault: the run ended with
an error in words or got through, the index that is live is whole and answers as before or as
after the change, and the next run, without a fault, completes and leaves no orphan.
"""

import argparse
import ctypes
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

from benchmarks.synthetic import (
    cheap_indexer,
    document,
    document_path,
    open_service,
    write_documents,
)
from rag.errors import StoreError
from rag.index.generations import Store
from rag.index.manifest import everything, verified

_DOCUMENTS, _PARAGRAPHS = 8, 4
_PRELOADED = "WENDA_FAULTS"
_ENDS = {0: "got through", 3: "said so", 4: "another error"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="Try every so many calls only.")
    asked = parser.parse_args()
    if _PRELOADED not in os.environ:
        _again_with_faults()
    faults = ctypes.CDLL(os.environ[_PRELOADED])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        seeds, before = folder / "seeds", folder / "before"
        write_documents(seeds, _DOCUMENTS, _PARAGRAPHS)
        ends: Counter[str] = Counter()
        wrong: list[str] = []
        for version in range(2):
            _index(seeds, before)
            changed = document_path(seeds, 3)
            changed.write_text(document(3, _PARAGRAPHS, version=version + 1), encoding="utf-8")
            calls = _in_child(partial(_counted, faults, seeds, before, folder), folder)
            print(f"{calls} writes, syncs, renames and links in publication {version + 2}")
            numbers = [n * sign for n in range(1, calls + 1, asked.every) for sign in (1, -1)]
            for error, number in product((errno.ENOSPC, errno.EIO), numbers):
                home = _copy(before, folder / "home")
                end = _with_fault(faults, seeds, home, number, error)
                name = errno.errorcode[error]
                ends[f"{name}, {'once' if number > 0 else 'from then on'}: {end}"] += 1
                wrong += [f"{name} at {number}: {each}" for each in _checked(seeds, home, version)]
        for end, count in sorted(ends.items()):
            print(f"{count:6} {end}")
        print(f"{len(wrong)} wrong", *wrong[:20], sep="\n")
        raise SystemExit(bool(wrong) or any("another" in end for end in ends))


def _again_with_faults() -> None:
    """Runs this program again with the faults preloaded, and exits with its code."""
    with tempfile.TemporaryDirectory() as name:
        library = Path(name) / "faults.so"
        source = Path(__file__).with_name("faults.c")
        subprocess.run(  # noqa: S603 - our own source
            ["/usr/bin/cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"],
            check=True,
        )
        environment = {**os.environ, "LD_PRELOAD": str(library), _PRELOADED: str(library)}
        command = [sys.executable, "-m", "benchmarks.faults", *sys.argv[1:]]
        raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


def _index(seeds: Path, home: Path) -> None:
    cheap_indexer(home).index_folder(seeds)


def _copy(home: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to)
    return to


def _counted(faults: ctypes.CDLL, seeds: Path, before: Path, folder: Path) -> int:
    home = _copy(before, folder / "counted")
    faults.faults_arm(str(home).encode(), ctypes.c_long(1 << 40), errno.EIO)
    _index(seeds, home)
    return int(faults.faults_count())


def _in_child(work: Callable[[], int], folder: Path) -> int:
    """Runs a function in a forked process, so that it leaves nothing here; its result."""
    told = folder / "told"
    child = os.fork()
    if child == 0:
        told.write_text(str(work()))
        os._exit(0)
    os.waitpid(child, 0)
    return int(told.read_text())


def _with_fault(faults: ctypes.CDLL, seeds: Path, home: Path, number: int, error: int) -> str:
    """Indexes in a forked process in which one call fails, or all from that one on."""
    child = os.fork()
    if child == 0:
        faults.faults_arm(str(home).encode(), ctypes.c_long(number), error)
        end = 0
        try:
            _index(seeds, home)
        except StoreError:
            end = 3
        except BaseException as unexpected:  # noqa: BLE001 - it is what is looked for
            faults.faults_arm(b"", ctypes.c_long(1 << 40), error)
            sys.stderr.write(f"call {number}: {unexpected!r}\n")
            end = 4
        os._exit(end)
    _, status = os.waitpid(child, 0)
    return _ENDS.get(os.waitstatus_to_exitcode(status), f"status {status}")


def _checked(seeds: Path, home: Path, version: int) -> list[str]:
    """What is wrong after a fault, and after the run that follows it.

    `version` is the document's before the change.
    """
    wrong = []
    old, new = (
        document(3, _PARAGRAPHS, version=number).split("\n\n")[2][:12]
        for number in (version, version + 1)
    )
    store = Store(home)
    folder, _ = store.current()
    verified(folder, deep=everything)
    if not any(_finds(home, text) for text in (old, new)):
        wrong.append("neither the old nor the new text is found")
    _index(seeds, home)
    if not _finds(home, new) or _finds(home, old):
        wrong.append("the run after it does not find the new text alone")
    left = sorted(path.name for path in (home / "generations").iterdir())
    if len(left) > 2 or any(name.startswith(".") for name in left):
        wrong.append(f"orphans: {left}")
    return wrong


def _finds(home: Path, text: str) -> bool:
    answer = open_service(home).ask_question(text)
    return any(text in passage.text for passage in answer.passages)


if __name__ == "__main__":
    main()
