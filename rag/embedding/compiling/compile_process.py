"""Compiles the model in two processes of their own: one exports it, one compiles the export.

PyTorch and the model take more memory than all the rest of Wenda, and some of it is given back
only when the process ends. Where memory runs out, the system ends that process and not its parent,
which can say what happened.
"""

import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import cast

from rag.embedding.compiling.artifacts import STAGE, STEPS
from rag.embedding.folder import ModelFolder
from rag.errors import ModelError, WendaError
from rag.progress import Progress, line_of_json, run_apart, say

#: The signal that ends a process where memory runs out.
_KILL = 9
_KILLED = (
    "Compiling the model {name} was ended by the system, most likely because memory ran out. It is "
    "done once for a model and takes about 800 MB for the bundled one, more for larger ones. End "
    "other programs or add swap space and run again; or run it on a larger machine and copy the "
    "folder {cache} from there."
)
_FAILED = (
    "Compiling the model {name} ended unexpectedly (exit code {code}); what it printed says why. "
    "Install the pinned versions (pip install 'wenda[index]') or choose another model, and run "
    "again."
)


def compile_apart(
    source: ModelFolder, target: Path, cache: Path, progress: Progress
) -> dict[str, object]:
    """Writes the encoders' files into the existing folder `target`, which is in `cache`.

    Returns how they were made. Raises ModelError when they cannot be made.
    """
    with tempfile.TemporaryDirectory(dir=target, prefix=".exported-") as exported:
        _run(source, cache, progress, exported)
        return _run(source, cache, progress, exported, str(target))


def _run(source: ModelFolder, cache: Path, progress: Progress, *folders: str) -> dict[str, object]:
    """Runs `main` in a process of its own; what it made."""
    arguments = [__name__, source.name, str(source.path), *folders]
    last, code = run_apart(arguments, {**os.environ, "PYTHONUTF8": "1"}, progress)
    if "error" in last:
        raise ModelError(str(last["error"]))
    if code == -_KILL:
        raise ModelError(_KILLED.format(name=source.name, cache=cache))
    if code or not isinstance(last.get("made"), dict):
        raise ModelError(_FAILED.format(name=source.name, code=code))
    return cast("dict[str, object]", last["made"])


def main(name: str, path: str, exported: str, target: str | None = None) -> int:
    """Exports a model into one folder, or compiles what is there into another. Tells its progress
    in lines of JSON, then what it made, or the error. Returns the exit code.
    """
    logging.basicConfig(level=logging.WARNING)
    # Ctrl-C reaches all processes of the terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    source = ModelFolder(name, Path(path))
    try:
        made = _made(source, Path(exported), None if target is None else Path(target))
    except WendaError as error:
        say({"error": str(error)})
        return 1
    except OSError as error:
        reason = error.strerror or error
        say({"error": f"{exported} cannot be written: {reason}. Free some space and run again."})
        return 1
    say({"made": made})
    return 0


def _made(source: ModelFolder, exported: Path, target: Path | None) -> dict[str, object]:
    if target is None:
        line_of_json(STAGE, 0, STEPS)
        from rag.embedding.compiling.exporter import export

        export(source, exported)
        return {}
    from rag.embedding.compiling.compiler import compile_encoder

    compiled = compile_encoder(source, exported, target, line_of_json)
    made: dict[str, object] = {
        "recipe": compiled.recipe,
        "agreement": round(compiled.agreement, 5),
    }
    if compiled.reader_lost is not None:
        made["reader_lost"] = round(compiled.reader_lost, 3)
    return made


def _end_with_parent() -> None:
    """Ends this process at the end of standard input, which the parent's end brings."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
