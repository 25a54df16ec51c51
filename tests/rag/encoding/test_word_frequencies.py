"""How common words are, from the vocabulary of a tokenizer."""

import json
import math
from pathlib import Path

import pytest

from rag.encoding.tokenizer import write_question_tokenizer
from rag.encoding.word_frequencies import LANGUAGES, LENGTH, WordFrequencies

PIECES = [
    *((special, 0.0) for special in ("<s>", "<pad>", "</s>", "<unk>")),
    ("▁", -3.0),
    ("▁how", -7.0),
    ("▁lad", -11.0),
    ("der", -9.0),
    ("自", -10.0),
    ("行", -10.5),
    ("自行", -12.0),
    ("车", -11.0),
]


@pytest.fixture
def frequencies(tmp_path: Path) -> WordFrequencies:
    source = tmp_path / "whole.json"
    model = {"type": "Unigram", "unk_id": 3, "vocab": PIECES, "byte_fallback": False}
    source.write_text(
        json.dumps(
            {
                "version": "1.0",
                "added_tokens": [],
                "normalizer": None,
                "pre_tokenizer": {
                    "type": "Metaspace",
                    "replacement": "▁",
                    "prepend_scheme": "always",
                },
                "post_processor": None,
                "decoder": None,
                "model": model,
            }
        )
    )
    write_question_tokenizer(source, tmp_path)
    return WordFrequencies.open(tmp_path)


def share(log_probability: float) -> float:
    return 1 - (1 - LANGUAGES * math.exp(log_probability)) ** LENGTH


def test_a_word_is_as_common_as_its_best_pieces(frequencies: WordFrequencies) -> None:
    assert frequencies.shares(["how", "ladder", "自行", "行车"]) == pytest.approx(
        [share(-7), share(-20), share(-12), share(-21.5)]
    )


def test_each_word_stands_by_itself(frequencies: WordFrequencies) -> None:
    alone = [frequencies.shares([word]) for word in ("how", "车", "how")]
    assert frequencies.shares(["how", "车", "how"]) == [shares[0] for shares in alone if shares]


def test_a_word_of_unknown_characters_is_rare(frequencies: WordFrequencies) -> None:
    shares = frequencies.shares(["xyz", "how"])
    assert shares is not None
    assert shares[0] < 1e-6 < shares[1]


def test_nothing_is_known_without_such_a_vocabulary(tmp_path: Path) -> None:
    assert WordFrequencies.open(tmp_path).shares(["how"]) is None
    assert WordFrequencies(None).shares([]) is None
