"""The compiled encoders of questions and passages: the only module that runs onnxruntime."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Encoding, Tokenizer

from rag.arrays import FloatArray
from rag.encoding.tokenizer import QuestionTokenizer, own_states, own_tokens
from rag.encoding.types import EncodedQuestion, TokenStates
from rag.errors import QuestionCode, QuestionError
from rag.processors import usable_processors

ENCODER_FILE = "encoder.onnx"
#: The large weights, which onnxruntime memory-maps: few rows of a vocabulary are ever read.
WEIGHTS_FILE = "encoder.weights"
CONFIG_FILE = "encoder.json"
#: The network of the reader, beside the question encoder, whose token embeddings it shares.
READER_FILE = "reader.onnx"
#: The folder of the passage encoder, beside the question encoder in the cache.
PASSAGES_FOLDER = "passages"
#: Microseconds for which an idle thread spins before it sleeps: long enough for the next operator
#: of one input, short enough not to hold up other work.
_SPINNING = "50"
#: Optimizations of onnxruntime that make it slower here: the fused sum and normalization.
_SLOWER = ["SkipLayerNormFusion"]


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """The prompt before a question, and the longest input in tokens, prompt included."""

    prompt: str
    max_tokens: int

    def save(self, folder: Path) -> None:
        (folder / CONFIG_FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "EncoderConfig":
        return cls(**json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8")))


class QuestionEncoder:
    """Turns questions into vectors. May be used by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._config = EncoderConfig.load(folder)
        self._tokenizer = QuestionTokenizer(folder)
        self._session = _open(folder, _threads())

    def encode(self, question: str) -> EncodedQuestion:
        """The question's unit vector and the states of its tokens. Raises QuestionError when the
        question does not fit the model.
        """
        ids, encoding = self._tokenizer.encode(self._config.prompt + question)
        if len(ids) > self._config.max_tokens:
            raise QuestionError(
                QuestionCode.TOO_MANY_TOKENS,
                f"The question is too long: {len(ids)} tokens, "
                f"at most {self._config.max_tokens}. Ask it in fewer words.",
                length=len(ids),
                most=self._config.max_tokens,
            )
        vector, states = _run(self._session, ids)
        kept, _starts = own_tokens(encoding, len(self._config.prompt))
        return EncodedQuestion(vector, states[:, kept])


class PassageEncoder:
    """Turns passages into vectors for building, one passage a thread, without padding.

    `tokenizer` is the model's, without truncation or padding.
    """

    def __init__(self, folder: Path, tokenizer: Tokenizer, prompt: str, max_tokens: int) -> None:
        self._tokenizer = tokenizer
        self._prompt = prompt
        self._max_tokens = max_tokens
        self._session = _open(folder, threads=1)
        self._threads = ThreadPoolExecutor(usable_processors())

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension), in the order of the texts."""
        return np.stack([vector for vector, _states in self._encode(self._tokens_of(texts))])

    def encode_tokens(self, texts: Sequence[str]) -> tuple[FloatArray, list[TokenStates]]:
        """Unit vectors, shape (len(texts), dimension), and the states of each text's own tokens."""
        encodings = self._tokens_of(texts)
        found = list(self._encode(encodings))
        states = [
            own_states(states, encoding, len(self._prompt))
            for (_vector, states), encoding in zip(found, encodings, strict=True)
        ]
        return np.stack([vector for vector, _states in found]), states

    def _tokens_of(self, texts: Sequence[str]) -> list[Encoding]:
        encodings = self._tokenizer.encode_batch([self._prompt + text for text in texts])
        for encoding in encodings:
            encoding.truncate(self._max_tokens)
        return encodings

    def _encode(self, encodings: Sequence[Encoding]) -> Iterator[tuple[FloatArray, FloatArray]]:
        rows = (np.array(encoding.ids, dtype=np.int64) for encoding in encodings)
        return self._threads.map(partial(_run, self._session), rows)


class Network:
    """A compiled network other than an encoder. May be used by several threads at once."""

    def __init__(self, path: Path) -> None:
        self._session = _session(path, _threads())

    def run_network(
        self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]
    ) -> list[Any]:
        """The outputs in the order of their names. `inputs` are arrays by name, in the shapes that
        the network declares.
        """
        return list(self._session.run(list(outputs), dict(inputs)))


def _threads() -> int:
    """Threads for one input: onnxruntime would count the cores of the machine, not of the
    container.
    """
    usable = usable_processors()
    return usable if usable < (os.cpu_count() or 1) else 0


def _open(folder: Path, threads: int) -> ort.InferenceSession:
    return _session(folder / ENCODER_FILE, threads)


def _session(path: Path, threads: int) -> ort.InferenceSession:
    """A network with `threads` threads for one input; 0 means one for each core of the machine."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPINNING)
    return ort.InferenceSession(
        str(path),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=_SLOWER,
    )


def _run(
    session: ort.InferenceSession, ids: npt.NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """The vector of one input, shape (dimension,), and the states of its tokens, shape (layers,
    tokens, dimension).
    """
    outputs = ["question_vector", "token_states"]
    vectors, states = session.run(outputs, {"input_ids": ids[np.newaxis]})
    return vectors[0], states[:, 0]
