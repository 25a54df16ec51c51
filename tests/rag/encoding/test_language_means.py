"""Vectors without the bias of their language: unit, comparable, and unchanged without means."""

from pathlib import Path

import numpy as np
import pytest

from rag.arrays import FloatArray
from rag.encoding.language_means import MEANS_FILE, LanguageMeans, RoleMeans
from rag.encoding.types import EncodedQuestion, TokenStates

DIMENSION, LAYERS = 16, 2
SAMPLES = {
    "zh": ["图书馆早上开门。"],
    "en": ["The library opens."],
    "de": ["Die Bibliothek öffnet."],
}
#: The places of their means, after the languages: scripts in the order met, then all.
HANS, LATN, ANY = 3, 4, 5
UNKNOWN = {"Le musée ouvre.": LATN, "图书馆开门": HANS, "Библиотека": ANY, "123": ANY, "": ANY}


def unit(*shape: int, seed: int = 0) -> FloatArray:
    vectors = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    normalized: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return normalized


def role(seed: int) -> RoleMeans:
    count = len(SAMPLES)
    return RoleMeans(
        0.5 * unit(count, DIMENSION, seed=seed),
        0.3 * unit(count, LAYERS, DIMENSION, seed=seed + 1),
    )


QUESTIONS, PASSAGES = role(10), role(20)


@pytest.fixture
def means() -> LanguageMeans:
    return LanguageMeans.of_samples(SAMPLES, QUESTIONS, PASSAGES)


def expected(means: FloatArray, place: int) -> FloatArray:
    """The mean of a language, or of a group of them."""
    groups = {HANS: [0], LATN: [1, 2], ANY: [0, 1, 2]}
    found: FloatArray = means[groups.get(place, [place])].mean(axis=0)
    return found


def shifted(vectors: FloatArray, mean: FloatArray) -> FloatArray:
    centered: FloatArray = vectors - mean
    centered /= np.linalg.norm(centered, axis=-1, keepdims=True)
    return centered


def question(seed: int = 1) -> EncodedQuestion:
    return EncodedQuestion(unit(DIMENSION, seed=seed), unit(LAYERS, 3, DIMENSION, seed=seed))


def states(seed: int = 2) -> TokenStates:
    return TokenStates(unit(LAYERS, 4, DIMENSION, seed=seed), np.arange(4))


@pytest.mark.parametrize(("language", "place"), [("zh", 0), ("en", 1), ("de", 2)])
def test_a_known_language_has_its_own_mean_whatever_its_script(
    means: LanguageMeans, language: str, place: int
) -> None:
    for text in ("图书馆", "library", ""):
        check(means, text, language, place)


@pytest.mark.parametrize(("text", "place"), UNKNOWN.items())
@pytest.mark.parametrize("language", ["fr", "xx", "zh-CN", ""])
def test_an_unknown_language_has_the_mean_of_its_script_else_that_of_all(
    means: LanguageMeans, language: str, text: str, place: int
) -> None:
    check(means, text, language, place)


@pytest.mark.parametrize("text", ["The library", "图书馆"])
def test_what_is_in_no_language_has_the_mean_of_all(means: LanguageMeans, text: str) -> None:
    check(means, text, "und", ANY)


def check(means: LanguageMeans, text: str, language: str, place: int) -> None:
    """That question, passage and tokens are without the mean at a place."""
    asked, passages, tokens = question(), unit(2, DIMENSION, seed=3), states()
    found = means.centered_question(asked, text, language)
    np.testing.assert_allclose(
        found.vector, shifted(asked.vector, expected(QUESTIONS.vectors, place)), atol=1e-6
    )
    by_layer = expected(QUESTIONS.tokens, place)[:, np.newaxis]
    np.testing.assert_allclose(found.tokens, shifted(asked.tokens, by_layer), atol=1e-6)
    vectors = means.centered_passages(passages, [text, "library"], [language, "en"])
    np.testing.assert_allclose(
        vectors[0], shifted(passages[0], expected(PASSAGES.vectors, place)), atol=1e-6
    )
    np.testing.assert_allclose(vectors[1], shifted(passages[1], PASSAGES.vectors[1]), atol=1e-6)
    by_layer = expected(PASSAGES.tokens, place)[:, np.newaxis]
    of_passage = means.centered_tokens(tokens, text, language)
    np.testing.assert_allclose(of_passage.states, shifted(tokens.states, by_layer), atol=1e-6)
    assert of_passage.starts.tolist() == tokens.starts.tolist()
    for each in (found.vector, found.tokens, vectors, of_passage.states):
        assert each.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(each, axis=-1), 1, atol=1e-5)


def test_texts_that_say_the_same_meet_once_their_languages_bias_is_off() -> None:
    meaning, *shifts = unit(3, DIMENSION, seed=5)
    biased = np.stack([meaning + shift for shift in shifts])
    bias = RoleMeans(np.stack(shifts), np.zeros((2, LAYERS, DIMENSION), dtype=np.float32))
    means = LanguageMeans.of_samples(
        {code: SAMPLES[code] for code in ("zh", "en")}, QUESTIONS, bias
    )
    one, other = means.centered_passages(biased, ["", ""], ["zh", "en"])
    assert float(one @ other) == pytest.approx(1, abs=1e-5)


def test_without_means_everything_is_as_it_was(tmp_path: Path) -> None:
    nothing = LanguageMeans.none()
    asked, passages, tokens = question(), unit(2, DIMENSION), states()
    assert nothing.centered_question(asked, "", "zh") is asked
    assert nothing.centered_passages(passages, ["", ""], ["zh", "en"]) is passages
    assert nothing.centered_tokens(tokens, "", "zh") is tokens
    nothing.save(tmp_path)
    assert not list(tmp_path.iterdir())
    opened = LanguageMeans.open(tmp_path)
    assert opened.centered_question(asked, "", "zh") is asked


def test_means_are_opened_as_they_were_saved_but_for_rounding(
    means: LanguageMeans, tmp_path: Path
) -> None:
    means.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MEANS_FILE]
    opened = LanguageMeans.open(tmp_path)
    for language, text in [("zh", ""), ("de", ""), *(("fr", text) for text in UNKNOWN)]:
        ours, theirs = (
            each.centered_question(question(), text, language) for each in (opened, means)
        )
        np.testing.assert_allclose(ours.vector, theirs.vector, atol=2e-3)
        np.testing.assert_allclose(ours.tokens, theirs.tokens, atol=2e-3)
        read, written = (
            each.centered_passages(unit(1, DIMENSION), [text], [language])
            for each in (opened, means)
        )
        np.testing.assert_allclose(read, written, atol=2e-3)
        assert read.dtype == ours.tokens.dtype == np.float32


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"nothing of the kind"])
def test_means_that_cannot_be_read_are_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MEANS_FILE).write_bytes(content)
    with pytest.raises((OSError, EOFError, ValueError)):
        LanguageMeans.open(tmp_path)


def test_what_is_nothing_but_bias_stays_finite(means: LanguageMeans) -> None:
    passages = PASSAGES.vectors[[1]]
    vectors = means.centered_passages(passages, [""], ["en"])
    assert vectors.tolist() == [[0.0] * DIMENSION]
    asked = EncodedQuestion(
        QUESTIONS.vectors[1], np.repeat(QUESTIONS.tokens[1][:, np.newaxis], 2, axis=1)
    )
    found = means.centered_question(asked, "", "en")
    assert not found.vector.any()
    assert not found.tokens.any()


def test_a_question_without_tokens_has_none_afterwards(means: LanguageMeans) -> None:
    asked = EncodedQuestion(unit(DIMENSION), unit(LAYERS, 0, DIMENSION))
    assert means.centered_question(asked, "", "en").tokens.shape == (LAYERS, 0, DIMENSION)
