"""What a language must have words for, by who says them. What stands in braces is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from rag.errors import QuestionError


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """What stands around an answer, or in its place; the same everywhere."""

    sources: str
    passages: str
    not_found: str
    nearest: str
    understood_as: str
    did_you_mean: str
    omitted: str
    line: str
    lines: str
    page: str
    recognized: str
    #: The dates of documents, the line above the newest, and a folder with its number of them.
    span: str
    span_day: str
    newest: str
    folder: str
    mentioned: str
    #: The filter that was asked within, and that it leaves no document.
    narrowed: str
    nothing_left: str
    #: Collections that were asked and have no index yet.
    unsearched: str
    #: What a language model has written, is writing, or wrote in vain.
    written: str
    writing: str
    withdrawn: str
    #: By the code of a QuestionError.
    refusals: Mapping[str, str]
    #: By the field of a filter.
    filters: Mapping[str, str]
    #: By the kind of small talk; `undated` where no document has a date.
    replies: Mapping[str, str]

    def place(
        self, lines: tuple[int, int], page: int | None, recognized: float | None = None
    ) -> str:
        """Where something stands in its file, and whether its text was recognized in a picture."""
        if page is not None:
            place = self.page.format(page)
        elif lines[0] == lines[1]:
            place = self.line.format(lines[0])
        else:
            place = self.lines.format(*lines)
        return place if recognized is None else f"{place} · {self.recognized}"

    def refusal(self, error: QuestionError) -> str:
        """Why a question cannot be asked."""
        return self.refusals[error.code].format(length=error.length, most=error.most)


@dataclass(frozen=True, slots=True)
class BotWords:
    """What the Telegram bot says besides."""

    hello: str
    try_one: str
    help: str
    help_admin: str
    ask_what: str
    looking: str
    no_index: str
    only_text: str
    unknown_command: str
    failed: str
    expired: str
    changed: str
    at_the_end: str
    forgotten: str
    in_set: str
    in_collection: str
    in_choices: str
    in_needed: str
    nothing_seen: str
    in_ended: str
    in_usage: str
    choose_language: str
    language_set: str
    documents: str
    about: str
    no_dates: str
    privacy: str
    delete: str
    deleted: str
    slow: str
    banned: str
    not_allowed: str
    admins_only: str
    thanks: str
    stats: str
    rebuilding: str
    rebuilt: str
    up_to_date: str
    rebuild_failed: str
    skipped: str
    more: str
    back: str
    previous: str
    next: str
    open: str
    minutes: str
    hours: str
    days: str
    #: What each command does, for its menu.
    commands: Mapping[str, str]
    admin_commands: Mapping[str, str]

    def age(self, seconds: float) -> str:
        """How long ago something was, in its largest unit."""
        minutes = max(0, int(seconds // 60))
        if minutes < 120:
            return self.minutes.format(minutes)
        return (
            self.hours.format(minutes // 60)
            if minutes < 2880
            else self.days.format(minutes // 1440)
        )


@dataclass(frozen=True, slots=True)
class PageWords:
    """What the web page says besides. Its placeholders are numbered: {0}, {1}."""

    name: str
    skip: str
    tools: str
    new: str
    documents: str
    language: str
    collection: str
    all_collections: str
    unindexed: str
    demo_title: str
    demo_why: str
    demo_allow: str
    theme: str
    welcome: str
    promise: str
    thread: str
    question: str
    placeholder: str
    followup: str
    ask: str
    hint: str
    filter_chips: str
    filter_remove: str
    examples: str
    glance: str
    glance_built: str
    asking: str
    answered: str
    unsure: str
    absent: str
    absent_why: str
    absent_bare: str
    more: str
    whole: str
    open: str
    copy: str
    copied: str
    not_copied: str
    up: str
    down: str
    thanks: str
    comment: str
    send: str
    failed: str
    again: str
    close: str
    link: str
    linked: str
    document: str
    as_page: str
    as_text: str
    page_of: str
    page_before: str
    page_after: str
    page_missing: str
    opening: str
    no_document: str
    paragraphs: str
    left_out: str
    undated: str
    filter: str
    more_documents: str
    none: str
    index: str
    built: str
    size: str
    sizes: str
    model: str
    generation: str
    skipped: str
    admin: str
    token: str
    token_why: str
    rebuild: str
    indexing: str
    rebuilding: str
    rebuilt: str
    up_to_date: str
    rebuild_failed: str
    no_index: str
    away: str
    away_kept: str
    busy: str
    building: str
    try_now: str
    back: str
    key_title: str
    key_why: str
    key: str
    key_use: str
    #: By the name of the theme.
    themes: Mapping[str, str]
    #: By the stage of a rebuild; "" before the first.
    stages: Mapping[str, str]
    #: By what is left out of a file, as `rag.documents.LeftOut` names it.
    omissions: Mapping[str, str]
    #: By the code of problem details.
    problems: Mapping[str, str]
