"""What `wenda ask` does: one question, a conversation at a prompt, or the lines of a file."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from rich.console import Console

from rag import DEFAULT_PASSAGES, Answer, Service, Turn
from rag.errors import QuestionError
from rag.serving.collections import View
from wenda.commands.ask_output import print_answer
from words import with_reply


def answer_question(
    service: Service | View,
    question: str,
    out: Console,
    *,
    passages: int | None,
    as_json: bool,
    history: Sequence[Turn] = (),
) -> Answer:
    """Answers a question and prints that, with this many passages.

    Raises QuestionError when the question cannot be asked.
    """
    answer = with_reply(service.ask_question(question, passages or DEFAULT_PASSAGES, history))
    if as_json:
        sys.stdout.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    else:
        print_answer(out, answer, passages=passages is not None)
    return answer


def answer_input(
    service: Service | View, out: Console, err: Console, *, passages: int | None, as_json: bool
) -> None:
    """Answers what is typed at a prompt, as one conversation, or else each line of standard input
    by itself. For a question that cannot be asked the reason is printed, and the next one follows.
    """
    history: list[Turn] = []
    typed = sys.stdin.isatty()
    for question in _prompted(out) if typed else _lines():
        try:
            answer = answer_question(
                *(service, question, out), passages=passages, as_json=as_json, history=history
            )
        except QuestionError as error:
            err.print(str(error), style="red", highlight=False, markup=False)
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
