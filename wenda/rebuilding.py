"""Builds the index in a process of its own, so that a server never loads the model for building."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import IO, cast

from rag.errors import StoreError
from rag.progress import Progress, followed
from wenda.settings import Settings

#: Kept from the process: it needs none of them.
_SECRETS = ("TELEGRAM_BOT_TOKEN", "WENDA_ADMIN_TOKEN", "WENDA_API_KEYS")
_ENDED = "The program that builds the index ended unexpectedly (exit code {}). Its log says more."


def rebuild(settings: Settings, progress: Progress) -> Mapping[str, object]:
    """Runs `wenda index` on the settings' folders; what it reports.

    Raises StoreError in its words when it fails.
    """
    command = [sys.executable, "-P", "-m", "wenda", "index", "--json"]
    folders = ["--seeds", str(settings.seeds), "--home", str(settings.home)]
    environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, *folders],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            last = followed(cast("IO[str]", process.stdout), progress)
        except BaseException:
            process.terminate()
            raise
    if "report" in last:
        return cast("Mapping[str, object]", last["report"])
    raise StoreError(str(last.get("error") or _ENDED.format(process.returncode)))
