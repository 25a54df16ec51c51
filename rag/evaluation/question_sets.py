"""Files of questions with known answers: SQuAD's JSON, and JSON Lines for one's own folder."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.answering.conversation import Turn
from rag.errors import QuestionSetError


@dataclass(frozen=True, slots=True)
class Expected:
    """One of the answers that an ambiguous question has: a document and the facts it gives."""

    document: str | None
    must: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer is.

    `contexts` are the numbers of the passages that answer it (SQuAD), `document` the end of the
    answering document's path (JSON Lines). A quote is right when it holds every one of `must`,
    or any one when `any_of`. Where several documents answer, each in its way, `answers` lists
    them, and all must be shown. Without any of these the question has no answer.
    `history` is the conversation before it; `kind` is the asker's own word.
    """

    text: str
    must: tuple[str, ...] = ()
    any_of: bool = False
    contexts: tuple[int, ...] = ()
    document: str | None = None
    answers: tuple[Expected, ...] = ()
    history: tuple[Turn, ...] = ()
    kind: str | None = None

    @property
    def answerable(self) -> bool:
        return bool(self.contexts or self.must or self.answers)


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
    loaded = _json_lines(text, path) if path.suffix.lower() == ".jsonl" else _squad(text, path)
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


def distinct(loaded: QuestionSet) -> QuestionSet:
    """Every context and every question once, as MTEB's XQuADRetrieval counts them.

    A SQuAD question whose text occurs several times is one question, and any of its contexts and
    any of its gold strings is right. Other questions are the same when all they have is.
    """
    texts = tuple(dict.fromkeys(loaded.contexts))
    numbers = {text: number for number, text in enumerate(texts)}
    merged: dict[str | Question, Question] = {}
    for question in loaded.questions:
        contexts = tuple(numbers[loaded.contexts[number]] for number in question.contexts)
        key = question.text if question.any_of else question
        before = merged.get(key, question)
        merged[key] = replace(
            before,
            must=tuple(dict.fromkeys(before.must + question.must)),
            contexts=tuple(sorted({*(before.contexts if key in merged else ()), *contexts})),
        )
    return QuestionSet(tuple(merged.values()), texts)


def _squad(text: str, path: Path) -> QuestionSet:
    contexts: list[str] = []
    questions: list[Question] = []
    try:
        for article in json.loads(text)["data"]:
            for paragraph in article["paragraphs"]:
                questions += (_asked(entry, len(contexts)) for entry in paragraph["qas"])
                contexts.append(_text(paragraph["context"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionSetError(
            f"{path} is not in SQuAD format ({type(error).__name__}: {error}). Expected: "
            '{"data": [{"paragraphs": [{"context": …, "qas": [{"question": …, "answers": …}]}]}]}'
        ) from error
    return QuestionSet(tuple(questions), tuple(contexts))


def _asked(entry: dict[str, Any], context: int) -> Question:
    answers = tuple(dict.fromkeys(str(answer["text"]) for answer in entry.get("answers", ())))
    known = bool(answers) and not entry.get("is_impossible", False)
    return Question(_text(entry["question"]), answers * known, True, (context,) * known)


def _json_lines(text: str, path: Path) -> QuestionSet:
    questions = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            questions.append(_line(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise QuestionSetError(
                f"{path}, line {number}: {type(error).__name__}: {error}. Expected: "
                '{"question": "…", "must": ["…"], "document": "…"}, where also "history": '
                '[{"question": "…", "answer": "…"}], "answers": [{"document": "…", "must": '
                '["…"]}] and "kind": "…" may stand'
            ) from error
    return QuestionSet(tuple(questions))


def _line(entry: dict[str, Any]) -> Question:
    kind = entry.get("kind")
    return Question(
        text=_text(entry["question"]),
        must=_facts(entry.get("must", ())),
        document=_name(entry.get("document")),
        answers=tuple(
            Expected(_name(answer.get("document")), _facts(answer["must"]))
            for answer in _list(entry, "answers")
        ),
        history=tuple(
            Turn(_text(turn["question"]), _text(turn["answer"] or ""))
            for turn in _list(entry, "history")
        ),
        kind=None if kind is None else _text(kind),
    )


def _name(document: object) -> str | None:
    if document is not None and not isinstance(document, str):
        raise TypeError("document is the end of a path")
    return document


def _list(entry: dict[str, Any], name: str) -> list[Any]:
    value = entry.get(name)
    if not isinstance(value, list | None):
        raise TypeError(f"{name} is a list of objects")
    return value or []


def _facts(must: object) -> tuple[str, ...]:
    if not isinstance(must, list | tuple):
        raise TypeError("must is a list of strings")
    return tuple(str(fact) for fact in must)


def _text(value: object) -> str:
    """JSON can spell half a surrogate pair, which no file and no terminal can hold."""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
