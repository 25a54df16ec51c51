"""Answers and reports for people, on a terminal or in a pipe."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from rag import Answer, Citation, LeftOut, Passage, Report, Written
from words import (
    AnswerWords,
    listing_lines,
    narrowing_line,
    not_found_line,
    unsearched_line,
    words_for_question,
)

_QUOTE = "bold green"
_SHOWN = 20


def print_answer(console: Console, answer: Answer, *, passages: bool) -> None:
    """Prints the answer with its sources, or that there is none, with the nearest topics."""
    words = words_for_question(answer.question).answers
    if answer.understood_as is not None:
        line = words.understood_as.format(question=answer.understood_as)
        console.print(Text(line, style="dim italic"))
    for said in (narrowing_line(answer, words), unsearched_line(answer, words)):
        if said is not None:
            console.print(Text(said, style="dim italic"))
    if answer.reply is not None and not answer.answered:
        console.print(Text(answer.reply))
        for line in listing_lines(answer, words):
            console.print(Text(f"  {line}"))
    elif answer.answered:
        if answer.reply is not None:
            console.print(Text(f"{answer.reply}\n"))
        _print_quotes(console, answer, words)
        console.print(Text(f"\n{words.sources}", style="bold"))
        for _, same in groupby(answer.citations, key=_place):
            first, *others = same
            marks = "".join(f"[{each.id}] " for each in (first, *others))
            console.print(_source(first, marks, words))
    else:
        console.print(Text(not_found_line(answer, words), style="yellow"))
        if answer.did_you_mean is not None:
            console.print(Text(words.did_you_mean.format(question=answer.did_you_mean)))
        if answer.suggestions:
            console.print(words.nearest, markup=False)
        for topic in answer.suggestions:
            console.print(Text(f"  · {topic}"))
    if passages:
        console.print(Text(f"\n{words.passages}", style="bold"))
        for passage in answer.passages:
            console.print(_source(passage, f"[{passage.rank}] ", words, f"{passage.score:.3f}"))
            console.print(_highlighted(passage), style="dim")


class WrittenOutput:
    """Prints what a language model writes, a line for each sentence as it comes."""

    def __init__(self, console: Console, answer: Answer) -> None:
        self._console = console
        self._words = words_for_question(answer.question).answers
        self._printed = 0

    def print_new(self, written: Written) -> None:
        """Prints the sentences that were not printed yet, the first below what they are."""
        for sentence in written.sentences[self._printed :]:
            if not self._printed:
                self._console.print(Text(self._words.written, style="dim italic"))
            self._console.print(Text(f"{sentence.text} ").append(sentence.marks, style="cyan"))
            self._printed += 1

    def end(self, written: Written | None) -> None:
        """Parts it from the quotations; without anything `written` it is taken back."""
        if self._printed and written is None:
            self._console.print(Text(self._words.withdrawn, style="yellow"))
        if self._printed:
            self._console.print()


def _print_quotes(console: Console, answer: Answer, words: AnswerWords) -> None:
    """The quotes; of a question with several parts below what each is about."""
    if not answer.parts:
        console.print(_quotes(answer, answer.citations, words))
    for part in answer.parts:
        console.print(Text(part.label, style="bold"))
        found = answer.cited_by(part)
        missing = Text(words.not_found, style="yellow")
        console.print(_quotes(answer, found, words) if found else missing)


def _quotes(answer: Answer, citations: Sequence[Citation], words: AnswerWords) -> Text:
    """Quotes, numbered when there are several; each document begins a line. Where a few words
    answer, they stand out and not their sentence.
    """
    text = Text()
    before = None
    for citation in citations:
        if before is not None:
            text.append("\n" if citation.document_id != before.document_id else " … ")
        short = answer.short_in(citation)
        begin = len(text)
        text.append(citation.quote, style="" if answer.short_answers else _QUOTE)
        for start, end in short:
            text.stylize(_QUOTE, begin + start, begin + end)
        if citation.omitted:
            text.append(f" … {words.omitted.format(count=citation.omitted)}", style="dim")
        if len(citations) > 1 or answer.written is not None:
            text.append(f" [{citation.id}]", style="cyan")
        before = citation
    return text


def _place(citation: Citation) -> tuple[str, int, tuple[int, int]]:
    return citation.document_id, citation.paragraph, citation.lines


def _source(
    found: Citation | Passage, marks: str, words: AnswerWords, note: str | None = None
) -> Text:
    line = Text(marks, style="cyan")
    line.append(found.title, style="default")
    if found.section:
        line.append(f" › {found.section}", style="default")
    place = words.place(found.lines, found.page, found.recognized)
    facts = " · ".join(part for part in (f"{found.path} {place}", found.date, note) if part)
    line.append(f" · {facts}", style="dim")
    return line


def _highlighted(passage: Passage) -> Text:
    text = Text("    " + passage.text)
    for start, end in passage.highlights:
        text.stylize(f"not dim {_QUOTE}", start + 4, end + 4)
    return text


def _left_out(parts: Sequence[LeftOut]) -> str:
    return "; ".join(
        f"{part.what} ({part.place or part.count})" if part.place or part.count else part.what
        for part in parts
    )


def print_report(console: Console, report: Report) -> None:
    """Prints what `wenda index` found and did."""
    for name, paths in (
        ("added", report.added),
        ("changed", report.changed),
        ("removed", report.removed),
    ):
        for path in paths[:_SHOWN]:
            console.print(Text(f"{name:>9}  {path}"))
        if len(paths) > _SHOWN:
            console.print(f"{name:>9}  and {len(paths) - _SHOWN} more")
    for item in report.skipped:
        console.print(Text(f"  skipped  {item.path}: {item.reason}", style="yellow"))
    for path, parts in list(report.left_out.items())[:_SHOWN]:
        console.print(Text(f" left out  {path}: {_left_out(parts)}", style="dim"))
    if len(report.left_out) > _SHOWN:
        console.print(f" left out  of {len(report.left_out) - _SHOWN} more files", style="dim")
    counts = (
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
        f"{len(report.unchanged)} unchanged, {len(report.skipped)} skipped"
    )
    console.print(counts, highlight=False)
    if report.written:
        console.print(
            f"Indexed {report.paragraphs} paragraphs and {report.sentences} sentences "
            f"({report.embedded} embedded) in {report.seconds:.1f} s: {report.generation}",
            highlight=False,
        )
    elif report.rolled_back:
        console.print(
            f"Rolled back to {report.generation}, which stays until a document changes. "
            "To replace it now: wenda index",
            highlight=False,
        )
    else:
        console.print(f"The index is up to date: {report.generation}", highlight=False)
