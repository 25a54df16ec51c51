"""A reader that hangs, crashes or bloats is given up on, and the next file is read."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.documents import Sandbox
from rag.documents import sandbox as module
from rag.documents.block import Block, Content
from rag.documents.formats.markup.markdown import read_markdown
from rag.errors import DocumentError

pytestmark = pytest.mark.slow


def echo(data: bytes) -> Content:
    return Content((Block("paragraph", data.decode(), (1, 1)),))


def printing(data: bytes) -> Content:
    print("a library talks")  # noqa: T201 - what libraries do
    os.write(1, b"and writes")
    return echo(data)


def loaded(_: bytes) -> Content:
    from rag.documents import READERS

    assert READERS
    return echo(" ".join(sys.modules).encode())


def number(_: bytes) -> Content:
    return echo(str(os.getpid()).encode())


def hang(data: bytes) -> Content:
    time.sleep(60)
    return echo(data)


def crash(_: bytes) -> Content:
    os.abort()


def leave(_: bytes) -> Content:
    os._exit(3)


def bloat(data: bytes) -> Content:
    return echo(data * 3_000_000_000)


def recurse(data: bytes) -> Content:
    return recurse(data)


def fail(_: bytes) -> Content:
    raise KeyError("word/document.xml")


def refuse(_: bytes) -> Content:
    raise DocumentError("It is a picture. Describe it.")


def refuse_late(_: bytes) -> Iterator[Content]:
    yield echo(b"x")
    raise DocumentError("It ends too soon. Save it again.")


class Unreadable(str):
    """Cannot be made again from what it is sent as."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return Block, ("paragraph",)


def unreadable(_: bytes) -> Content:
    return Content((), title=Unreadable())


class Hostile(str):
    """Runs what it likes in the process that takes it."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return os.putenv, ("WENDA_TAKEN", "1")


def hostile(_: bytes) -> Content:
    return Content((), title=Hostile())


def environment(_: bytes) -> Content:
    return echo("\n".join(f"{name}={value}" for name, value in os.environ.items()).encode())


def much(_: bytes) -> Content:
    return Content(tuple(Block("paragraph", "x" * 1_000_000, (1, 1)) for _ in range(21)))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=20) as shared:
        yield shared


def words(sandbox: Sandbox, text: str = "words") -> str:
    (found,) = sandbox.read_apart(echo, text.encode())
    assert isinstance(found, Content)
    return found.blocks[0].text


def test_what_the_reader_gives_comes_back(sandbox: Sandbox) -> None:
    assert words(sandbox, "问答 " * 1_000_000) == "问答 " * 1_000_000


def test_one_process_reads_one_file_after_another(sandbox: Sandbox) -> None:
    first, second = sandbox.read_apart(number, b""), sandbox.read_apart(number, b"")
    assert first == second
    assert first != [number(b"")]


def test_what_a_library_prints_does_not_disturb(sandbox: Sandbox) -> None:
    assert sandbox.read_apart(printing, b"x") == [echo(b"x")]


def test_no_model_is_loaded_in_the_process(sandbox: Sandbox) -> None:
    sandbox.read_apart(read_markdown, b"words")
    (found,) = sandbox.read_apart(loaded, b"")
    assert isinstance(found, Content)
    modules = found.blocks[0].text.split()
    assert "markdown_it" in modules
    assert not {"torch", "onnxruntime", "faiss", "transformers", "numpy"} & set(modules)


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (crash, "signal 6"),
        (leave, "exit code 3"),
        (bloat, "too much memory"),
        (recurse, "nested too deeply"),
        (fail, r"damaged \(KeyError.*document\.xml.*Save it anew"),
        (refuse, "It is a picture. Describe it."),
        (refuse_late, "ends too soon"),
        (much, "more than 20,000,000 characters.*Split"),
    ],
)
def test_a_reader_that_fails_is_told_and_the_next_file_is_read(
    sandbox: Sandbox, reader: object, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        sandbox.read_apart(reader, b"x")  # type: ignore[arg-type]  # a list of functions loses their type
    assert words(sandbox) == "words"


def test_an_answer_that_cannot_be_taken_is_not_the_next_files(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="missing"):
        sandbox.read_apart(unreadable, b"")
    assert words(sandbox) == "words"


def test_a_reader_that_hangs_is_stopped_and_the_next_file_is_read() -> None:
    with Sandbox(seconds=8) as sandbox:  # on a busy machine a process takes seconds to start
        with pytest.raises(DocumentError, match=r"longer than 8 seconds.*Convert"):
            sandbox.read_apart(hang, b"x")
        assert words(sandbox) == "words"


def test_no_process_is_started_before_there_is_a_file_nor_left_behind() -> None:
    with Sandbox() as sandbox:
        pass
    with Sandbox() as sandbox:
        (found,) = sandbox.read_apart(number, b"")
    assert isinstance(found, Content)
    with pytest.raises(ProcessLookupError):
        os.kill(int(found.blocks[0].text), 0)


def test_limits_must_be_positive() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Sandbox(seconds=0)


def test_an_answer_can_run_nothing_here(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(os, "putenv", lambda *_: called.append("taken"))
    with pytest.raises(DocumentError, match="Convert it to plain text"):
        sandbox.read_apart(hostile, b"")
    assert not called
    assert words(sandbox) == "words"


def test_no_secret_of_the_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENDA_TELEGRAM_TOKEN", "secret")
    monkeypatch.setenv("LC_TIME", "C")
    with Sandbox() as own:
        (found,) = own.read_apart(environment, b"")
    assert isinstance(found, Content)
    assert "secret" not in found.blocks[0].text
    assert "LC_TIME=C" in found.blocks[0].text


def test_an_empty_entry_of_the_path_is_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = str(Path(module.__file__).parents[2])
    monkeypatch.setattr(sys, "path", ["", *sys.path, root, str(Path(__file__).parents[3])])
    monkeypatch.chdir(tmp_path)
    with Sandbox() as own:
        (found,) = own.read_apart(environment, b"")
    assert isinstance(found, Content)
    assert f"PYTHONPATH={tmp_path}{os.pathsep}" in found.blocks[0].text


def test_no_timer_is_left_behind(sandbox: Sandbox) -> None:
    for _ in range(50):
        words(sandbox)
        assert not [t for t in threading.enumerate() if isinstance(t, threading.Timer)]
