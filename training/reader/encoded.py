"""Training texts as an index keeps them, in a folder of arrays that training maps into memory.

Every passage goes through the embedding model once, without its language's bias and at two bits a
number, as in an index; every question through the encoder that serves.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.arrays import FloatArray, IntArray
from rag.documents import detect_language
from rag.embedding.folder import BUNDLED, locate
from rag.embedding.model import LocalModel
from rag.encoding.language_means import LanguageMeans
from rag.encoding.onnx_encoder import PassageEncoder
from rag.encoding.types import EncodedQuestion
from rag.index.tokens.maxsim import TokenCodes, quantize
from rag.progress import silent
from training.reader.texts import TrainingPassage, TrainingQuestion, TrainingTexts

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Encoders:
    """The network of the question encoder, for questions and for passages: its 8 bits lose less
    than the two of an index, and it is the fastest.
    """

    questions: PassageEncoder
    passages: PassageEncoder
    means: LanguageMeans

    @classmethod
    def of_bundled(cls, models: Path) -> "Encoders":
        """Those of the bundled model; `models` is the cache of what is made of it."""
        model = LocalModel(BUNDLED, models, silent)
        folder = locate(BUNDLED, models, silent)
        tokenizer = model.count_tokens.tokenizer()
        questions, passages = (
            PassageEncoder(model.compiled, tokenizer, prompt, folder.max_tokens)
            for prompt in (folder.query_prompt, folder.passage_prompt)
        )
        return cls(questions, passages, model.language_means)

    def question(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Questions without the bias of their languages."""
        vectors, states = self.questions.encode_tokens(texts)
        return [
            self.means.centered_question(
                EncodedQuestion(vector, each.states), text, detect_language(text)[0]
            )
            for vector, each, text in zip(vectors, states, texts, strict=True)
        ]

    def passage(self, passages: Sequence[TrainingPassage]) -> tuple[FloatArray, list[TokenCodes]]:
        """Vectors and codes of passages without the bias of their languages."""
        texts = [each.text for each in passages]
        languages = [each.language for each in passages]
        vectors, states = self.passages.encode_tokens(texts)
        centered = map(self.means.centered_tokens, states, texts, languages)
        return (
            self.means.centered_passages(vectors, texts, languages),
            [quantize(each) for each in centered],
        )


def encode(texts: TrainingTexts, encoders: Encoders, folder: Path) -> None:
    """Writes the arrays that training reads into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    distinct = list(dict.fromkeys(asked.text for asked in texts.questions))
    number = {text: at for at, text in enumerate(distinct)}
    described = {
        "passages": [asdict(each) for each in texts.passages],
        "questions": [asdict(each) | {"number": number[each.text]} for each in texts.questions],
    }
    content = json.dumps(described, ensure_ascii=False)
    (folder / "texts.json").write_text(content, encoding="utf-8")
    if not (folder / "questions.bounds.npy").exists():
        _write_questions(distinct, encoders, folder)
    if not (folder / "passages.bounds.npy").exists():
        _write_passages(texts.passages, encoders, folder)


def _write_questions(texts: Sequence[str], encoders: Encoders, folder: Path) -> None:
    bounds, vectors = [0], []
    with (folder / "questions.states").open("wb") as file:
        for part in _parts("questions", texts, encoders.question):
            for each in part:
                states = each.tokens.swapaxes(0, 1).reshape(each.tokens.shape[1], -1)
                file.write(states.astype(np.float16).tobytes())
                bounds.append(bounds[-1] + len(states))
                vectors.append(each.vector)
    np.save(folder / "questions.vectors.npy", np.stack(vectors).astype(np.float16))
    np.save(folder / "questions.bounds.npy", np.array(bounds))


def _write_passages(passages: Sequence[TrainingPassage], encoders: Encoders, folder: Path) -> None:
    bounds, starts, vectors = [0], [], []
    with (folder / "passages.codes").open("wb") as file:
        for found, codes in _parts("passages", passages, encoders.passage):
            vectors.extend(found)
            for code in codes:
                file.write(code.codes.tobytes())
                bounds.append(bounds[-1] + len(code.codes))
                starts.append(code.starts.astype(np.int32))
    np.save(folder / "passages.starts.npy", np.concatenate(starts))
    np.save(folder / "passages.vectors.npy", np.stack(vectors).astype(np.float16))
    np.save(folder / "passages.bounds.npy", np.array(bounds))


def _parts(name: str, items: Sequence[Any], work: Callable[[Any], Any]) -> Iterator[Any]:
    """What is made of the items, a batch at a time, with the next batch in work."""
    began = time.monotonic()
    batches = [items[first : first + _BATCH] for first in range(0, len(items), _BATCH)]
    with ThreadPoolExecutor(2) as threads:
        for number, made in enumerate(threads.map(work, batches)):
            if number % 20 == 0:
                done, passed = number * _BATCH, time.monotonic() - began
                print(f"{name} {done} of {len(items)}, {passed:.0f} s", flush=True)
            yield made


@dataclass(slots=True)
class MappedTexts:
    """The arrays of a folder that `encode` wrote, mapped into memory."""

    name: str
    passages: list[TrainingPassage]
    questions: list[TrainingQuestion]
    numbers: list[int]
    states: npt.NDArray[np.float16]
    question_bounds: IntArray
    question_vectors: FloatArray
    codes: npt.NDArray[np.uint8]
    bounds: IntArray
    starts: IntArray
    vectors: FloatArray

    @classmethod
    def open(cls, folder: Path) -> "MappedTexts":
        content = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        numbers = [each.pop("number") for each in content["questions"]]
        question_bounds = np.load(folder / "questions.bounds.npy")
        bounds = np.load(folder / "passages.bounds.npy")
        states = np.memmap(folder / "questions.states", np.float16, "r")
        codes = np.memmap(folder / "passages.codes", np.uint8, "r")
        return cls(
            folder.name,
            [TrainingPassage(**each) for each in content["passages"]],
            [TrainingQuestion(**each) for each in content["questions"]],
            numbers,
            states.reshape(question_bounds[-1], -1),
            question_bounds,
            np.load(folder / "questions.vectors.npy").astype(np.float32),
            codes.reshape(bounds[-1], -1),
            bounds,
            np.load(folder / "passages.starts.npy"),
            np.load(folder / "passages.vectors.npy").astype(np.float32),
        )

    def question(self, at: int) -> npt.NDArray[np.float16]:
        number = self.numbers[at]
        return self.states[self.question_bounds[number] : self.question_bounds[number + 1]]

    def begins(self, passage: int) -> IntArray:
        """The first character of each token of a passage."""
        return self.starts[self.bounds[passage] : self.bounds[passage + 1]]

    def length(self, passage: int) -> int:
        return int(self.bounds[passage + 1] - self.bounds[passage])

    def token(self, passage: int, character: int) -> int:
        """The token that a character of a passage stands in."""
        starts = self.begins(passage)
        last = int(np.searchsorted(starts, character, side="right")) - 1
        return int(np.searchsorted(starts, starts[max(last, 0)]))
