"""Folders of frequently asked questions."""

from training.folders.practice_folder import PracticeFolder, PracticeQuestion, document
from training.folders.question_items import QuestionItem


def faq(
    kind: str, asked: dict[str, list[QuestionItem]], heading: str, count: int
) -> PracticeFolder:
    """A question a heading, its answer below; asked in the words of the heading's language and of
    others. Every second question of the set is left out, and asked in vain.
    """
    items = asked[heading]
    kept = [item for item in items[: 2 * count] if item.number % 2 == 0]
    blocks: list[tuple[str, str]] = []
    for item in kept:
        blocks += [("heading", item.question), ("paragraph", _sentence(item))]
    path = f"{heading}/faq.md"
    folder = PracticeFolder(kind, [document(path, blocks, title="FAQ")])
    for language, others in asked.items():
        if language == heading and len(asked) > 1:
            continue  # word for word as the headings, which would make words count too much
        for item in others[: 2 * count]:
            if item.number % 2 == 0:
                must = (_sentence(items[item.number]),)
                folder.questions.append(
                    PracticeQuestion(item.question, language, must, frozenset({path}))
                )
            else:
                folder.questions.append(PracticeQuestion(item.question, language))
    return folder


def _sentence(item: QuestionItem) -> str:
    """What an answer would look like below its question: some words around the gold string."""
    answer = item.answers[0]
    at = item.context.find(answer)
    end = max(item.context.find(mark, at + len(answer)) for mark in ".。।")
    piece = item.context[at : end + 1] if 0 < end - at < 160 else answer
    return piece[:200]
