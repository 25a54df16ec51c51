"""What a passage's score is made of: the documented formula, from arrays that are made up."""

import numpy as np
import pytest

from rag.arrays import BoolArray, FloatArray
from rag.index.answer_kind import Kind
from rag.index.candidates import Candidates
from rag.index.tokens.maxsim import Similarities
from rag.retrieval import scoring
from rag.retrieval.scoring import Evidence, complements

DIMENSION = 8
#: How many sentences each paragraph has.
SIZES = (2, 1, 3, 1)
COUNT, SENTENCES = len(SIZES), sum(SIZES)
BOUNDS = np.cumsum([0, *SIZES])
TOKENS = 6
OWN_LANGUAGE = np.array([True, False, True, False])
OWN_SCRIPT = np.array([True, True, True, False])


def unit(*shape: int, seed: int = 0) -> FloatArray:
    vectors = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    normalized: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return normalized


def shares(count: int, seed: int) -> FloatArray:
    return np.random.default_rng(seed).uniform(size=count).astype(np.float32)


def candidates(vectors: FloatArray | None = None) -> Candidates:
    kinds = [Kind.QUANTITY, Kind.ANY, Kind.TIME, Kind.ANY, Kind.QUANTITY | Kind.TIME, 0, 1]
    numbers = np.zeros(COUNT, dtype=np.int64)
    return Candidates(
        rows=np.arange(COUNT),
        # Far apart, so that no passage says the same as another.
        vectors=np.eye(DIMENSION, dtype=np.float32)[:COUNT] if vectors is None else vectors,
        languages=numbers,
        scripts=numbers,
        terms=shares(COUNT, 1),
        names=shares(COUNT, 2),
        bounds=BOUNDS,
        sentence_vectors=unit(SENTENCES, DIMENSION, seed=3),
        sentence_kinds=np.array([int(kind) for kind in kinds]),
        coverage=shares(SENTENCES, 4),
    )


SIMILARITIES = Similarities(
    shares(COUNT, 5),
    shares(SENTENCES, 6),
    shares(COUNT * TOKENS, 7).reshape(COUNT, TOKENS),
    shares(COUNT, 8),
)
VECTOR = unit(DIMENSION, seed=9)


def gathered(
    kind: Kind = Kind.ANY,
    similarities: Similarities | None = SIMILARITIES,
    vectors: FloatArray | None = None,
    own_language: BoolArray = OWN_LANGUAGE,
) -> Evidence:
    return Evidence.gather(
        candidates(vectors), VECTOR, kind, own_language, OWN_SCRIPT, similarities
    )


def of_paragraph(values: FloatArray, row: int) -> FloatArray:
    return values[BOUNDS[row] : BOUNDS[row + 1]]


def by_hand(row: int, kind: Kind) -> float:
    """The formula of the module, read off its docstring."""
    found = candidates()
    holds = (found.sentence_kinds[BOUNDS[row] : BOUNDS[row + 1]] & int(kind)) != 0
    cosines = of_paragraph(found.sentence_vectors, row) @ VECTOR + scoring.KIND * holds
    covered = of_paragraph(found.coverage, row) * (holds if kind else 1)
    score = scoring.PARAGRAPH * found.vectors[row] @ VECTOR
    score += scoring.SENTENCE * cosines.max()
    score += scoring.MAXSIM * SIMILARITIES.paragraphs[row]
    score += scoring.SENTENCE_MAXSIM * of_paragraph(SIMILARITIES.sentences, row).max()
    score -= scoring.REVERSE_MAXSIM * SIMILARITIES.reverse[row]
    if OWN_SCRIPT[row]:
        score += scoring.LEXICAL * found.terms[row] + scoring.TOGETHER * covered.max()
    else:
        score += scoring.NAMES * found.names[row]
    return float(score + scoring.OWN_LANGUAGE * OWN_LANGUAGE[row])


WEIGHTS = (
    *("PARAGRAPH", "SENTENCE", "MAXSIM", "SENTENCE_MAXSIM", "LEXICAL", "NAMES", "TOGETHER"),
    *("REVERSE_MAXSIM", "OWN_LANGUAGE", "KIND"),
)


def doubled(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(scoring, name, 2 * getattr(scoring, name))


@pytest.mark.parametrize("kind", [Kind.ANY, Kind.QUANTITY, Kind.TIME])
@pytest.mark.parametrize("weight", [None, *WEIGHTS])
def test_scores_are_the_documented_formula(
    monkeypatch: pytest.MonkeyPatch, kind: Kind, weight: str | None
) -> None:
    if weight is not None:
        doubled(monkeypatch, weight)
    evidence = gathered(kind)
    scores = evidence.scores(evidence.same_sentence_coverage(kind))
    expected = [by_hand(row, kind) for row in range(COUNT)]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_the_first_scores_take_no_tokens() -> None:
    with_tokens, without = gathered(), gathered(similarities=None)
    np.testing.assert_array_equal(with_tokens.first_scores(), without.first_scores())
    found = candidates()
    for row, score in enumerate(without.first_scores().tolist()):
        expected = 0.5 * float(found.vectors[row] @ VECTOR)
        expected += 0.5 * float((of_paragraph(found.sentence_vectors, row) @ VECTOR).max())
        if OWN_SCRIPT[row]:
            expected += scoring.LEXICAL * float(found.terms[row])
        else:
            expected += scoring.NAMES * float(found.names[row])
        expected += scoring.OWN_LANGUAGE * bool(OWN_LANGUAGE[row])
        assert score == pytest.approx(expected, abs=1e-6)


def test_without_tokens_the_first_scores_are_the_scores() -> None:
    evidence = gathered(similarities=None)
    np.testing.assert_allclose(
        evidence.scores(evidence.same_sentence_coverage(Kind.ANY)), evidence.first_scores()
    )


def test_terms_count_within_a_script_and_names_across() -> None:
    found, lexical = candidates(), gathered().lexical()
    np.testing.assert_array_equal(lexical[:3], found.terms[:3])
    assert lexical[3] == found.names[3]


def test_coverage_is_that_of_a_sentence_which_can_hold_the_answer() -> None:
    covered = candidates().coverage
    anything = gathered().same_sentence_coverage(Kind.ANY)
    first, second, third = (float(of_paragraph(covered, row).max()) for row in range(3))
    np.testing.assert_allclose(anything, [first, second, third, 0])  # across scripts none
    quantity = gathered(Kind.QUANTITY).same_sentence_coverage(Kind.QUANTITY)
    np.testing.assert_allclose(quantity, [covered[0], 0, covered[4], 0])


def similar(cosine: float) -> FloatArray:
    """The second paragraph has this cosine to the first, the others none to any."""
    vectors = np.eye(DIMENSION, dtype=np.float32)[:COUNT]
    vectors[1, :2] = cosine, np.sqrt(1 - cosine**2)
    return vectors


def places(scores: FloatArray) -> list[int]:
    ordered: list[int] = np.argsort(-scores, kind="stable").tolist()
    return ordered


def own_first(monkeypatch: pytest.MonkeyPatch, cosine: float, ahead: float) -> tuple[int, int]:
    """The places of two passages, the first in the question's own language and the second, which
    is that much ahead, in another.
    """
    for name in set(WEIGHTS) - {"LEXICAL"}:
        monkeypatch.setattr(scoring, name, 0.0)
    own = np.array([True, False, True, True])
    evidence = gathered(Kind.ANY, vectors=similar(cosine), own_language=own)
    evidence.candidates.terms[:] = 0, ahead / scoring.LEXICAL, 0, 0
    evidence.candidates.names[:] = 0
    found = places(evidence.scores(evidence.same_sentence_coverage(Kind.ANY)))
    return found.index(0), found.index(1)


def test_what_says_the_same_in_the_own_language_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    same, near = scoring.SAYS_THE_SAME, scoring.NEAR_SCORE
    assert own_first(monkeypatch, same + 0.05, near - 0.01) == (0, 1)
    assert own_first(monkeypatch, same + 0.05, 0.0) == (0, 1)


def test_another_language_comes_first_where_it_says_something_else_or_says_it_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    same, near = scoring.SAYS_THE_SAME, scoring.NEAR_SCORE
    assert own_first(monkeypatch, same - 0.05, near - 0.01) == (1, 0)
    assert own_first(monkeypatch, same + 0.05, near + 0.01) == (1, 0)


@pytest.mark.parametrize("own", [True, False])
def test_in_one_language_alone_no_passage_is_moved(own: bool) -> None:
    alone = np.full(COUNT, own)
    evidence = gathered(vectors=similar(1.0), own_language=alone)
    apart = gathered(own_language=alone)
    coverage = evidence.same_sentence_coverage(Kind.ANY)
    moved = evidence.scores(coverage) - scoring.PARAGRAPH * evidence.paragraph_cosines
    kept = apart.scores(coverage) - scoring.PARAGRAPH * apart.paragraph_cosines
    np.testing.assert_allclose(moved, kept, atol=1e-6)


def test_scores_of_sentences_are_those_of_each_by_itself() -> None:
    evidence, found = gathered(Kind.QUANTITY), candidates()
    by_paragraph = evidence.sentence_scores()
    assert tuple(map(len, by_paragraph)) == SIZES
    holds = (found.sentence_kinds & Kind.QUANTITY) != 0
    expected = found.sentence_vectors @ VECTOR + scoring.KIND * holds
    shared = np.repeat(OWN_SCRIPT, SIZES)
    expected = expected + scoring.LEXICAL_OF_SENTENCE * found.coverage * shared
    without = gathered(Kind.QUANTITY, similarities=None).sentence_scores()
    np.testing.assert_allclose(np.concatenate(without), expected, atol=1e-6)
    expected = expected + scoring.MAXSIM_OF_SENTENCE * SIMILARITIES.sentences
    np.testing.assert_allclose(np.concatenate(by_paragraph), expected, atol=1e-6)


def of_tokens(tokens: list[list[float]]) -> Similarities:
    nothing = np.zeros(len(tokens), dtype=np.float32)
    return Similarities(nothing, nothing, np.array(tokens, dtype=np.float32), nothing)


def test_a_complement_matches_what_the_best_does_not() -> None:
    similarities = of_tokens([[0.9, 0.1, 0.5], [0.1, 0.7, 0.5], [0.9, 0.1, 0.2]])
    np.testing.assert_allclose(complements(similarities, 0), [0, 0.2, 0], atol=1e-6)
    np.testing.assert_allclose(complements(similarities, 1), [0.8 / 3, 0, 0.8 / 3], atol=1e-6)
