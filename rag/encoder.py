"""The question encoder for serving: the only module that runs onnxruntime."""

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

from rag.errors import QuestionError, StoreError

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "encoder.json"
FILES = (ENCODER_FILE, TOKENIZER_FILE, CONFIG_FILE)


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """What the encoder puts before a question, and the longest input in tokens."""

    prompt: str
    max_tokens: int

    def save(self, folder: Path) -> None:
        (folder / CONFIG_FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "EncoderConfig":
        return cls(**json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8")))


class QuestionEncoder:
    """Turns a question into a unit vector. May be used by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._config = EncoderConfig.load(folder)
        self._tokenizer = load_tokenizer(folder / TOKENIZER_FILE)
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, question: str) -> npt.NDArray[np.float32]:
        """The unit vector of a question, shape (dimension,).

        Raises QuestionError when the question does not fit the model.
        """
        ids = self._tokenizer.encode(self._config.prompt + question).ids
        if len(ids) > self._config.max_tokens:
            raise QuestionError(
                f"The question is too long: {len(ids)} tokens, at most {self._config.max_tokens}. "
                "Ask it in fewer words."
            )
        row = np.array([ids], dtype=np.int64)
        inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
        (vectors,) = self._session.run(["question_vector"], inputs)
        vector: npt.NDArray[np.float32] = vectors[0]
        return vector


class TokenCounter:
    """Counts the tokens a text takes in the model, without prompt and special tokens."""

    def __init__(self, tokenizer: Path) -> None:
        self._path = tokenizer
        self._tokenizer: Tokenizer | None = None
        self._loading = threading.Lock()

    def __call__(self, text: str) -> int:
        return len(self._loaded().encode(text, add_special_tokens=False))

    def overhead(self, prompt: str) -> int:
        """The tokens that a prompt and the special tokens take from every input."""
        return len(self._loaded().encode(prompt))

    def _loaded(self) -> Tokenizer:
        with self._loading:
            if self._tokenizer is None:  # a quarter of a million pieces take half a second
                self._tokenizer = load_tokenizer(self._path)
        return self._tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without truncation or padding. Raises StoreError when it is unreadable."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises a bare Exception
        raise StoreError(
            f"The tokenizer {path} cannot be read: {error}. Build the index again: "
            "wenda index --full"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
