"""Folders of paragraphs as they are, in one language or in several."""

import random
from collections.abc import Sequence

from rag.documents import Document
from training.folders.practice_folder import PracticeFolder, PracticeQuestion, document
from training.folders.question_items import QuestionItem


def _article(language: str, context: str, number: int) -> tuple[str, Document]:
    path = f"{language}/{number:05}.txt"
    return path, document(path, [("paragraph", context)], title="")


def articles(
    kind: str, language: str, items: Sequence[QuestionItem], strangers: Sequence[QuestionItem] = ()
) -> PracticeFolder:
    """Paragraphs of one language; `strangers` are questions that they do not answer."""
    contexts = list(dict.fromkeys(item.context for item in items))
    made = [_article(language, context, number) for number, context in enumerate(contexts)]
    folder = PracticeFolder(kind, [each for _, each in made])
    paths = {context: path for context, (path, _) in zip(contexts, made, strict=True)}
    for item in items:
        gold = frozenset({paths[item.context]}) if item.answers else frozenset()
        folder.questions.append(PracticeQuestion(item.question, language, paths=gold))
    folder.questions += [PracticeQuestion(item.question, language) for item in strangers]
    return folder


def parallel_articles(
    kind: str, sets: dict[str, list[QuestionItem]], *, halves: bool
) -> PracticeFolder:
    """Parallel sets as one folder: each paragraph in every language, or in one in turn."""
    folder = PracticeFolder(kind, [])
    languages = list(sets)
    paths: dict[tuple[str, str], str] = {}
    for number, language in enumerate(languages):
        for at, context in enumerate(dict.fromkeys(item.context for item in sets[language])):
            if not halves or at % len(languages) == number:
                path, made = _article(language, context, at)
                folder.documents.append(made)
                paths[language, context] = path
    for language in languages:
        for at, item in enumerate(sets[language]):
            in_all = (paths.get((each, sets[each][at].context)) for each in languages)
            gold = frozenset(path for path in in_all if path)
            folder.questions.append(PracticeQuestion(item.question, language, paths=gold))
    folder.documents.sort(key=lambda each: each.path)
    return folder


def few_paragraphs(
    items: Sequence[QuestionItem], language: str, size: int, rng: random.Random
) -> PracticeFolder:
    contexts = list(dict.fromkeys(item.context for item in items))
    chosen = set(rng.sample(contexts, size))
    inside = [item for item in items if item.context in chosen][:60]
    outside = rng.sample([item for item in items if item.context not in chosen], 15)
    return articles(f"{size} paragraphs", language, inside, outside)
