"""`wenda ask`: one question, a conversation at a prompt, or the lines of a file."""

import asyncio
import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace

from rich.console import Console

from rag import DEFAULT_PASSAGES, Answer, Service, Turn, Writer, Written
from rag.errors import QuestionError
from rag.serving.collections import View
from wenda.commands.ask_output import WrittenOutput, print_answer
from wenda.console import print_plain
from words import with_reply


def answer_question(
    service: Service | View,
    question: str,
    out: Console,
    *,
    passages: int | None,
    as_json: bool,
    history: Sequence[Turn] = (),
    writer: Writer | None = None,
) -> Answer:
    """Answers a question and prints that, with this many passages. A `writer` writes from it.

    Raises QuestionError when the question cannot be asked.
    """
    answer = with_reply(service.ask_question(question, passages or DEFAULT_PASSAGES, history))
    if writer is not None and writer.may_write(answer):
        answer = asyncio.run(_with_written(writer, service, answer, None if as_json else out))
    if as_json:
        sys.stdout.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    else:
        print_answer(out, answer, passages=passages is not None)
    return answer


async def _with_written(
    writer: Writer, service: Service | View, answer: Answer, out: Console | None
) -> Answer:
    """The answer with what a language model writes from it, which is printed as it comes."""
    printed = WrittenOutput(out, answer) if out is not None else None
    written: Written | None = None
    one = service.backend_of(answer).live.service if isinstance(service, View) else service
    async with aclosing(writer.write(answer, one.checker)) as parts:
        async for written in parts:
            if printed is not None:
                printed.print_new(written)
    finished = written if written is not None and written.finished else None
    if printed is not None:
        printed.end(finished)
    return replace(answer, written=finished)


def answer_input(
    service: Service | View,
    out: Console,
    err: Console,
    *,
    passages: int | None,
    as_json: bool,
    writer: Writer | None = None,
) -> None:
    """Answers what is typed at a prompt, as one conversation, or else each line of standard input
    by itself. For a question that cannot be asked the reason is printed, and the next one follows.
    """
    history: list[Turn] = []
    typed = sys.stdin.isatty()
    for question in _prompted(out) if typed else _lines():
        try:
            answer = answer_question(
                *(service, question, out),
                passages=passages,
                as_json=as_json,
                history=history,
                writer=writer,
            )
        except QuestionError as error:
            print_plain(err, str(error), "red")
            continue
        if typed and answer.kind is None:
            history.append(Turn(answer.question, answer.answer or "", answer.understood_as))


def _lines() -> Iterator[str]:
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    return (line for line in sys.stdin if line.strip())


def _prompted(out: Console) -> Iterator[str]:
    with suppress(ImportError):  # not every system has it
        import readline  # noqa: F401 - gives input() a history and arrow keys
    out.print("Ask in any language; an empty line or Ctrl-D ends. 用任何语言提问，空行结束。\n")
    while True:
        try:
            asked = input("? ")
        except (EOFError, KeyboardInterrupt):
            out.print()
            return
        if not asked.strip():
            return
        yield asked
        out.print()
