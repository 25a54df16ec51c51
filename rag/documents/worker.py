"""The reader process that `Sandbox` starts: it reads one file after another, within limits."""

import contextlib
import os
import pickle
import resource
import sys
from typing import BinaryIO

from rag.documents.block import Block, Content, Found, Reader, read_all
from rag.documents.limits import CHARACTERS
from rag.errors import DocumentError


def main(seconds: float, memory: int) -> None:
    """Answers each (reader, bytes) on standard input with (contents, why not), until it ends."""
    limit_memory(memory)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # A library that prints must not write between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while _answer(tasks, answers, seconds):
        pass


def _answer(tasks: BinaryIO, answers: BinaryIO, seconds: float) -> bool:
    try:
        reader, data = pickle.load(tasks)  # noqa: S301 - from the process that started this one
    except EOFError:
        return False
    limit_time(seconds)
    found, refusal = _read(reader, data)
    try:
        answer = pickle.dumps((found, refusal))
    except (MemoryError, RecursionError):
        answer = pickle.dumps(([], _too_much()))
    answers.write(answer)
    answers.flush()
    return True


def _read(reader: Reader, data: bytes) -> tuple[list[Found], str | None]:
    try:
        found = read_all(reader, data)
    except DocumentError as error:
        return [], str(error)
    except MemoryError:
        return [], _too_much()
    except RecursionError:
        return [], "It is nested too deeply. Save it anew from the program that made it."
    except Exception as error:  # noqa: BLE001 - whatever a library does with a hostile file
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return [], f"It is damaged ({said}). Save it anew from the program that made it."
    size = sum(len(block.text) for item in found for block in _blocks(item))
    if size > CHARACTERS:
        return [], f"It holds more than {CHARACTERS:,} characters. Split it into smaller files."
    return found, None


def _blocks(item: Found) -> tuple[Block, ...]:
    return item.blocks if isinstance(item, Content) else ()


def _too_much() -> str:
    return "Reading it needs too much memory. Split it, or convert it to plain text (.txt)."


def limit_memory(memory: int) -> None:
    """Bounds the address space of this process, in bytes, as far as the system allows."""
    if sys.platform != "darwin":  # it refuses every such limit
        most = _allowed(resource.RLIMIT_AS, memory)
        _set_limit(resource.RLIMIT_AS, most, most)
    # A crash leaves no core file.
    _set_limit(resource.RLIMIT_CORE, 0, 0)


def limit_time(seconds: float) -> None:
    """Ends this process after some seconds of CPU time, should its parent no longer do so."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime
    soft = _allowed(resource.RLIMIT_CPU, int(spent + seconds) + 5)
    _set_limit(resource.RLIMIT_CPU, soft, resource.getrlimit(resource.RLIMIT_CPU)[1])


def _allowed(kind: int, wanted: int) -> int:
    """The limit that can be set: the wanted one, or the system's own where that is lower."""
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _set_limit(kind: int, soft: int, hard: int) -> None:
    # Where the system refuses a limit, files are read without it; the time still ends.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
