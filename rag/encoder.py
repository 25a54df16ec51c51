"""The question encoder for serving: the only module that runs onnxruntime."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from rag.errors import QuestionError
from rag.late_interaction import EncodedQuestion
from rag.tokenizer import QuestionTokenizer, own_tokens

ENCODER_FILE = "encoder.onnx"
#: The large weights, which onnxruntime maps into memory: of a vocabulary little is ever read.
WEIGHTS_FILE = "encoder.weights"
CONFIG_FILE = "encoder.json"


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
        self._tokenizer = QuestionTokenizer(folder)
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, question: str) -> EncodedQuestion:
        """Raises QuestionError when the question does not fit the model."""
        ids, encoding = self._tokenizer.encode(self._config.prompt + question)
        if len(ids) > self._config.max_tokens:
            raise QuestionError(
                f"The question is too long: {len(ids)} tokens, "
                f"at most {self._config.max_tokens}. Ask it in fewer words."
            )
        row = ids[np.newaxis]
        inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
        vectors, states = self._session.run(["question_vector", "token_states"], inputs)
        kept, _starts = own_tokens(encoding, len(self._config.prompt))
        return EncodedQuestion(vectors[0], states[:, 0, kept])
