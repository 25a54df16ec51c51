"""What an answer, a source and a list look like in a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import east_asian_width

from bot.answers.neighbours import View
from bot.answers.shown import Shown, Source
from bot.presentation.markup import LONGEST_MESSAGE, Run, clipped, split, units
from rag.index.corpus import DocumentFacts
from words import Words

_MOST_BUTTONS = 4
_LABEL = 60
_EXCERPT = 160
_BETWEEN = " › "
_DOT = " · "
#: Room for the omission signs of a paragraph that is shown in part.
_ROOM = LONGEST_MESSAGE - 8
DOCUMENTS_PER_PAGE = 15


@dataclass(frozen=True, slots=True)
class Button:
    """A button with what it sends back, at most 64 bytes, or where it leads."""

    label: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One message."""

    runs: tuple[Run, ...]
    keyboard: Keyboard = ()


class Replies:
    """Puts answers into messages. `public_url` is where documents can be opened, if anywhere."""

    def __init__(self, public_url: str | None) -> None:
        self._public = public_url.rstrip("/") if public_url else None

    def answer(self, shown: Shown, words: Words) -> list[Part]:
        """The quotes with their numbers, then the sources; or that there are none."""
        runs = [Run(shown.question, italic=True), Run("\n\n")] if shown.echoed else []
        if not shown.quotes:
            return self._not_found(shown, runs, words)
        for number, quote in enumerate(shown.quotes):
            runs.append(Run(quote.text, bold=number == 0))
            runs.append(Run(f" [{quote.number}]\n"))
        runs += [Run("\n"), Run(words.answers.sources, bold=True), Run("\n")]
        for source in shown.cited:
            runs += [Run(f"{_marks(source)} "), *self._place(source, words), Run("\n")]
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

    def _not_found(self, shown: Shown, runs: list[Run], words: Words) -> list[Part]:
        runs.append(Run(f"{words.answers.not_found}\n"))
        if shown.suggestions:
            runs.append(Run(f"\n{words.answers.nearest}"))
        rows = [
            (Button(_label(topic), f"q:{shown.id}:{number}"),)
            for number, topic in enumerate(shown.suggestions[:_MOST_BUTTONS])
        ]
        last = (Button("👍", f"h:{shown.id}:1"), Button("👎", f"h:{shown.id}:0"))
        return _parts(runs, (*rows, last))

    def offers(self, runs: Sequence[Run], shown: Shown) -> list[Part]:
        """A text with questions below it, each a button."""
        rows = (
            (Button(_label(question), f"q:{shown.id}:{number}"),)
            for number, question in enumerate(shown.suggestions)
        )
        return _parts(runs, tuple(rows))

    def more(self, shown: Shown, words: Words) -> Part:
        """The passages that were found besides those that are quoted."""
        runs = [Run(words.answers.passages, bold=True), Run("\n")]
        rows = []
        others = _others(shown)
        for letter, (source, data) in zip(
            "abcdefghijklmnopqrst", self._opening(shown, others), strict=False
        ):
            runs += [Run(f"\n{letter}) "), *self._place(source, words), Run("\n")]
            runs += [Run(_excerpt(source), italic=True), Run("\n")]
            rows.append((Button(_label(f"{letter}) {source.section or source.title}"), data),))
        first = split(runs)[0]
        return Part(tuple(first), (*rows, (Button(words.bot.back, f"b:{shown.id}"),)))

    def source(self, shown: Shown, number: int, source: Source, words: Words, view: View) -> Part:
        """A paragraph, its sentence marked, with buttons to those around it."""
        title = clipped(source.title, 300)
        head = [Run(title, bold=True), Run("\n")]
        facts = (
            clipped(source.section, 300),
            words.answers.place(source.lines, source.page),
            source.date,
        )
        head.append(Run(_DOT.join(fact for fact in facts if fact) + "\n"))
        if view.changed:
            head += [Run(words.bot.changed, italic=True), Run("\n")]
        room = _ROOM - sum(units(run.text) for run in head)
        runs = (*head, *_paragraph(source, room))
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
        return Part(runs, tuple(row for row in (steps, links, last) if row))

    def documents(self, facts: Sequence[DocumentFacts], page: int, words: Words) -> Part:
        """One page of the documents' titles and dates."""
        pages = max(1, -(-len(facts) // DOCUMENTS_PER_PAGE))
        page = min(max(page, 0), pages - 1)
        runs = [Run(words.bot.documents.format(count=len(facts)), bold=True), Run("\n")]
        first = page * DOCUMENTS_PER_PAGE
        for number, each in enumerate(facts[first : first + DOCUMENTS_PER_PAGE], start=first + 1):
            link = f"{self._public}/documents/{each.id}" if self._public else None
            runs += [Run(f"\n{number}. "), Run(clipped(each.title, 150), link=link)]
            runs.append(Run(f"{_DOT}{each.date}" if each.date else ""))
        row = (
            *((Button("‹", f"d:{page - 1}"),) if page > 0 else ()),
            *((Button(f"{page + 1}/{pages}", f"d:{page}"),) if pages > 1 else ()),
            *((Button("›", f"d:{page + 1}"),) if page < pages - 1 else ()),
        )
        return Part(tuple(split(runs)[0]), (row,) if row else ())

    def passage(self, source: Source, words: Words) -> Part:
        """What inline mode offers: the sentence of a passage and its place."""
        marked = " … ".join(source.text[start:end] for start, end in source.highlights)
        text = clipped(marked or source.text, 3000)
        runs = [Run(text, bold=True), Run("\n\n"), *self._place(source, words)]
        return Part(tuple(split(runs)[0]))

    def url(self, source: Source) -> str | None:
        """Where the paragraph can be read on the web page."""
        return f"{self._public}{source.url}" if self._public else None

    def _place(self, source: Source, words: Words) -> list[Run]:
        title = clipped(source.title, 150)
        section = f"{_BETWEEN}{clipped(source.section, 150)}" if source.section else ""
        facts = (words.answers.place(source.lines, source.page), source.date)
        rest = "".join(f"{_DOT}{fact}" for fact in facts if fact)
        return [Run(title, link=self.url(source)), Run(f"{section}{rest}")]

    def _opening(self, shown: Shown, sources: Iterable[Source]) -> Iterable[tuple[Source, str]]:
        for source in sources:
            yield source, _open(shown, shown.sources.index(source), 0)


def _open(shown: Shown, number: int, step: int) -> str:
    """What a button sends back that opens the paragraph `step` after the source's."""
    return f"s:{shown.id}:{number}:{step}"


def _others(shown: Shown) -> tuple[Source, ...]:
    return tuple(source for source in shown.sources if not source.numbers)


def _marks(source: Source) -> str:
    return "".join(f"[{number}]" for number in source.numbers)


def _label(text: str) -> str:
    """What fits on a button: half as many characters where they are wide."""
    text = " ".join(text.split())
    widths = accumulate(2 if east_asian_width(each) in "WF" else 1 for each in text)
    return clipped(text, max(sum(width <= _LABEL for width in widths), 1)) or "…"


def _excerpt(source: Source) -> str:
    """The sentence that is marked, or how the paragraph begins."""
    start, end = source.highlights[0] if source.highlights else (0, len(source.text))
    return clipped(" ".join(source.text[start:end].split()), _EXCERPT)


def _paragraph(source: Source, room: int) -> list[Run]:
    """The paragraph as a quotation, cut around its first marked sentence when it is long."""
    text, first = source.text, (source.highlights[0][0] if source.highlights else 0)
    begin, end = 0, len(text)
    if units(text) > room:
        most = room // 2  # characters may take two units
        begin = max(0, min(first - most // 4, len(text) - most))
        end = min(len(text), begin + most)
    runs = [Run("… ", quote=True)] if begin else []
    at = begin
    for start, stop in source.highlights:
        start, stop = max(start, at), min(stop, end)
        if start >= stop:
            continue
        runs += [Run(text[at:start], quote=True), Run(text[start:stop], bold=True, quote=True)]
        at = stop
    runs.append(Run(text[at:end], quote=True))
    if end < len(text):
        runs.append(Run(" …", quote=True))
    return [run for run in runs if run.text]


def _parts(runs: Sequence[Run], keyboard: Keyboard) -> list[Part]:
    """Messages, with the buttons below the last one."""
    messages = split(runs)
    last = len(messages) - 1
    return [
        Part(tuple(message), keyboard if number == last else ())
        for number, message in enumerate(messages)
    ]


def text_part(text: str, keyboard: Keyboard = ()) -> Part:
    """A plain message."""
    return Part((Run(text),), keyboard)
