"""Files of questions with known answers: SQuAD's JSON, and JSON Lines for one's own folder."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.errors import QuestionSetError


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer is.

    `context` is the number of the passage that answers it (SQuAD), `document` the end of the
    answering document's path (JSON Lines). A quote is right when it holds every one of `must`,
    or any one when `any_of`. Without context and facts the question has no answer.
    """

    text: str
    must: tuple[str, ...] = ()
    any_of: bool = False
    context: int | None = None
    document: str | None = None

    @property
    def answerable(self) -> bool:
        return self.context is not None or bool(self.must)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, and the corpus they bring with them (none: ask the user's own folder)."""

    questions: tuple[Question, ...]
    contexts: tuple[str, ...] = ()


def load_questions(path: Path) -> QuestionSet:
    """Reads a `.json` file in SQuAD format or a `.jsonl` file.

    Raises QuestionSetError with the line or key that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"The questions {path} cannot be read: {error}") from error
    loaded = _json_lines(text, path) if path.suffix == ".jsonl" else _squad(text, path)
    if not loaded.questions:
        raise QuestionSetError(f"The file {path} holds no questions.")
    return loaded


def with_questions_of(corpus: QuestionSet, parallel: QuestionSet, path: Path) -> QuestionSet:
    """The corpus of one file with the questions of its translation: question i answers as i does.

    The gold strings stay those of the corpus, since quotes are in its language.
    """
    if len(corpus.questions) != len(parallel.questions):
        raise QuestionSetError(
            f"{path} has {len(parallel.questions)} questions, the corpus {len(corpus.questions)}. "
            "Give a file whose questions are the corpus's, translated, in the same order."
        )
    pairs = zip(corpus.questions, parallel.questions, strict=True)
    questions = tuple(replace(known, text=asked.text) for known, asked in pairs)
    return QuestionSet(questions, corpus.contexts)


def _squad(text: str, path: Path) -> QuestionSet:
    contexts: list[str] = []
    questions: list[Question] = []
    try:
        for article in json.loads(text)["data"]:
            for paragraph in article["paragraphs"]:
                questions += (_asked(entry, len(contexts)) for entry in paragraph["qas"])
                contexts.append(str(paragraph["context"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionSetError(
            f"{path} is not in SQuAD format ({type(error).__name__}: {error}). Expected: "
            '{"data": [{"paragraphs": [{"context": …, "qas": [{"question": …, "answers": …}]}]}]}'
        ) from error
    return QuestionSet(tuple(questions), tuple(contexts))


def _asked(entry: dict[str, Any], context: int) -> Question:
    answers = tuple(dict.fromkeys(str(answer["text"]) for answer in entry.get("answers", ())))
    known = bool(answers) and not entry.get("is_impossible", False)
    return Question(str(entry["question"]), answers, True, context if known else None)


def _json_lines(text: str, path: Path) -> QuestionSet:
    questions = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            questions.append(
                Question(
                    str(entry["question"]),
                    _facts(entry.get("must", ())),
                    document=entry.get("document"),
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionSetError(
                f"{path}, line {number}: {type(error).__name__}: {error}. Expected: "
                '{"question": "…", "must": ["…"], "document": "…"}'
            ) from error
    return QuestionSet(tuple(questions))


def _facts(must: object) -> tuple[str, ...]:
    if not isinstance(must, list | tuple):
        raise TypeError("must is a list of strings")
    return tuple(str(fact) for fact in must)
