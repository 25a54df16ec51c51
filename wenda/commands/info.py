"""`wenda info`: the facts of the live index."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from rag.encoding.onnx_encoder import READER_FILE
from rag.errors import StoreError
from rag.index.generation import Tables
from rag.index.generations import Store
from rag.index.manifest import everything, verified
from wenda.collections_file import NamedSettings
from wenda.composition.home import store_of
from wenda.console import print_plain
from wenda.settings import Settings

_NO_READER = "none for this model: passages are found and not read, and no short answers are given"


def gather(settings: Settings, *, verify: bool = False) -> dict[str, Any]:
    """The facts of the live index. Raises StoreError when there is none that is sound.

    With `verify`, also what is wrong with each stored index; None where nothing is.
    """
    store = store_of(settings)
    checked = {"verified": _verified(store)} if verify else {}
    folder, manifest = store.current()
    with Tables(folder) as tables:
        methods = {"paragraphs": tables.paragraphs.method, "sentences": tables.sentences.method}
        sizes = tables.file_sizes()
    return {
        "generation": manifest.name,
        "created": manifest.created,
        "home": str(settings.home),
        "folder": manifest.folder,
        "model": manifest.model,
        "fingerprint": manifest.fingerprint,
        "encoder": manifest.encoder,
        "reader": READER_FILE in sizes,
        **manifest.counts,
        "search": methods,
        "skipped": manifest.skipped,
        "bytes": sizes,
        "healthy": manifest.name == store.live_name(),
        "rolled_back": store.rejected() is not None,
        **checked,
    }


def _verified(store: Store) -> dict[str, str | None]:
    """What is wrong with each generation, by name, after reading every byte; None for nothing."""
    found: dict[str, str | None] = {}
    for name in store.generations():
        try:
            verified(store.folder(name), deep=everything)
        except StoreError as error:
            found[name] = str(error)
        else:
            found[name] = None
    return found


def show(
    named: Sequence[NamedSettings], out: Console, err: Console, *, verify: bool, as_json: bool
) -> bool:
    """Shows the live index, or that of each collection; whether all is whole.

    Raises StoreError where there is none; among several collections that is only printed.
    """
    found: dict[str, Any] = {}
    whole = True
    for entry, settings in named:
        name = entry.name if entry is not None else ""
        try:
            found[name] = gather(settings, verify=verify)
        except StoreError as error:
            if entry is None:
                raise
            print_plain(err, f"{name}: {error}", "red")
            whole = False
            continue
        whole &= not any(found[name].get("verified", {}).values())
        if not as_json:
            if entry is not None:
                print_plain(out, f"{entry.title} ({name})", "bold")
            print_facts(out, found[name])
    if as_json:
        shown = found.get("", found)
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    return whole


def print_facts(console: Console, facts: dict[str, Any]) -> None:
    """The facts for people."""
    total = sum(facts["bytes"].values())
    health = "whole" if facts["healthy"] else "the live one is damaged, this is the one before"
    if facts["rolled_back"]:
        health += "; rolled back to, until a document changes or wenda index is run"
    rows = {
        "index": f"{facts['generation']} in {facts['home']}, checked: {health}",
        "built": facts["created"],
        "documents": f"{facts['documents']} of the folder {facts['folder']}",
        "paragraphs": f"{facts['paragraphs']}, with {facts['sentences']} sentences",
        "search": "; ".join(f"{name}: {method}" for name, method in facts["search"].items()),
        "model": f"{facts['model']} ({facts['fingerprint'][:12]})",
        "encoder": ", ".join(f"{k} {v}" for k, v in facts["encoder"].items()),
        "reader": "reads the best passages" if facts["reader"] else _NO_READER,
        "size": f"{total / 1e6:.1f} MB",
    }
    for name, value in rows.items():
        console.print(Text(f"{name:>11}  {value}"))
    for item in facts["skipped"]:
        console.print(Text(f"    skipped  {item['path']}: {item['reason']}", style="yellow"))
    for name, problem in facts.get("verified", {}).items():
        style = "" if problem is None else "red"
        console.print(Text(f"   verified  {name}: {problem or 'every byte is whole'}", style=style))
