"""Builds the index in a process of its own, so that a server never loads what building needs."""

import os
from collections.abc import Mapping
from typing import cast

from rag.errors import StoreError
from rag.progress import Progress, run_apart
from wenda.settings import Settings

#: Secrets that the process does not need, so does not get.
_SECRETS = ("TELEGRAM_BOT_TOKEN", "WENDA_ADMIN_TOKEN", "WENDA_API_KEYS")
_ENDED = "The program that builds the index ended unexpectedly (exit code {}). Its log says more."


def rebuild(settings: Settings, progress: Progress) -> Mapping[str, object]:
    """Runs `wenda index` on the settings' folders and returns its report.

    Raises StoreError in its words when it fails.
    """
    # Named folders go before WENDA_COLLECTIONS.
    folders = ["--seeds", str(settings.seeds), "--home", str(settings.home)]
    environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    last, code = run_apart(["wenda", "index", "--json", *folders], environment, progress)
    if "report" in last:
        return cast("Mapping[str, object]", last["report"])
    raise StoreError(str(last.get("error") or _ENDED.format(code)))
