"""Compares Wenda with other stacks: one model, the same passages, the same questions.

    python -m benchmarks.peers ../shared/data/xquad.zh.json --questions 500 \\
        --python txtai=/envs/txtai/bin/python --python haystack=... --python llamaindex=...

Each system runs in a process, and in an environment, of its own; Wenda and the plain stack
(sentence-transformers in fp32 with a flat FAISS index) run in this one. Every question goes to one
after the other before the next is asked, so that other work on the machine falls on all alike.
Wenda's answers have their quoted sentence and citation; the others' are passages.

Environments: `pip install txtai`; `pip install haystack-ai sentence-transformers-haystack`;
`pip install llama-index-core llama-index-embeddings-huggingface llama-index-retrievers-bm25`.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding import folder as model_folder
from rag.embedding.folder import BUNDLED
from rag.evaluation.question_sets import QuestionSet, load_questions
from rag.progress import silent
from wenda.settings import read_settings

_HERE = {"wenda", "plain"}
_COLD = "城镇新增就业多少人？"


@dataclass
class _Peer:
    """A system in its process, and what was measured of it."""

    name: str
    process: subprocess.Popen[str]
    build: float = 0.0
    peak: float = 0.0
    ms: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def tell(self, question: str | None = None) -> dict[str, Any]:
        """Sends a question, if there is one; the process's next answer."""
        assert self.process.stdin is not None  # noqa: S101 - both are pipes
        assert self.process.stdout is not None  # noqa: S101
        if question is not None:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):  # libraries print too
                said: dict[str, Any] = json.loads(line)
                return said
        raise SystemExit(f"{self.name} has ended with code {self.process.wait()}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a SQuAD file: passages and questions")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--passages", type=int, default=10**9, help="use the first so many")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--rounds", type=int, default=5, help="of starting a process")
    parser.add_argument("--plot", type=Path, help="a PNG file of the times")
    given = parser.parse_args()
    settings = read_settings()
    model = model_folder.locate(BUNDLED, settings.models, silent).path
    pythons = dict.fromkeys(("wenda", "plain"), sys.executable)
    pythons |= dict(each.split("=", 1) for each in given.python)
    with tempfile.TemporaryDirectory() as name:
        loaded = load_questions(given.data)
        passages = list(loaded.contexts)[: given.passages]
        asked = _drawn(loaded, len(passages), given.questions)
        file = Path(name) / "passages.json"
        file.write_text(json.dumps(passages), encoding="utf-8")
        os.environ["WENDA_HOME"] = str(Path(name) / "home")
        peers = [_start(peer, python, model, file) for peer, python in pythons.items()]
        _ask(peers, asked)
        _report(peers, len(passages))
        _cold_start(given.rounds)
    if given.plot:
        _plot(peers, given.plot)


def _drawn(loaded: QuestionSet, passages: int, count: int) -> list[tuple[str, set[int]]]:
    """Questions with the numbers of the passages that answer them."""
    known = [q for q in loaded.questions if q.contexts and max(q.contexts) < passages]
    random.Random(1).shuffle(known)  # noqa: S311 - no secret
    return [(question.text, set(question.contexts)) for question in known[:count]]


def _start(name: str, python: str, model: Path, passages: Path) -> _Peer:
    """One at a time, so that the times of building can be compared."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    process = subprocess.Popen(  # noqa: S603 - what the caller names
        [python, "-m", f"benchmarks.peer.{name}", str(model), str(passages)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    peer = _Peer(name, process)
    peer.build = peer.tell()["seconds"]
    print(f"{name} is ready", file=sys.stderr)
    return peer


def _ask(peers: list[_Peer], asked: list[tuple[str, set[int]]]) -> None:
    for peer in peers:
        peer.tell(asked[0][0])  # what is made at the first question
    for number, (question, right) in enumerate(asked):
        for peer in random.Random(number).sample(peers, len(peers)):  # noqa: S311
            said = peer.tell(question)
            peer.ms.append(said["ms"])
            peer.right.append(said["first"] in right)
            peer.peak = said["peak"]
    for peer in peers:
        peer.process.stdin.close()  # type: ignore[union-attr]
        peer.process.wait()


def _report(peers: list[_Peer], passages: int) -> None:
    wenda = peers[0]
    print(f"{len(wenda.ms)} questions, {passages} passages; times as ratios to Wenda's\n")
    print("| | median | p95 | peak MB | to Wenda's | right passage first | building |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for peer in peers:
        ratios = (
            float(np.percentile(peer.ms, share) / np.percentile(wenda.ms, share))
            for share in (50, 95)
        )
        times = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        print(
            f"| {peer.name} | {times} | {peer.peak:.0f} | {peer.peak / wenda.peak:.2f}"
            f" | {np.mean(peer.right):.3f} | {peer.build / wenda.build:.2f} |"
        )
    print(f"\nWenda: median {np.median(wenda.ms):.1f} ms, built in {wenda.build:.0f} s")


def _cold_start(rounds: int) -> None:
    """Seconds from the start of a process to its first answer, and those of an import, in turn."""
    commands = {
        "wenda ask": ["-m", "wenda", "ask", _COLD],
        "import": ["-c", "import sentence_transformers"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, arguments in commands.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=False)  # noqa: S603
            times[name].append(time.perf_counter() - began)
    ratio = np.median(times["wenda ask"]) / np.median(times["import"])
    print(
        f"\nCold start to the first answer, to `import sentence_transformers` alone: {ratio:.2f}"
        f" (medians of {rounds}: {np.median(times['wenda ask']):.2f} s,"
        f" {np.median(times['import']):.2f} s)"
    )


def _plot(peers: list[_Peer], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.6 * len(peers) + 1), layout="constrained")
    axes = figure.subplots()
    names = [peer.name for peer in reversed(peers)]
    axes.barh(names, [np.median(peer.ms) for peer in reversed(peers)], color="#46687f")
    axes.set_xlabel("milliseconds from a question to its answer, median")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
