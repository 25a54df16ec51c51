"""Files of questions with known answers: SQuAD's JSON, and JSON Lines for one's own folder."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.answering.conversation import Turn
from rag.documents import detect_language
from rag.errors import QuestionSetError

_LANGUAGE_OF_NAME = re.compile(r"\.([a-z]{2})(?:[-_]\w+)?\.jsonl?$")
#: A file's language is detected from at most this many contexts.
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Expected:
    """One of several answers to an ambiguous question: a document and the facts it gives."""

    document: str | None
    must: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer is.

    `contexts` are the numbers of the passages that answer it (SQuAD), `document` the end of the
    answering document's path (JSON Lines). A quote is right when it holds every one of `must`,
    or any one when `any_of`. Where several documents give different answers, `answers` lists them,
    and all must be shown. Without any of these the question has no answer.
    `history` is the conversation before it; `kind` is the asker's own word; `language` is an
    ISO 639-1 code, "" when unknown; `file` is set where several files are asked; `id` is what
    translations of a question share.
    """

    text: str
    must: tuple[str, ...] = ()
    any_of: bool = False
    contexts: tuple[int, ...] = ()
    document: str | None = None
    answers: tuple[Expected, ...] = ()
    history: tuple[Turn, ...] = ()
    kind: str | None = None
    language: str = ""
    file: str | None = None
    id: str | None = None

    @property
    def answerable(self) -> bool:
        return bool(self.contexts or self.must or self.answers)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, and the corpus they bring with them (none: ask the user's own folder).

    `languages` and `articles` give each context's language and the number of its article.
    """

    questions: tuple[Question, ...]
    contexts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()
    name: str = ""


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


def distinct(loaded: QuestionSet) -> QuestionSet:
    """Every context and every question once, as MTEB's XQuADRetrieval counts them.

    A SQuAD question whose text occurs several times in a language is one question, and any of its
    contexts and any of its gold strings is right. Other questions are the same when all their
    fields are.
    """
    first = {text: at for at, text in reversed(list(enumerate(loaded.contexts)))}
    kept = sorted(first.values())
    numbers = {loaded.contexts[at]: number for number, at in enumerate(kept)}
    merged: dict[object, Question] = {}
    for question in loaded.questions:
        contexts = {numbers[loaded.contexts[number]] for number in question.contexts}
        key = (question.text, question.language, question.file) if question.any_of else question
        before = merged.get(key, replace(question, contexts=()))
        merged[key] = replace(
            before,
            must=tuple(dict.fromkeys(before.must + question.must)),
            contexts=tuple(sorted(contexts.union(before.contexts))),
        )
    return replace(
        loaded,
        questions=tuple(merged.values()),
        contexts=tuple(numbers),
        languages=tuple(loaded.languages[at] for at in kept),
        articles=tuple(loaded.articles[at] for at in kept),
    )


def _squad(text: str, path: Path) -> QuestionSet:
    contexts: list[str] = []
    articles: list[int] = []
    questions: list[Question] = []
    try:
        for number, article in enumerate(json.loads(text)["data"]):
            for paragraph in article["paragraphs"]:
                questions += (_asked(entry, len(contexts)) for entry in paragraph["qas"])
                contexts.append(_text(paragraph["context"]))
                articles.append(number)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionSetError(
            f"{path} is not in SQuAD format ({type(error).__name__}: {error}). Expected: "
            '{"data": [{"paragraphs": [{"context": …, "qas": [{"question": …, "answers": …}]}]}]}'
        ) from error
    language = _named_language(path) or detect_language(" ".join(contexts[:_SAMPLE]))[0]
    return QuestionSet(
        questions=tuple(replace(question, language=language) for question in questions),
        contexts=tuple(contexts),
        languages=(language,) * len(contexts),
        articles=tuple(articles),
        name=path.name,
    )


def _named_language(path: Path) -> str | None:
    """The language that a file's name gives: zh of `xquad.zh.json`."""
    match = _LANGUAGE_OF_NAME.search(path.name)
    return match[1] if match else None


def _asked(entry: dict[str, Any], context: int) -> Question:
    answers = tuple(dict.fromkeys(str(answer["text"]) for answer in entry.get("answers", ())))
    known = bool(answers) and not entry.get("is_impossible", False)
    identity = entry.get("id")
    return Question(
        text=_text(entry["question"]),
        must=answers * known,
        any_of=True,
        contexts=(context,) * known,
        id=None if identity is None else str(identity),
    )


def _json_lines(text: str, path: Path) -> QuestionSet:
    questions = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            questions.append(_line(json.loads(line), path))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise QuestionSetError(
                f"{path}, line {number}: {type(error).__name__}: {error}. Expected: "
                '{"question": "…", "must": ["…"], "document": "…"}, where also "history": '
                '[{"question": "…", "answer": "…"}], "answers": [{"document": "…", "must": '
                '["…"]}], "kind": "…" and "language": "…" may stand'
            ) from error
    return QuestionSet(tuple(questions), name=path.name)


def _line(entry: dict[str, Any], path: Path) -> Question:
    kind, text = entry.get("kind"), _text(entry["question"])
    language = _named_language(path) or detect_language(text)[0]
    return Question(
        text=text,
        language=str(entry.get("language") or language).split("-")[0].lower(),
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
    """The text as it can be written: JSON can spell half a surrogate pair, which UTF-8 cannot."""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
