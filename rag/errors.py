"""What can go wrong, in few kinds. Every message names the thing, the reason and the next step."""


class WendaError(Exception):
    """Base of every error that Wenda raises on purpose; its text is meant for people."""


class SettingsError(WendaError):
    """A setting has a value that cannot work."""


class SeedsError(WendaError):
    """The folder of documents cannot be read or holds nothing to answer from."""


class DocumentError(WendaError):
    """One file cannot become a document; the others go on."""


class UnavailableError(DocumentError):
    """One file cannot be had now; it may be later, as it is."""


class ModelError(WendaError):
    """The embedding model cannot be had, or is not the one that was promised."""


class StoreError(WendaError):
    """A generation is missing, damaged, of another model, or cannot be written."""


class QuestionError(WendaError):
    """A question that cannot be asked: empty, too long, or without a word."""


class QuestionSetError(WendaError):
    """A file of evaluation questions that cannot be used."""
