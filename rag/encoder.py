"""The question encoder for serving: the only module that runs onnxruntime."""

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Encoding, Tokenizer

from rag.errors import QuestionError, StoreError
from rag.late_interaction import EncodedQuestion

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
    """Turns questions into vectors. May be used by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._config = EncoderConfig.load(folder)
        self._tokenizer = load_tokenizer(folder / TOKENIZER_FILE)
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, question: str) -> EncodedQuestion:
        """Raises QuestionError when the question does not fit the model."""
        encoding = self._tokenizer.encode(self._config.prompt + question)
        if len(encoding.ids) > self._config.max_tokens:
            raise QuestionError(
                f"The question is too long: {len(encoding.ids)} tokens, "
                f"at most {self._config.max_tokens}. Ask it in fewer words."
            )
        row = np.array([encoding.ids], dtype=np.int64)
        inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
        vectors, states = self._session.run(["question_vector", "token_states"], inputs)
        kept, _starts = own_tokens(encoding, len(self._config.prompt))
        return EncodedQuestion(vectors[0], states[:, 0, kept])


def own_tokens(
    encoding: Encoding, prompt: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which tokens are of the text itself, and where they begin in it.

    Left out are special tokens and those of the prompt, `prompt` characters before the text.
    """
    bounds = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2) - prompt
    own = (np.array(encoding.special_tokens_mask) == 0) & (bounds[:, 1] > 0)
    return np.flatnonzero(own), bounds[own, 0].clip(min=0)


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
