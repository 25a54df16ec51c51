"""The bias of each language in a model's vectors, from sentences that say the same in each."""

from collections.abc import Callable, Sequence
from importlib import resources

import numpy as np

from rag.arrays import FloatArray
from rag.encoding.language_means import LanguageMeans, RoleMeans
from rag.encoding.types import EncodedQuestion, TokenStates
from rag.errors import QuestionError

#: A model that does not take a text of this many characters is of no use for questions.
_SHORTEST = 8

EncodePassages = Callable[[Sequence[str]], tuple[FloatArray, list[TokenStates]]]


def samples() -> dict[str, list[str]]:
    """The sentences by language code (ISO 639-1), in one order of meanings."""
    content = resources.files("rag.embedding").joinpath("language_samples.txt")
    found: dict[str, list[str]] = {}
    for line in content.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            language.append(line)
    return found


def measure(
    encode_question: Callable[[str], EncodedQuestion], encode_passages: EncodePassages
) -> LanguageMeans:
    """The means of a model's encoders over the samples of each language."""
    texts = samples()
    questions, passages = [], []
    for each in texts.values():
        encoded = [_encoded(encode_question, text) for text in each]
        questions.append(_mean([e.vector for e in encoded], [e.tokens for e in encoded]))
        vectors, states = encode_passages(each)
        passages.append(_mean(list(vectors), [state.states for state in states]))
    return LanguageMeans.of_samples(texts, *(_role(each) for each in (questions, passages)))


def _encoded(encode_question: Callable[[str], EncodedQuestion], text: str) -> EncodedQuestion:
    """A question, shortened where it does not fit the model, as passages are."""
    while True:
        try:
            return encode_question(text)
        except QuestionError:
            if len(text) < _SHORTEST:
                raise
            text = text[: len(text) // 2]


def _mean(
    vectors: Sequence[FloatArray], tokens: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """The mean over texts, all of the same weight however many tokens they have."""
    return np.mean(vectors, axis=0), np.mean([each.mean(axis=1) for each in tokens], axis=0)


def _role(means: Sequence[tuple[FloatArray, FloatArray]]) -> RoleMeans:
    vectors, tokens = zip(*means, strict=True)
    return RoleMeans(np.stack(vectors).astype(np.float32), np.stack(tokens).astype(np.float32))
