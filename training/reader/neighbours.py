"""Neighbours of questions among the texts of training: passages that may be taken for the right
one, and translations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.arrays import FloatArray
from rag.embedding.folder import BUNDLED, locate
from rag.embedding.model import LocalModel
from rag.encoding.onnx_encoder import PassageEncoder
from rag.progress import silent
from training.reader.texts import PairKind, TrainingTexts

#: Passages near a question that are kept.
NEAREST = 6
_AT_ONCE = 256
#: The cosine of a question to its translation is larger.
_SAME = 0.5


class Encoders:
    """The question encoder's network, for questions and for passages: here it need not be exact."""

    def __init__(self, models: Path) -> None:
        """`models` is the cache of what is made of the bundled model."""
        model = LocalModel(BUNDLED, models, silent)
        folder = locate(BUNDLED, models, silent)
        tokenizer = model.count_tokens.tokenizer()
        self._questions, self._passages = (
            PassageEncoder(model.compiled, tokenizer, prompt, folder.max_tokens)
            for prompt in (folder.query_prompt, folder.passage_prompt)
        )

    def questions(self, texts: list[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension)."""
        return _encoded(self._questions, texts)

    def passages(self, texts: list[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension)."""
        return _encoded(self._passages, texts)


def _encoded(encoder: PassageEncoder, texts: list[str]) -> FloatArray:
    parts = [
        encoder.encode_passages(texts[first : first + _AT_ONCE])
        for first in range(0, len(texts), _AT_ONCE)
    ]
    return np.concatenate(parts)


@dataclass(slots=True)
class EncodedTexts:
    """The texts of a file with the vectors of its passages as they were written, `rows`, and of its
    questions to them, `asked`: numbers of passages and questions.
    """

    texts: TrainingTexts
    rows: list[int]
    vectors: FloatArray
    asked: list[int]
    question_vectors: FloatArray

    @classmethod
    def of(cls, texts: TrainingTexts, file: Path, encoders: Encoders) -> "EncodedTexts":
        """Vectors are kept in a file, and made anew where it is of other texts."""
        rows = [n for n, p in enumerate(texts.passages) if p.original < 0]
        kinds = (PairKind.GOLD, PairKind.PEOPLES)
        asked = [n for n, q in enumerate(texts.questions) if q.kind in kinds]
        passages, questions = vectors_of(
            file,
            [texts.passages[n].text for n in rows],
            [texts.questions[n].text for n in asked],
            encoders,
        )
        return cls(texts, rows, passages, asked, questions)

    def nearest_others(self) -> dict[int, list[int]]:
        """For each answered question the nearest passages that do not hold its answer."""
        found = {}
        for place, number in enumerate(self.asked):
            asked = self.texts.questions[number]
            if not asked.answers:
                continue
            answer = self.texts.passages[asked.passage].text[asked.start : asked.end]
            cosines = self.vectors @ self.question_vectors[place]
            best = [self.rows[at] for at in np.argsort(-cosines)[: 4 * NEAREST]]
            found[number] = [
                each
                for each in best
                if each != asked.passage and answer not in self.texts.passages[each].text
            ][:NEAREST]
        return found

    def by_passage(self) -> dict[int, list[int]]:
        """Places of the questions to each passage, by the passage's place."""
        place_of = {number: place for place, number in enumerate(self.rows)}
        found: dict[int, list[int]] = {}
        for place, number in enumerate(self.asked):
            found.setdefault(place_of[self.texts.questions[number].passage], []).append(place)
        return found


def vectors_of(
    file: Path, passages: list[str], questions: list[str], encoders: Encoders
) -> tuple[FloatArray, FloatArray]:
    """Unit vectors of passages and of questions, shape (texts, dimension) each. They are kept in a
    file, and made anew where it is of another number of texts.
    """
    if not _is_of(file, len(passages), len(questions)):
        made = encoders.passages(passages), encoders.questions(questions)
        np.savez(file, passages=made[0], questions=made[1])
    with np.load(file) as content:
        return content["passages"], content["questions"]


def _is_of(file: Path, rows: int, asked: int) -> bool:
    """Whether a file has that number of passage vectors, `rows`, and of question vectors."""
    if not file.exists():
        return False
    with np.load(file) as content:
        return (len(content["passages"]), len(content["questions"])) == (rows, asked)


def translations(one: EncodedTexts, other: EncodedTexts) -> Iterator[tuple[int, int]]:
    """Pairs of questions that are each other's nearest, in passages that are too."""
    mine, theirs = one.by_passage(), other.by_passage()
    a, b = sorted(mine), sorted(theirs)
    cosines = one.vectors[a] @ other.vectors[b].T
    there, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    for at, place in enumerate(a):
        match = int(there[at])
        if back[match] != at:
            continue
        left, right = mine[place], theirs[b[match]]
        near = one.question_vectors[left] @ other.question_vectors[right].T
        for row, question in enumerate(left):
            column = int(near[row].argmax())
            mutual = near[:, column].argmax() == row and near[row, column] > _SAME
            number, found = one.asked[question], other.asked[right[column]]
            same = one.texts.questions[number].answers == other.texts.questions[found].answers
            if mutual and same:
                yield number, found
