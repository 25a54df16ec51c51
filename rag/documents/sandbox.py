"""Runs readers in a separate process, within limits of time and memory.

A library that crashes, hangs or swallows memory on a hostile file takes only that process with it;
the next file gets a new one. The process shares no memory with the one that asks (it is not forked,
since there are threads), and it imports nothing but the readers.
"""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Self, cast

from rag.documents.block import (
    Attachment,
    Block,
    Content,
    Dropped,
    Found,
    Looks,
    MarkedPage,
    Omitted,
    PagePicture,
    Picture,
    Reader,
    RecognizedLine,
    RecognizedPage,
)
from rag.documents.limits import READ_MEMORY, READ_SECONDS
from rag.errors import DocumentError

#: Seconds for a process that crashed to tell its exit code.
_LAST_WORDS = 1.0
#: The only classes that are unpickled from the reader process.
_ANSWERS = {
    (kind.__module__, kind.__name__): kind
    for kind in (
        *(Attachment, Block, Content, Dropped, Looks, Omitted, Picture),
        *(RecognizedLine, RecognizedPage),
        *(PagePicture, MarkedPage),
    )
}
#: The environment variables that the reader process gets: no passwords, no tokens.
_ENVIRONMENT = frozenset({
    "PATH", "HOME", "LANG", "LANGUAGE", "SYSTEMROOT", "TEMP", "LD_LIBRARY_PATH", "VIRTUAL_ENV",
})  # fmt: skip
_ENVIRONMENT_PREFIXES = ("LC_", "TMP", "PYTHON")
_PLAIN_TEXT = "Convert it to plain text (.txt) with another program."


class Sandbox:
    """One process for one file at a time; started when first needed. Not shared by threads.

    `seconds` are for each file, `memory` is the process's address space in bytes (not limited on
    a Mac). Raises ValueError unless both are positive.
    """

    def __init__(self, *, seconds: float = READ_SECONDS, memory: int = READ_MEMORY) -> None:
        if seconds <= 0 or memory <= 0:
            raise ValueError("A sandbox needs seconds and memory: give numbers above zero.")
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def read_apart(self, reader: Reader, data: bytes) -> list[Found]:
        """The contents that the reader, a function at the top of a module, finds in the bytes.

        Raises DocumentError when the reader raises it, fails, or does not return within the limits.
        """
        process = self._running()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        task = pickle.dumps((reader, data))
        timer = threading.Timer(self._seconds, give_up)
        timer.start()
        try:
            cast("BinaryIO", process.stdin).write(task)
            cast("BinaryIO", process.stdin).flush()
            found, refusal = _Answer(cast("BinaryIO", process.stdout)).load()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            code = self._stop(patience=_LAST_WORDS)
            raise DocumentError(self._lost(code, late=late.is_set())) from error
        except BaseException:
            # An answer that nobody took must not be taken for the next file's.
            self._stop()
            raise
        finally:
            timer.cancel()
            timer.join()  # else it might still fire, or timers pile up
        if late.is_set():  # it came back in the moment it was given up
            self._stop()
        if refusal is not None:
            raise DocumentError(refusal)
        return cast("list[Found]", found)

    def close(self) -> None:
        """Ends the process; a later `read` starts another one."""
        if self._process is not None:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            command = [sys.executable, "-P", "-m", "rag.documents.worker"]
            self._process = subprocess.Popen(  # noqa: S603 - no word of it comes from outside
                [*command, str(self._seconds), str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        return self._process

    def _stop(self, patience: float = 0.0) -> int:
        """Ends the process, after `patience` seconds to end by itself; gives its exit code."""
        process = cast("subprocess.Popen[bytes]", self._process)
        self._process = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # A dead process takes no more of what was meant for it.
                with contextlib.suppress(OSError):
                    pipe.close()
        return process.wait()

    def _lost(self, code: int, *, late: bool) -> str:
        if late:
            return f"Reading it took longer than {self._seconds:g} seconds. {_PLAIN_TEXT}"
        reason = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"Reading it ended the reading program ({reason}). {_PLAIN_TEXT}"


class _Answer(pickle.Unpickler):
    """Unpickles only the classes that readers return: a hostile file may have taken over the reader
    process.
    """

    def find_class(self, module: str, name: str) -> type:
        """The class of that name. Raises UnpicklingError when it belongs in no answer."""
        kind = _ANSWERS.get((module, name))
        if kind is None:
            raise pickle.UnpicklingError(f"{module}.{name} belongs in no answer of a reader.")
        return kind


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _ENVIRONMENT or name.upper().startswith(_ENVIRONMENT_PREFIXES)
    }
    here = str(Path.cwd())  # what an empty entry stands for
    return {**kept, "PYTHONPATH": os.pathsep.join(entry or here for entry in sys.path)}
