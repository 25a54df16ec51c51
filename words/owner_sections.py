"""What a language must have words for where whoever keeps the documents looks after them."""

from collections.abc import Mapping
from dataclasses import dataclass

from rag.errors import UploadError


@dataclass(frozen=True, slots=True)
class UploadWords:
    """What is said where documents are given, on the page and by the bot."""

    title: str
    drop: str
    choose: str
    rules: str
    need_token: str
    sending: str
    sent: str
    replace: str
    leave: str
    undo: str
    remove: str
    done: str
    left: str
    given: str
    none_given: str
    in_part: str
    receiving: str
    received: str
    not_received: str
    no_download: str
    admins_only: str
    help: str
    #: By the state of a change.
    states: Mapping[str, str]
    #: By the code of an UploadError.
    refusals: Mapping[str, str]

    def outcome(self, state: str, reason: str | None) -> str:
        """What became of a change."""
        said = self.in_part if state == "indexed" and reason else self.states[state]
        return said.format(reason=reason or "")

    def refusal(self, error: UploadError) -> str:
        """Why a document is not taken in."""
        return self.refusals[error.code]


@dataclass(frozen=True, slots=True)
class ReviewWords:
    """What is said of questions without an answer, to the owner of the documents."""

    title: str
    none: str
    off: str
    kept: str
    times: str
    wordings: str
    disliked: str
    none_disliked: str
    no_answer: str
    again: str
    all_again: str
    answered: str
    still: str
    tried: str
    done: str
    clear: str
    cleared: str
    open: str


@dataclass(frozen=True, slots=True)
class CuratingWords:
    """What is said where a sentence is named as an answer, and of such an answer."""

    curate: str
    curate_why: str
    search: str
    is_for: str
    not_for: str
    save: str
    curated: str
    none_curated: str
    expired: str
    remove: str
    export: str
    choose: str
    label: str
