"""Several question files as one folder: paragraphs of all, questions of some of them."""

from collections.abc import Sequence
from dataclasses import replace

from rag.errors import QuestionSetError
from rag.evaluation.question_sets import Question, QuestionSet


def mixture(
    corpora: Sequence[QuestionSet], asked: Sequence[QuestionSet], *, halves: bool = False
) -> QuestionSet:
    """The contexts of all corpora, with the questions of the sets that are asked.

    A question's right passages are its own context and, where corpora are translations of each
    other (the ids of their questions are the same), its context in each of them. A set that is
    none of the corpora is a translation of one: by its ids, or else of the first, question by
    question. The gold strings are always those of the corpora, since quotes are in their language.

    With `halves` every article is taken from one of the corpora only, in turn.

    Raises QuestionSetError when a set belongs to no corpus, or halves are of no translations.
    """
    if halves:
        _check_translations(corpora)
    kept: list[tuple[int, int]] = []  # corpus and context
    for number, corpus in enumerate(corpora):
        kept += (
            (number, context)
            for context, article in enumerate(corpus.articles)
            if not halves or article % len(corpora) == number
        )
    places = {place: at for at, place in enumerate(kept)}
    return QuestionSet(
        questions=tuple(
            question
            for each in asked
            for question in _placed(each, corpora, places, named=len(asked) > 1)
        ),
        contexts=tuple(corpora[number].contexts[context] for number, context in kept),
        languages=tuple(corpora[number].languages[context] for number, context in kept),
        articles=tuple(corpora[number].articles[context] for number, context in kept),
        name=" + ".join(corpus.name for corpus in corpora),
    )


def _placed(
    asked: QuestionSet,
    corpora: Sequence[QuestionSet],
    places: dict[tuple[int, int], int],
    *,
    named: bool,
) -> list[Question]:
    """The questions of a set, with where their right passages stand in the mixture."""
    answering = [
        (number, corpus) for number, corpus in enumerate(corpora) if _is_translation(asked, corpus)
    ] or [(0, _first(asked, corpora))]
    questions = []
    for at, question in enumerate(asked.questions):
        contexts: list[int] = []
        must: dict[str, None] = {}
        for number, corpus in answering:
            gold = corpus.questions[at]
            found = [places[number, each] for each in gold.contexts if (number, each) in places]
            contexts += found
            must |= dict.fromkeys(gold.must if found else ())
        file = asked.name if named else None
        questions.append(
            replace(question, must=tuple(must), contexts=tuple(sorted(contexts)), file=file)
        )
    return questions


def _is_translation(asked: QuestionSet, corpus: QuestionSet) -> bool:
    """Whether question i of one is question i of the other."""
    ids = [question.id for question in asked.questions]
    known = None not in ids
    return asked is corpus or (known and ids == [question.id for question in corpus.questions])


def _first(asked: QuestionSet, corpora: Sequence[QuestionSet]) -> QuestionSet:
    first = corpora[0]
    if len(asked.questions) != len(first.questions):
        raise QuestionSetError(
            f"{asked.name} has {len(asked.questions)} questions, {first.name} has "
            f"{len(first.questions)}. Give a file whose questions are translations of a file's in "
            "the folder, in the same order, or add the file to the folder: --with."
        )
    return first


def _check_translations(corpora: Sequence[QuestionSet]) -> None:
    for corpus in corpora[1:]:
        if not _is_translation(corpora[0], corpus) or corpus.articles != corpora[0].articles:
            raise QuestionSetError(
                f"{corpus.name} is no translation of {corpora[0].name}: their questions have other "
                "ids, or none. --halves takes every article from one of several translations."
            )
