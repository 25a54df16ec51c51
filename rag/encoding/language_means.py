"""The bias of each language in a model's vectors, subtracted from questions and passages.

Vectors of a multilingual model lie to one side by the language of their text, so that texts in one
language seem nearer to each other than the same texts in two (Roy et al., LAReQA, 2020). The bias
is very nearly a constant shift for each language: its mean over texts that say the same in every
language. Once it is subtracted, vectors can be compared across languages,

    v' = (v - mean(language, role)) / |v - mean(language, role)|

with one mean for the role of a question and another for that of a passage. The states of tokens
are shifted likewise, in each layer.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np

from rag.arrays import FloatArray, IntArray
from rag.documents import detect_script
from rag.encoding.types import EncodedQuestion, TokenStates

MEANS_FILE = "language_means.npz"
#: The name of the mean over all languages, for a text that is in none of them.
_ANY = "und"


@dataclass(frozen=True, slots=True)
class RoleMeans:
    """The means of the texts of one role, by language: of their vectors, shape (languages,
    dimension), and of the states of their tokens, shape (languages, layers, dimension).
    """

    vectors: FloatArray
    tokens: FloatArray

    def with_groups(self, groups: list[list[int]]) -> "RoleMeans":
        """The same with one more mean for each group of languages, given by their indices."""
        return RoleMeans(
            *(
                np.concatenate(
                    [means, *(means[group].mean(axis=0, keepdims=True) for group in groups)]
                )
                for means in (self.vectors, self.tokens)
            )
        )


class LanguageMeans:
    """The means of a model. May be used by several threads at once.

    `names` are language codes (ISO 639-1), then scripts (ISO 15924) for languages that have no mean
    of their own, then one for all. Without names nothing is subtracted.
    """

    def __init__(
        self, names: list[str], questions: RoleMeans | None, passages: RoleMeans | None
    ) -> None:
        self._numbers = {name: number for number, name in enumerate(names)}
        self._questions = questions
        self._passages = passages

    @classmethod
    def none(cls) -> Self:
        """No means: vectors are used as the model gives them."""
        return cls([], None, None)

    @classmethod
    def of_samples(
        cls, samples: dict[str, list[str]], questions: RoleMeans, passages: RoleMeans
    ) -> Self:
        """The means of each language's samples, in the order of the languages."""
        scripts: dict[str, list[int]] = {}
        for number, texts in enumerate(samples.values()):
            scripts.setdefault(detect_script(" ".join(texts)), []).append(number)
        groups = [*scripts.values(), list(range(len(samples)))]
        names = [*samples, *scripts, _ANY]
        return cls(names, questions.with_groups(groups), passages.with_groups(groups))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The means stored beside an encoder; no means where none are stored.

        Raises OSError, EOFError or ValueError when they cannot be read.
        """
        path = folder / MEANS_FILE
        if not path.exists():
            return cls.none()
        try:
            content = np.load(io.BytesIO(path.read_bytes()))
        except BadZipFile as error:
            raise ValueError(f"{path.name}: {error}") from error
        with content:
            return cls(
                content["names"].tolist(),
                *(
                    RoleMeans(
                        content[f"{role}_vectors"].astype(np.float32),
                        content[f"{role}_tokens"].astype(np.float32),
                    )
                    for role in ("question", "passage")
                ),
            )

    @cached_property
    def digest(self) -> str:
        """Identifies the means, for caches of vectors from which they were subtracted; "" without
        means.
        """
        if self._questions is None or self._passages is None:
            return ""
        arrays = (self._passages.vectors, self._passages.tokens)
        content = b"".join(array.astype(np.float16).tobytes() for array in arrays)
        return hashlib.sha256(content).hexdigest()[:16]

    def save(self, folder: Path) -> None:
        """Writes the means beside an encoder, as 16-bit floats."""
        if self._questions is None or self._passages is None:
            return
        content: dict[str, Any] = {"names": np.array(list(self._numbers))}
        for role, means in (("question", self._questions), ("passage", self._passages)):
            content[f"{role}_vectors"] = means.vectors.astype(np.float16)
            content[f"{role}_tokens"] = means.tokens.astype(np.float16)
        np.savez(folder / MEANS_FILE, **content)

    def centered_question(
        self, encoded: EncodedQuestion, text: str, language: str
    ) -> EncodedQuestion:
        """A question without the bias of its language."""
        means = self._questions
        if means is None:
            return encoded
        number = self._number(language, text)
        return EncodedQuestion(
            _unit(encoded.vector - means.vectors[number]),
            _unit(encoded.tokens - means.tokens[number][:, np.newaxis]),
        )

    def centered_passages(
        self, vectors: FloatArray, texts: list[str], languages: list[str]
    ) -> FloatArray:
        """Unit vectors of passages, shape (texts, dimension), without their languages' bias."""
        if self._passages is None:
            return vectors
        return _unit(vectors - self._passages.vectors[self._numbers_of(texts, languages)])

    def centered_tokens(self, states: TokenStates, text: str, language: str) -> TokenStates:
        """The tokens of a passage without the bias of its language."""
        if self._passages is None:
            return states
        mean = self._passages.tokens[self._number(language, text)][:, np.newaxis]
        return TokenStates(_unit(states.states - mean), states.starts)

    def _numbers_of(self, texts: list[str], languages: list[str]) -> IntArray:
        pairs = zip(languages, texts, strict=True)
        return np.array([self._number(*pair) for pair in pairs], dtype=np.int64)

    def _number(self, language: str, text: str) -> int:
        number = self._numbers.get(language)
        if number is None:
            number = self._numbers.get(detect_script(text), self._numbers[_ANY])
        return number


def _unit(vectors: FloatArray) -> FloatArray:
    """Vectors of length 1 along the last axis; one of length 0 stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: FloatArray = vectors / np.maximum(lengths, np.float32(1e-12))
    return unit
