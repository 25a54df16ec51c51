"""The kinds of errors. Every message names the thing, the reason and the next step."""

from enum import StrEnum


class WendaError(Exception):
    """Base of every error that Wenda raises on purpose; its text is meant for people."""


class SettingsError(WendaError):
    """A setting has a value that cannot work."""


class SeedsError(WendaError):
    """The folder of documents cannot be read or holds nothing to answer from."""


class DocumentError(WendaError):
    """One file cannot become a document; the others go on."""


class UnavailableError(DocumentError):
    """One file is not available now; it may be later, unchanged."""


class ModelError(WendaError):
    """The embedding model cannot be loaded, or is not the one that was expected."""


class ExtraError(WendaError):
    """What was asked for needs an optional part of Wenda that is not installed."""


class WriterError(WendaError):
    """The language model that writes answers could not be used; the quotations stand alone.

    `unreachable` says that its server was not there at all.
    """

    def __init__(self, message: str, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.unreachable = unreachable


class StoreError(WendaError):
    """A generation is missing, damaged, of another model, or cannot be written."""


class QuestionCode(StrEnum):
    """Why a question cannot be asked."""

    EMPTY = "empty"
    #: Only punctuation, pictures and the like.
    NO_WORD = "no_word"
    #: Too many characters.
    TOO_LONG = "too_long"
    #: Few enough characters, but more tokens than the model takes.
    TOO_MANY_TOKENS = "too_many_tokens"
    BAD_HISTORY = "bad_history"


class QuestionError(WendaError):
    """A question that cannot be asked, and why.

    `length` and `most` count the characters of a question that is too long, or its tokens.
    """

    def __init__(self, code: QuestionCode, message: str, *, length: int = 0, most: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.length = length
        self.most = most


class UploadCode(StrEnum):
    """Why an upload, or undoing one, is refused."""

    BAD_NAME = "bad_name"
    LONG_NAME = "long_name"
    #: Windows would take it for a device.
    DEVICE_NAME = "device_name"
    #: Hidden or temporary: the index passes over it.
    PASSED_OVER = "passed_over"
    UNREAD_TYPE = "unread_type"
    EMPTY = "empty_document"
    TOO_LARGE = "too_large"
    EXISTS = "document_exists"
    NOT_THERE = "no_such_document"
    #: The change is unknown, long ago, or undone already.
    NO_CHANGE = "no_such_change"
    CHANGED_SINCE = "changed_since"
    DISK_FULL = "disk_full"
    UNWRITABLE = "unwritable"


class UploadError(WendaError):
    """A document that cannot be taken in or removed, and why."""

    def __init__(self, code: UploadCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class CollectionCode(StrEnum):
    """Why a collection cannot be used. One that the caller may not see counts as one that does not
    exist.
    """

    UNKNOWN = "unknown_collection"
    #: The caller sees several, and must name one.
    NEEDED = "collection_needed"
    NOTHING = "no_collection"


class CollectionError(WendaError):
    """A collection that the caller cannot use, and why."""

    def __init__(self, code: CollectionCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class QuestionSetError(WendaError):
    """A file of evaluation questions that cannot be used."""
