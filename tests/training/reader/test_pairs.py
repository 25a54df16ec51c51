"""Pairs of a question and a passage, and batches of them."""

import random

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from rag.arrays import FloatArray
from training.reader.batches import Batch, rivals
from training.reader.neighbours import EncodedTexts
from training.reader.pairs import TrainingPairs
from training.reader.texts import PairKind, TrainingPassage, TrainingQuestion, TrainingTexts

pytestmark = pytest.mark.slow

COUNT = 12


def epoch(pairs: TrainingPairs, seed: int) -> list[Batch]:
    return list(pairs.epoch(random.Random(seed), 8))  # noqa: S311 - not for secrets


def encoded(name: str, vectors: FloatArray) -> EncodedTexts:
    """A set whose passage n says `<name>n`, which question n asks for; translations have the same
    vectors.
    """
    texts = TrainingTexts(name)
    for number in range(COUNT):
        said = f"{name}{number}"
        texts.passages.append(TrainingPassage(f"it is {said} here", 0, "en", name, f"{name}/a"))
        start = len("it is ")
        texts.questions.append(
            TrainingQuestion(
                "what is it", number, start, start + len(said), f"{name}/a", PairKind.GOLD
            )
        )
    everything = list(range(COUNT))
    return EncodedTexts(texts, everything, vectors, everything, vectors)


@pytest.fixture
def pairs() -> TrainingPairs:
    tokenizer = Tokenizer(
        models.WordLevel({"[UNK]": 4, "it": 5, "is": 6, "what": 7}, unk_token="[UNK]")  # noqa: S106 - a token of the tokenizer
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vectors = np.random.default_rng(1).normal(size=(COUNT, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return TrainingPairs(
        [encoded("squad2_zh", vectors), encoded("squad2_en", vectors)], [], tokenizer
    )


def test_every_pair_that_does_not_answer_is_beside_one_that_does(pairs: TrainingPairs) -> None:
    batches = [batch for seed in range(5) for batch in epoch(pairs, seed)]
    others = 0
    for batch in batches:
        right, wrong = rivals(batch)
        assert wrong == [at for at, (pair, _) in enumerate(batch) if not pair.answers]
        for good, bad in zip(right, wrong, strict=True):
            assert batch[good][0].answers
            assert batch[good][0].asked == batch[bad][0].asked
        others += len(wrong)
    assert others > COUNT


def test_a_question_meets_passages_in_the_other_language(pairs: TrainingPairs) -> None:
    batch = [each for batch in epoch(pairs, 2) for each in batch]
    abroad = [pair for pair, _ in batch if pair.asked[0] != pair.passage[0]]
    assert any(pair.answers for pair in abroad)
    assert any(not pair.answers for pair in abroad)
    for pair in abroad:
        same = pair.asked[1] == pair.passage[1]
        assert same == pair.answers


def test_of_two_questions_neither_is_the_other_s_rival(pairs: TrainingPairs) -> None:
    answering = next(pair for pair in pairs.train if pair.asked == (0, 1))
    vain = next(
        pair
        for seed in range(20)
        for batch in epoch(pairs, seed)
        for pair, _ in batch
        if pair.asked == (0, 2) and not pair.answers
    )
    batch = [(each, pairs.tokens(each, None)) for each in (answering, vain)]
    assert rivals(batch) == ([], [])
