"""Asks a language model to write from the answers to a file of questions, for a person to read.

    WENDA_WRITER_URL=http://127.0.0.1:8080/v1 WENDA_WRITER_MODEL=qwen2.5-1.5b \
    WENDA_WRITER_SECONDS=600 python -m benchmarks.writing tests/data/questions.jsonl \
    [--home .wenda] [--questions 60] [--minutes 20] > written.md

Prints each question with the sentences that were shown, and the quotations that they name: whoever
reads it counts those that no quotation holds. At the end it counts answers that were written,
withdrawn or failed, and sentences that were shown and left out. It stops early after `--minutes`.
"""

import argparse
import asyncio
import time
from collections import Counter
from contextlib import aclosing
from pathlib import Path

from rag import Answer, Service, Writer, Written
from rag.evaluation.question_sets import load_questions
from wenda.composition.answering import open_service
from wenda.composition.writing import make_writer
from wenda.settings import read_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--home", type=Path, default=Path(".wenda"))
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=60.0)
    given = parser.parse_args()
    settings = read_settings(home=given.home)
    writer = make_writer(settings)
    if writer is None:
        raise SystemExit("Name the server: WENDA_WRITER_URL and WENDA_WRITER_MODEL.")
    asked = load_questions(given.file).questions
    # Spread over the file, whose neighbours are about one document.
    chosen = asked[:: max(1, len(asked) // given.questions)][: given.questions]
    until = time.monotonic() + 60 * given.minutes
    asyncio.run(_write_all(open_service(settings), writer, [each.text for each in chosen], until))


async def _write_all(service: Service, writer: Writer, questions: list[str], until: float) -> None:
    outcomes, sentences = Counter[str](), Counter[str]()

    def note(outcome: str) -> None:
        outcomes[outcome] += 1

    writer.note_outcome = note
    for question in questions:
        if time.monotonic() > until:
            break
        answer = service.ask_question(question)
        outcomes["asked"] += 1
        if not writer.may_write(answer):
            outcomes["not answered"] += 1
            continue
        written = await _written(service, writer, answer)
        _print(answer, written)
        sentences["shown"] += len(written.sentences) if written is not None else 0
        sentences["left out of those"] += written.dropped if written is not None else 0
    print(f"\nAnswers: {dict(outcomes)}. Sentences: {dict(sentences)}.")


async def _written(service: Service, writer: Writer, answer: Answer) -> Written | None:
    """What was written to the end; None where nothing was."""
    last: Written | None = None
    async with aclosing(writer.write(answer, service.checker)) as parts:
        async for each in parts:
            last = each
    return last if last is not None and last.finished else None


def _print(answer: Answer, written: Written | None) -> None:
    print(f"\n## {answer.question}")
    for each in written.sentences if written is not None else ():
        print(f"- {each.text} {each.marks}")
    if written is None:
        print("- (the quotations alone)")
    for citation in answer.citations:
        print(f"  > [{citation.id}] {citation.quote}")


if __name__ == "__main__":
    main()
