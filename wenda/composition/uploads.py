"""The folder that documents may be given into."""

import os
from pathlib import Path

import rag
from rag.errors import SettingsError
from rag.serving.uploads import UploadFolder
from rag.serving.uploads.names import is_passed_over
from wenda.settings import Settings


def open_uploads(settings: Settings) -> UploadFolder | None:
    """The folder that documents may be given into; None where none is set.

    Raises SettingsError for one that is not inside the folder of documents, or that the index
    passes over.
    """
    if settings.uploads is None:
        return None
    seeds = settings.seeds.resolve()
    below = Path(os.path.normpath(seeds / settings.uploads))
    inside = below.is_relative_to(seeds) and below != seeds
    if not inside or not below.resolve().is_relative_to(seeds):
        raise SettingsError(
            f"WENDA_UPLOADS={settings.uploads} is not inside the folder of documents {seeds}. Name "
            "a folder inside it, like uploads."
        )
    parts = below.relative_to(seeds)
    if any(map(is_passed_over, parts.parts)) or below.is_file():
        raise SettingsError(
            f"WENDA_UPLOADS={settings.uploads} is a file, or a hidden folder, which is not read. "
            "Name another folder."
        )
    folder = UploadFolder(
        settings.seeds / parts,
        settings.seeds,
        settings.home / "given",
        settings.max_file_mb * rag.MEGABYTE,
    )
    folder.sweep()
    return folder
