"""What `wenda info` tells of the live index."""

from typing import Any

from rich.console import Console
from rich.text import Text

from rag.store import Store
from wenda.settings import Settings


def gather(settings: Settings) -> dict[str, Any]:
    """The facts of the live index. Raises StoreError when there is none that is sound."""
    store = Store(settings.home)
    folder, manifest = store.current()
    return {
        "generation": manifest.name,
        "created": manifest.created,
        "home": str(settings.home),
        "folder": manifest.folder,
        "model": manifest.model,
        "fingerprint": manifest.fingerprint,
        "encoder": manifest.encoder,
        **manifest.counts,
        "skipped": manifest.skipped,
        "bytes": {path.name: path.stat().st_size for path in sorted(folder.iterdir())},
        "healthy": manifest.name == store.live_name(),
    }


def print_facts(console: Console, facts: dict[str, Any]) -> None:
    """The facts for people."""
    total = sum(facts["bytes"].values())
    health = "whole" if facts["healthy"] else "the live one is damaged, this is the one before"
    rows = {
        "index": f"{facts['generation']} in {facts['home']}, checked: {health}",
        "built": facts["created"],
        "documents": f"{facts['documents']} of the folder {facts['folder']}",
        "paragraphs": f"{facts['paragraphs']}, with {facts['sentences']} sentences",
        "model": f"{facts['model']} ({facts['fingerprint'][:12]})",
        "encoder": ", ".join(f"{k} {v}" for k, v in facts["encoder"].items()),
        "size": f"{total / 1e6:.1f} MB",
    }
    for name, value in rows.items():
        console.print(Text(f"{name:>11}  {value}"))
    for item in facts["skipped"]:
        console.print(Text(f"    skipped  {item['path']}: {item['reason']}", style="yellow"))
