"""Compiles the model's exported network into ONNX encoders: a quantized one for questions, and one
for passages that needs no PyTorch.

There are two recipes for questions: 8 bits with smoothed activations, and weights in 4-bit blocks
(nearly lossless for the bundled model, whose weights are 4-bit blocks). The faster one on this
machine is taken where both agree with the model; otherwise the one that agrees better. The passage
encoder keeps 32 bits, since a passage is encoded once and compared with every question; it is
written unless the token embeddings need more than 4-bit blocks and make it large.
"""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import quant_pre_process

from rag.arrays import FloatArray
from rag.embedding.compiling.artifacts import (
    EXPECTED_FILE,
    NETWORK_FILE,
    READER_NETWORK_FILE,
    STAGE,
    STEPS,
)
from rag.embedding.compiling.onnx_fusion import simplify
from rag.embedding.compiling.quantization import Feed, blocks_of_4_bits, smoothed_8_bits
from rag.embedding.compiling.reader_compiler import compile_reader
from rag.embedding.compiling.token_embeddings import QuantizedTable, TokenTable, take_out
from rag.embedding.folder import ModelFolder
from rag.encoding.onnx_encoder import (
    ENCODER_FILE,
    PASSAGES_FOLDER,
    WEIGHTS_FILE,
    EncoderConfig,
    QuestionEncoder,
)
from rag.encoding.tokenizer import QuestionTokenizer, write_question_tokenizer
from rag.errors import ModelError
from rag.progress import Progress

#: Above this the public sets lose nothing (docs/experiments.md).
_AGREEMENT = 0.998
#: Passages need a higher one: at 0.9997 a public set lost seven answers of a thousand.
_EXACT = 0.9999
_USABLE = 0.98
#: Bits for each number of the token embeddings with which the passage encoder is small enough to
#: keep.
_SMALL_ENOUGH = 4
#: Weights of at least this many bytes are memory-mapped from a file of their own.
_LARGE = 1 << 20
_ROUNDS = 5
_SMOOTHED, _BLOCKS = _RECIPES = ("8 bits, smoothed", "4-bit blocks")


@dataclass(frozen=True, slots=True)
class Compiled:
    """The recipe, the lowest cosine of the sample's vectors to the model's own, and the largest
    difference of a logit of the reader; None without a reader.
    """

    recipe: str
    agreement: float
    reader_lost: float | None


@dataclass(frozen=True, slots=True)
class _Expected:
    """Questions, and the model's own vectors of them."""

    texts: Sequence[str]
    vectors: FloatArray

    @classmethod
    def load(cls, path: Path) -> "_Expected":
        with np.load(path) as content:
            return cls(content["texts"].tolist(), content["vectors"])

    def agreement(self, encoder: QuestionEncoder) -> float:
        """The lowest cosine of an encoder's vectors to the model's."""
        found = np.stack([encoder.encode(text).vector for text in self.texts])
        return float((found * self.vectors).sum(axis=1).min())

    def fastest(self, encoders: Mapping[str, QuestionEncoder]) -> str | None:
        """The encoder whose fastest round over the texts is the shortest, in turns; None without
        any.
        """
        times = dict.fromkeys(encoders, float("inf"))
        for recipe in [*encoders] * _ROUNDS:
            began = time.perf_counter()
            for text in self.texts:
                encoders[recipe].encode(text)
            times[recipe] = min(times[recipe], time.perf_counter() - began)
        return min(times, key=times.__getitem__, default=None)


def compile_encoder(
    source: ModelFolder, exported: Path, target: Path, progress: Progress
) -> Compiled:
    """Writes the encoders' files into the existing folder `target`, from the export in the folder
    `exported`, which also takes intermediate files.

    Raises ModelError when the model cannot be compiled.
    """
    progress(STAGE, 1, STEPS)
    expected = _Expected.load(exported / EXPECTED_FILE)
    network = exported / NETWORK_FILE
    table = take_out(network, apart := exported / "apart.onnx")
    network = _simplified(network if table is None else apart, exported)
    common = _Common.write(source, exported / "common", table)
    quantized = {recipe: exported / f"{at}.onnx" for at, recipe in enumerate(_RECIPES)}
    smoothed_8_bits(network, quantized[_SMOOTHED], _calibration(source, common.folder, table))
    progress(STAGE, 2, STEPS)
    blocks_of_4_bits(network, quantized[_BLOCKS])
    progress(STAGE, 3, STEPS)
    folders = {recipe: common.complete(made) for recipe, made in quantized.items()}
    encoders = {recipe: QuestionEncoder(folder) for recipe, folder in folders.items()}
    agreements = {each: expected.agreement(encoders[each]) for each in encoders}
    best = expected.fastest(
        {each: encoders[each] for each in encoders if agreements[each] >= _AGREEMENT}
    ) or max(agreements, key=agreements.__getitem__)
    if common.table is None or common.table.bits == _SMALL_ENOUGH:
        folder = common.complete(network)
        if expected.agreement(QuestionEncoder(folder)) >= _EXACT:
            folder.replace(target / PASSAGES_FOLDER)
    for file in folders[best].iterdir():
        file.replace(target / file.name)
    reader_lost = _compile_reader(source, exported, target)
    progress(STAGE, STEPS, STEPS)
    if agreements[best] < _USABLE:
        raise ModelError(
            f"The model {source.name} cannot be compiled for serving: its questions land at "
            f"cosine {agreements[best]:.3f} of what they should be. Choose another model."
        )
    return Compiled(best, agreements[best], reader_lost)


def _compile_reader(source: ModelFolder, exported: Path, target: Path) -> float | None:
    """Compiles the reader, where the model has one; returns the largest difference of a logit."""
    network = exported / READER_NETWORK_FILE
    if not network.exists():
        return None
    folder = exported / "reader"
    folder.mkdir()
    table = take_out(network, apart := network.with_name("reader.apart.onnx"))
    if table is None:
        raise ModelError("The reader's model has no table of token embeddings. Report this.")
    tokenizer = QuestionTokenizer(target)
    texts = [tokenizer.encode(text)[0] for text in _sample_texts()]
    sample = [
        np.concatenate([asked, asked[-1:], passage[1:]])[np.newaxis, : source.max_tokens]
        for asked, passage in zip(texts, [*texts[1:], texts[0]], strict=True)
    ]
    return compile_reader(network, _simplified(apart, folder), table, sample, target)


@dataclass(frozen=True, slots=True)
class _Common:
    """What the encoders of one model have in common: the files of a folder, and a table."""

    folder: Path
    table: QuantizedTable | None

    @classmethod
    def write(cls, source: ModelFolder, folder: Path, table: TokenTable | None) -> "_Common":
        folder.mkdir()
        write_question_tokenizer(source.tokenizer, folder)
        EncoderConfig(source.query_prompt, source.max_tokens).save(folder)
        return cls(folder, None if table is None else table.quantized())

    def complete(self, network: Path) -> Path:
        """A folder of all that an encoder needs, its large weights in a file of their own."""
        folder = network.with_suffix("")
        shutil.copytree(self.folder, folder)
        model = onnx.load(str(network))
        if self.table is not None:
            self.table.put_into(model)
        onnx.save_model(
            model,
            str(folder / ENCODER_FILE),
            save_as_external_data=True,
            location=WEIGHTS_FILE,
            size_threshold=_LARGE,
        )
        return folder


def _calibration(source: ModelFolder, common: Path, table: TokenTable | None) -> list[Feed]:
    """Inputs for the smoothing: short texts in eight scripts, none of the sample."""
    tokenizer = QuestionTokenizer(common)
    encoded = (tokenizer.encode(source.query_prompt + text)[0] for text in _sample_texts())
    rows = [ids[np.newaxis, : source.max_tokens] for ids in encoded]
    return [{"input_ids": row} if table is None else table.feed(row) for row in rows]


def _sample_texts() -> list[str]:
    with resources.files("rag.embedding").joinpath("reference.npz").open("rb") as file:
        return [text.partition(": ")[2] for text in np.load(file)["texts"].tolist()]


def _simplified(source: Path, folder: Path) -> Path:
    """The network cleaned for quantizers and simplified, in a folder."""
    cleaned, simple = (folder / f"{step}.onnx" for step in ("cleaned", "simple"))
    quant_pre_process(
        str(source),
        str(cleaned),
        skip_symbolic_shape=True,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        external_data_location="cleaned.weights",
    )
    simplify(cleaned, simple)
    return simple
