"""The protocol of every system: it indexes the passages, then answers one question per line, timed.

    python -m benchmarks.peer.NAME MODEL PASSAGES

MODEL is a sentence-transformers folder, PASSAGES a JSON list of texts. Prints a line of JSON when
it is ready, and one for each question on standard input: the milliseconds, and the number of the
passage that it puts first. Uses the standard library only.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

#: Maps a question to the number of the best passage.
Answer = Callable[[str], int]
QUERY, PASSAGE = "query: ", "passage: "


def main(build: Callable[[str, list[str]], Answer]) -> None:
    model, passages = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    began = time.perf_counter()
    answer = build(model, passages)
    _tell({"seconds": time.perf_counter() - began})
    for line in sys.stdin:
        question = json.loads(line)
        began = time.perf_counter()
        first = answer(question)
        ms = (time.perf_counter() - began) * 1000
        _tell({"ms": ms, "first": first, "peak": _peak()})


def _tell(facts: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _peak() -> float:
    """This process's peak resident memory in megabytes (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
