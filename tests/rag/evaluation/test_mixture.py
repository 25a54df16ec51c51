"""Several files as one folder: whose paragraphs, whose questions, and which passages are right."""

from dataclasses import replace

import pytest

from rag.errors import QuestionSetError
from rag.evaluation.mixture import mixture
from rag.evaluation.question_sets import Question, QuestionSet


def corpus(language: str, *ids: str | None, name: str | None = None) -> QuestionSet:
    """A context and a question, with its gold string, for each id; each context is an article."""
    return QuestionSet(
        questions=tuple(
            Question(
                *(f"{at}? {language}", (f"{at} {language}",), True, (at,)),
                language=language,
                id=each,
            )
            for at, each in enumerate(ids)
        ),
        contexts=tuple(f"context {at} {language}" for at in range(len(ids))),
        languages=(language,) * len(ids),
        articles=tuple(range(len(ids))),
        name=name or f"{language}.json",
    )


CHINESE, ENGLISH, GREEK = (corpus(language, "a", "b", "c") for language in ("zh", "en", "el"))
OTHER = corpus("zh", "x", "y", "z", name="other.json")


def test_the_folder_has_the_contexts_of_all_and_the_questions_of_some() -> None:
    mixed = mixture([CHINESE, OTHER], [CHINESE])
    assert mixed.contexts == CHINESE.contexts + OTHER.contexts
    assert mixed.languages == ("zh",) * 6
    assert mixed.questions == CHINESE.questions


def test_each_set_of_questions_is_answered_by_its_own_contexts() -> None:
    mixed = mixture([CHINESE, OTHER], [CHINESE, OTHER])
    assert [q.contexts for q in mixed.questions] == [(0,), (1,), (2,), (3,), (4,), (5,)]
    assert [q.file for q in mixed.questions] == ["zh.json"] * 3 + ["other.json"] * 3


def test_a_translation_in_the_folder_answers_too() -> None:
    mixed = mixture([CHINESE, ENGLISH, OTHER], [ENGLISH])
    assert mixed.questions[1] == replace(
        ENGLISH.questions[1], must=("1 zh", "1 en"), contexts=(1, 4)
    )


def test_questions_that_are_none_of_the_folders_are_a_translations() -> None:
    mixed = mixture([OTHER, CHINESE], [GREEK])
    assert mixed.questions[0] == replace(GREEK.questions[0], must=("0 zh",), contexts=(3,))


def test_questions_without_ids_are_translations_of_the_first_files_by_their_order() -> None:
    chinese, english = corpus("zh", None, None), corpus("en", None, None)
    (first, second) = mixture([chinese], [english]).questions
    assert first == Question("0? en", ("0 zh",), True, (0,), language="en")
    assert second.contexts == (1,)
    # In the folder they are files of their own: nothing says that they are translations.
    assert mixture([chinese, english], [english]).questions[0].contexts == (2,)


def test_a_question_without_an_answer_stays_one() -> None:
    impossible = replace(CHINESE, questions=(Question("?", any_of=True, id="a"),))
    (question,) = mixture([impossible, OTHER], [impossible]).questions
    assert not question.answerable


def test_halves_take_every_article_from_one_file_in_turn() -> None:
    mixed = mixture([CHINESE, ENGLISH], [CHINESE, ENGLISH], halves=True)
    assert mixed.contexts == ("context 0 zh", "context 2 zh", "context 1 en")
    assert mixed.languages == ("zh", "zh", "en")
    assert [q.contexts for q in mixed.questions] == [(0,), (2,), (1,)] * 2
    assert [q.must for q in mixed.questions] == [("0 zh",), ("1 en",), ("2 zh",)] * 2
    assert [q.text for q in mixed.questions[2:4]] == ["2? zh", "0? en"]


def test_halves_of_files_that_are_no_translations_are_refused() -> None:
    with pytest.raises(QuestionSetError, match=r"other\.json is no translation of zh\.json"):
        mixture([CHINESE, OTHER], [CHINESE], halves=True)


def test_a_translation_of_another_length_is_refused() -> None:
    english = corpus("en", None)
    with pytest.raises(QuestionSetError, match=r"en\.json has 1 questions, zh\.json has 3"):
        mixture([CHINESE], [english])
