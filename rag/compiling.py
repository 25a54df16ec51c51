"""Compiles the model in processes of their own, one to export it and one to compile that.

PyTorch and the model take more memory than all the rest of Wenda, and some of it is never given
back. So it ends with its process; and where memory runs out, the system ends that process and not
the one that asked, which can say what happened.
"""

import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, cast

from rag.errors import ModelError, WendaError
from rag.model_folder import ModelFolder
from rag.progress import Progress, followed, line_of_json, say

_KILLED = (
    "Compiling the model {name} was ended by the system (signal {signal}), most likely because "
    "memory ran out. It is done once for a model and takes about 800 MB for the bundled one, more "
    "for larger ones. End other programs or add swap space and run again; or run it on a larger "
    "machine and copy the folder {cache} from there."
)
_FAILED = (
    "Compiling the model {name} ended unexpectedly (exit code {code}); what it printed says why. "
    "Install the pinned versions (pip install wenda) or choose another model, and run again."
)


def compile_apart(
    source: ModelFolder, target: Path, cache: Path, progress: Progress
) -> Mapping[str, object]:
    """Has the encoders' files written into the existing folder `target`, which is in `cache`; how
    they were made.

    Raises ModelError when they cannot be made.
    """
    with tempfile.TemporaryDirectory(dir=target, prefix=".exported-") as exported:
        _run(source, cache, progress, exported)
        return _run(source, cache, progress, exported, str(target))


def _run(source: ModelFolder, cache: Path, progress: Progress, *folders: str) -> dict[str, object]:
    """Runs `main` in a process of its own; what it said last."""
    here = str(Path.cwd())  # what an empty entry stands for
    packages = os.pathsep.join(entry or here for entry in sys.path)
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", __name__, source.name, str(source.path), *folders],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": packages},
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            last = followed(cast("IO[str]", process.stdout), progress)
        except BaseException:
            process.kill()
            raise
    if "error" in last:
        raise ModelError(str(last["error"]))
    if process.returncode < 0:
        facts = {"name": source.name, "signal": -process.returncode, "cache": cache}
        raise ModelError(_KILLED.format(**facts))
    if process.returncode:
        raise ModelError(_FAILED.format(name=source.name, code=process.returncode))
    return last


def main(name: str, path: str, exported: str, target: str | None = None) -> None:
    """Exports a model into one folder, or compiles what is there into another. Tells its progress
    in lines of JSON, then what was made, or the error.
    """
    logging.basicConfig(level=logging.WARNING)
    # Ctrl-C reaches all processes; the one that asked ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from rag.compiler import STAGE, STEPS, compile_encoder

    source = ModelFolder(name, Path(path))
    try:
        if target is None:
            line_of_json(STAGE, 0, STEPS)
            from rag.exporting import export

            export(source, Path(exported))
        else:
            made = compile_encoder(source, Path(exported), Path(target), line_of_json)
            say({"recipe": made.recipe, "agreement": round(made.agreement, 5)})
    except WendaError as error:
        say({"error": str(error)})


if __name__ == "__main__":
    main(*sys.argv[1:])
