"""One encoder and one reader for all collections that have the same."""

import json
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from rag.index.manifest import MANIFEST

T = TypeVar("T")
#: The beginnings of the names of their files in a generation.
_FILES = ("encoder", "reader", "tokenizer")


class Shared(Generic[T]):
    """Opens what lies in the folder of a generation, once for all that have the same files of the
    model. A model is closed with the last collection that uses it. May be used by several threads
    at once.
    """

    def __init__(self, open_model: Callable[[Path], T]) -> None:
        self._open = open_model
        self._opened: weakref.WeakValueDictionary[str, T] = weakref.WeakValueDictionary()
        self._opening = threading.Lock()

    def __call__(self, folder: Path) -> T:
        """What the folder has, None where it has none."""
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        same = {name: files[name] for name in sorted(files) if name.startswith(_FILES)}
        key = json.dumps([manifest["fingerprint"], manifest["encoder"], same])
        with self._opening:
            found = self._opened.get(key)
            if found is None:
                found = self._open(folder)
            if found is not None:
                self._opened[key] = found
            return found
