"""The language model that writes from the quotations."""

import rag
from rag.errors import SettingsError
from rag.extras import require
from wenda.settings import Settings


def make_writer(settings: Settings) -> "rag.Writer | None":
    """What lets a language model write from the quotations; None where none is set.

    Raises SettingsError where something is missing, ExtraError without `wenda[writer]`.
    """
    if settings.writer_url is None:
        return None
    if settings.writer_model is None:
        raise SettingsError(
            "WENDA_WRITER_URL is set and WENDA_WRITER_MODEL is not. Name the model, as the server "
            "calls it."
        )
    if settings.model != rag.BUNDLED:
        raise SettingsError(
            "WENDA_WRITER_URL needs the bundled embedding model: how near a written sentence must "
            f"be was measured with it, not with {settings.model}. Unset one of the two."
        )
    require("writer")
    from wenda.runtime.chat_server import ChatServer

    key = settings.writer_key.get_secret_value() if settings.writer_key else None
    server = ChatServer(settings.writer_url, settings.writer_model.get_secret_value(), key)
    return rag.Writer(server, settings.writer_seconds)
