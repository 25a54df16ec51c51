"""Embedding speed, compared with the plain stack and with the machine's peak throughput.

    python -m benchmarks.embedding FILE.json [--passages 60] [--rounds 3]

The passages of a SQuAD file and their sentences, the real model: by Wenda's embedder (token states
for late interaction and the cache included), by `SentenceTransformer.encode` on the same texts, and
the largest rate of a matrix product in the same precision, in turns. Multiply-adds are counted of
tokens, without padding: those of a layer's four projections, its two feed-forward matrices and its
attention (Vaswani et al., 2017).
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from rag.documents import Limits, detect_language, make_document
from rag.embedding.model import LocalModel
from rag.embedding.torch_model import EmbeddingModel
from rag.evaluation.question_sets import load_questions
from rag.indexing.embedder import Embeddable, Embedder, Stage
from rag.progress import silent
from wenda.settings import read_settings

_SIZES = ((2048, 384, 1536), (2048, 1536, 384), (1024, 1024, 1024), (2048, 2048, 2048))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--passages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    settings = read_settings()
    model = LocalModel(settings.model, settings.models, silent)
    passages = list(load_questions(asked.file).contexts[: asked.passages])
    sentences = _sentences(passages, Limits(max_tokens=model.max_tokens))
    network = EmbeddingModel(model._folder)  # noqa: SLF001 - the same model without Wenda
    work = _multiply_adds(network, passages + sentences)
    runs: dict[str, Callable[[], float]] = {
        "Wenda": lambda: work / _seconds(lambda: _by_wenda(model, passages, sentences)),
        "plain": lambda: work / _seconds(lambda: network.encode(passages + sentences)),
        "matrix product": _best_product,
    }
    for run in runs.values():
        run()
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(asked.rounds):
        for name, run in runs.items():
            rates[name].append(run())
    found = {name: statistics.median(each) for name, each in rates.items()}
    print(f"{len(passages)} passages, {len(sentences)} sentences, {work / 1e9:.0f} billion"
          f" multiply-adds, {torch.get_num_threads()} threads\n")  # fmt: skip
    print("| | of plain | of the matrix product |\n| --- | --- | --- |")
    for name, rate in found.items():
        print(f"| {name} | {rate / found['plain']:.2f} | {rate / found['matrix product']:.2f} |")


def _sentences(passages: Sequence[str], limits: Limits) -> list[str]:
    """The distinct sentences, as an index embeds them."""
    found: dict[str, None] = {}
    for passage in passages:
        document = make_document(passage, path="passage.txt", title="", limits=limits)
        for paragraph in document.paragraphs:
            for sentence in paragraph.sentences:
                found[document.text[sentence.start : sentence.end]] = None
    return list(found)


def _multiply_adds(network: EmbeddingModel, texts: Sequence[str]) -> float:
    shape: Any = network.network[0].model.config  # type: ignore[union-attr]
    width, layers, inner = shape.hidden_size, shape.num_hidden_layers, shape.intermediate_size
    prompted = [network.folder.passage_prompt + text for text in texts]
    counts = [sum(each.attention_mask) for each in network._tokenizer.encode_batch(prompted)]  # noqa: SLF001
    of_token = 4 * width * width + 2 * width * inner
    return float(sum(layers * (n * of_token + 2 * n * n * width) for n in counts))


def _by_wenda(model: LocalModel, passages: Sequence[str], sentences: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        embedder = Embedder(Path(name) / "vectors.cache", model, silent, fresh=False)
        try:
            for texts, tokens in ((passages, True), (sentences, False)):
                placed = [Embeddable(text, detect_language(text)[0]) for text in texts]
                embedder.embed(placed, Stage("texts", 1), tokens=tokens)
        finally:
            embedder.close()


def _best_product() -> float:
    """Multiply-adds per second of the fastest of several 32-bit matrix products."""
    best = 0.0
    for rows, inner, columns in _SIZES:
        a, b = torch.rand(rows, inner), torch.rand(inner, columns)
        torch.mm(a, b)
        seconds = min(_seconds(lambda a=a, b=b: torch.mm(a, b)) for _ in range(5))  # type: ignore[misc]
        best = max(best, rows * inner * columns / seconds)
    return best


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
