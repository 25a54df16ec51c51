"""Formats answers, sources and lists as messages."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from unicodedata import east_asian_width

from bot.answers.neighbours import SourceView
from bot.answers.shown import ShownAnswer, ShownSource
from bot.presentation.markup import LONGEST_MESSAGE, StyledText, clipped, split, units
from bot.presentation.parts import Button, Keyboard, ReplyPart
from bot.presentation.quotes import excerpt, paragraph_runs, quoted_parts
from rag import DocumentPart
from words import Words

_MOST_BUTTONS = 4
_LABEL = 60
_LONGEST_COMPLETED = 300
_BETWEEN = " › "
_DOT = " · "
_BREAK = StyledText("\n")
#: Leaves room for the ellipses of a paragraph that is shown in part.
_ROOM = LONGEST_MESSAGE - 8
DOCUMENTS_PER_PAGE = 15


class Replies:
    """Formats replies. `public_url` is the address of the web page, for links to documents."""

    def __init__(self, public_url: str | None) -> None:
        self._public = public_url.rstrip("/") if public_url else None

    def answer_parts(self, shown: ShownAnswer, words: Words) -> list[ReplyPart]:
        """The numbered quotes and their sources, or that there is no answer."""
        runs = _above(shown, words)
        if shown.reply is not None and not shown.quotes:
            return self._small_talk(shown, runs, words)
        if not shown.quotes:
            return self._not_found(shown, runs, words)
        if shown.reply is not None:
            runs += [StyledText(shown.reply), StyledText("\n\n")]
        if shown.curated:
            runs += [StyledText(words.curating.label, italic=True), StyledText("\n\n")]
        runs += quoted_parts(shown, words)
        runs += [_BREAK, StyledText(words.answers.sources, bold=True), _BREAK]
        for source in shown.cited:
            runs += [
                StyledText(f"{_marks(source)} "),
                *self._place(source, words),
                _BREAK,
            ]
        rows = [
            (Button(_label(f"{_marks(source)} {source.section or source.title}"), data),)
            for source, data in self._opening(shown, shown.cited[:_MOST_BUTTONS])
        ]
        last = (
            *((Button(words.bot.more, f"m:{shown.id}"),) if _others(shown) else ()),
            Button("👍", f"h:{shown.id}:1"),
            Button("👎", f"h:{shown.id}:0"),
        )
        return _parts(runs, (*rows, last))

    def _small_talk(
        self, shown: ShownAnswer, runs: list[StyledText], words: Words
    ) -> list[ReplyPart]:
        """A reply to a greeting and the like, with the documents where it was about them."""
        runs.append(StyledText(shown.reply or ""))
        runs += [StyledText(f"\n· {clipped(line, 400)}") for line in shown.lines]
        documents = (Button(words.bot.commands["sources"], "d:0"),)
        mentioning = (Button(words.answers.mentioned, f"m:{shown.id}"),)
        rows = (
            *((documents,) if shown.lists_documents else ()),
            *((mentioning,) if shown.sources else ()),
        )
        return _parts(runs, rows)

    def _not_found(
        self, shown: ShownAnswer, runs: list[StyledText], words: Words
    ) -> list[ReplyPart]:
        runs.append(StyledText(f"{shown.not_found or words.answers.not_found}\n"))
        if len(shown.suggestions) > shown.corrects:
            runs.append(StyledText(f"\n{words.answers.nearest}"))
        labels = list(shown.suggestions[:_MOST_BUTTONS])
        if shown.corrects:
            labels[0] = words.answers.did_you_mean.format(question=labels[0])
        rows = [
            (Button(_label(label), f"q:{shown.id}:{number}"),)
            for number, label in enumerate(labels)
        ]
        last = (Button("👍", f"h:{shown.id}:1"), Button("👎", f"h:{shown.id}:0"))
        return _parts(runs, (*rows, last))

    def offers(self, runs: Sequence[StyledText], shown: ShownAnswer) -> list[ReplyPart]:
        """A text with a button for each suggested question."""
        rows = (
            (Button(_label(question), f"q:{shown.id}:{number}"),)
            for number, question in enumerate(shown.suggestions)
        )
        return _parts(runs, tuple(rows))

    def more(self, shown: ShownAnswer, words: Words) -> ReplyPart:
        """The passages that are not quoted."""
        runs = [StyledText(words.answers.passages, bold=True), _BREAK]
        rows = []
        others = _others(shown)
        for letter, (source, data) in zip(
            "abcdefghijklmnopqrst", self._opening(shown, others), strict=False
        ):
            runs += [StyledText(f"\n{letter}) "), *self._place(source, words), _BREAK]
            runs += [StyledText(excerpt(source), italic=True), _BREAK]
            rows.append((Button(_label(f"{letter}) {source.section or source.title}"), data),))
        first = split(runs)[0]
        return ReplyPart(tuple(first), (*rows, (Button(words.bot.back, f"b:{shown.id}"),)))

    def source(
        self, shown: ShownAnswer, number: int, source: ShownSource, words: Words, view: SourceView
    ) -> ReplyPart:
        """A paragraph with its quotes in bold, and buttons to its neighbours."""
        title = clipped(source.title, 300)
        head = [StyledText(title, bold=True), _BREAK]
        facts = (
            clipped(source.section, 300),
            words.answers.place(source.lines, source.page, source.recognized),
            source.date,
            source.shelf,
        )
        head.append(StyledText(_DOT.join(fact for fact in facts if fact) + "\n"))
        if view.changed:
            head += [StyledText(words.bot.changed, italic=True), _BREAK]
        room = _ROOM - sum(units(run.text) for run in head)
        runs = (*head, *paragraph_runs(source, room))
        steps = (
            *(
                (Button(words.bot.previous, _open(shown, number, view.step - 1)),)
                if view.before
                else ()
            ),
            *((Button(words.bot.next, _open(shown, number, view.step + 1)),) if view.after else ()),
        )
        url = self.url(source)
        links = (Button(words.bot.open, url=url),) if url else ()
        last = (Button(words.bot.back, f"b:{shown.id}"),)
        return ReplyPart(runs, tuple(row for row in (steps, links, last) if row))

    def documents(
        self, part: DocumentPart, page: int, words: Words, *, linked: bool = True
    ) -> ReplyPart:
        """Titles and dates of the documents of a page; the first is page 0."""
        pages = max(1, -(-part.total // DOCUMENTS_PER_PAGE))
        runs = [
            StyledText(words.bot.documents.format(count=part.total), bold=True),
            _BREAK,
        ]
        for number, each in enumerate(part.documents, start=page * DOCUMENTS_PER_PAGE + 1):
            link = f"{self._public}/documents/{each.id}" if self._public and linked else None
            runs += [StyledText(f"\n{number}. "), StyledText(clipped(each.title, 150), link=link)]
            runs.append(StyledText(f"{_DOT}{each.date}" if each.date else ""))
        row = (
            *((Button("‹", f"d:{page - 1}"),) if page > 0 else ()),
            *((Button(f"{page + 1}/{pages}", f"d:{page}"),) if pages > 1 else ()),
            *((Button("›", f"d:{page + 1}"),) if page < pages - 1 else ()),
        )
        return ReplyPart(tuple(split(runs)[0]), (row,) if row else ())

    def passage(self, source: ShownSource, words: Words) -> ReplyPart:
        """A passage for inline mode: its highlighted sentences and where they stand."""
        marked = " … ".join(source.text[start:end] for start, end in source.highlights)
        text = clipped(marked or source.text, 3000)
        runs = [StyledText(text, bold=True), StyledText("\n\n"), *self._place(source, words)]
        return ReplyPart(tuple(split(runs)[0]))

    def url(self, source: ShownSource) -> str | None:
        """The address of the paragraph on the web page, if there is one."""
        return f"{self._public}{source.url}" if self._public else None

    def _place(self, source: ShownSource, words: Words) -> list[StyledText]:
        title = clipped(source.title, 150)
        section = f"{_BETWEEN}{clipped(source.section, 150)}" if source.section else ""
        place = words.answers.place(source.lines, source.page, source.recognized)
        facts = (place, source.date, source.shelf)
        rest = "".join(f"{_DOT}{fact}" for fact in facts if fact)
        return [StyledText(title, link=self.url(source)), StyledText(f"{section}{rest}")]

    def _opening(
        self, shown: ShownAnswer, sources: Iterable[ShownSource]
    ) -> Iterable[tuple[ShownSource, str]]:
        for source in sources:
            yield source, _open(shown, shown.sources.index(source), 0)


def _above(shown: ShownAnswer, words: Words) -> list[StyledText]:
    """Lines above the answer: the question asked with a button, and the completed question."""
    runs = []
    if shown.echoed:
        runs += [StyledText(shown.question, italic=True), StyledText("\n\n")]
    if shown.understood_as is not None and shown.understood_as != shown.question:
        completed = clipped(shown.understood_as, _LONGEST_COMPLETED)
        line = words.answers.understood_as.format(question=completed)
        runs += [StyledText(line, italic=True), StyledText("\n\n")]
    for said in (shown.narrowed, shown.unsearched):
        if said is not None:
            runs += [StyledText(said, italic=True), StyledText("\n\n")]
    return runs


def _open(shown: ShownAnswer, number: int, step: int) -> str:
    """The callback data that open the paragraph `step` paragraphs after a source."""
    return f"s:{shown.id}:{number}:{step}"


def _others(shown: ShownAnswer) -> tuple[ShownSource, ...]:
    return tuple(source for source in shown.sources if not source.numbers)


def _marks(source: ShownSource) -> str:
    return "".join(f"[{number}]" for number in source.numbers)


def _label(text: str) -> str:
    """The text shortened to fit on a button, where a wide character counts twice."""
    text = " ".join(text.split())
    widths = accumulate(2 if east_asian_width(each) in "WF" else 1 for each in text)
    return clipped(text, max(sum(width <= _LABEL for width in widths), 1)) or "…"


def _parts(runs: Sequence[StyledText], keyboard: Keyboard) -> list[ReplyPart]:
    """The messages of a reply, with the buttons below the last."""
    messages = split(runs)
    last = len(messages) - 1
    return [
        ReplyPart(tuple(message), keyboard if number == last else ())
        for number, message in enumerate(messages)
    ]
