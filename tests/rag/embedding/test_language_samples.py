"""The sentences that languages are measured by, and the means that come of them."""

import numpy as np
import pytest

from rag.arrays import FloatArray
from rag.documents import detect_language, detect_script
from rag.embedding.language_samples import measure, samples
from rag.encoding.types import EncodedQuestion
from tests.fakes import DIMENSION, HashingEncoder, HashingModel, hashed, hashed_tokens

SALT = "hashing-1"
SENTENCES = 10
#: Questions come after the statements.
STATEMENTS = 5
#: The last one ends questions in Greek, and parts of sentences elsewhere.
_MARKS = ("?", "？", "؟", "՞", ";")
#: Languages whose questions are told by words alone.
_WITHOUT_MARKS = {"ja", "th"}


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    return samples()


def test_every_language_says_the_same_ten_sentences(texts: dict[str, list[str]]) -> None:
    assert len(texts) > 40
    assert {"zh", "en"} <= set(texts)
    for language, sentences in texts.items():
        assert len(sentences) == SENTENCES, language
        assert len(set(sentences)) == SENTENCES, language
        assert all(sentence == sentence.strip() for sentence in sentences), language


def test_statements_come_first_and_then_questions(texts: dict[str, list[str]]) -> None:
    for language, sentences in texts.items():
        asked = [sentence.endswith(_MARKS) or "՞" in sentence for sentence in sentences]
        assert not any(asked[:STATEMENTS]), language
        assert all(asked[STATEMENTS:]) or language in _WITHOUT_MARKS, language


def test_the_sentences_are_in_the_script_of_their_language(texts: dict[str, list[str]]) -> None:
    scripts = {
        **dict.fromkeys(("zh",), "Hans"),
        **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "mn"), "Cyrl"),
        **dict.fromkeys(("ar", "fa", "ur", "ps"), "Arab"),
        **dict.fromkeys(("hi", "mr", "ne"), "Deva"),
        **dict.fromkeys(("en", "de", "fr", "es", "it", "pt", "tr", "vi", "pl", "sw"), "Latn"),
        "ja": "Jpan",
        "ko": "Kore",
        "el": "Grek",
        "he": "Hebr",
        "th": "Thai",
        "bn": "Beng",
    }
    for language, sentences in texts.items():
        script = detect_script(" ".join(sentences))
        assert script == scripts.get(language, script), language
        told, _ = detect_language(" ".join(sentences))
        if script not in ("Latn", "Cyrl", "Arab", "Deva", "Beng"):
            assert told == language


def test_the_means_of_a_language_are_those_over_its_sentences(
    texts: dict[str, list[str]],
) -> None:
    means = measure(HashingEncoder(SALT).encode, HashingModel().encode_tokens)
    for language in ("zh", "en", "ru"):
        sentences = texts[language]
        mean = np.mean([hashed(sentence, SALT) for sentence in sentences], axis=0)
        # Of a text, all tokens together count as much as those of any other.
        by_text = [hashed_tokens(sentence, SALT).states.mean(axis=1) for sentence in sentences]
        asked = EncodedQuestion(
            hashed("公路", SALT), np.ascontiguousarray(hashed_tokens("公路 road", SALT).states)
        )
        found = means.centered_question(asked, "", language)
        np.testing.assert_allclose(found.vector, unit(asked.vector - mean), atol=1e-5)
        shift = np.mean(by_text, axis=0)[:, np.newaxis]
        np.testing.assert_allclose(found.tokens, unit(asked.tokens - shift), atol=1e-5)
        passage = means.centered_passages(asked.vector[np.newaxis], [""], [language])
        np.testing.assert_allclose(passage[0], unit(asked.vector - mean), atol=1e-5)


def unit(vectors: FloatArray) -> FloatArray:
    normalized: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return normalized


def test_each_language_is_measured_by_all_its_sentences_in_both_roles(
    texts: dict[str, list[str]],
) -> None:
    encoder, model = HashingEncoder(SALT, max_tokens=1000), HashingModel()
    measure(encoder.encode, model.encode_tokens)
    every = [sentence for sentences in texts.values() for sentence in sentences]
    assert encoder.asked == model.encoded == every
    assert hashed(every[0]).shape == (DIMENSION,)


def test_sentences_that_do_not_fit_a_model_are_shortened() -> None:
    encoder, model = HashingEncoder(SALT, max_tokens=4), HashingModel()
    means = measure(encoder.encode, model.encode_tokens)
    assert means.centered_question(hashed_question("What?"), "What?", "en") is not None
    assert max(len(asked.split()) for asked in encoder.asked) > 4  # were tried first


def hashed_question(text: str) -> EncodedQuestion:
    return EncodedQuestion(hashed(text, SALT), hashed_tokens(text, SALT).states)
