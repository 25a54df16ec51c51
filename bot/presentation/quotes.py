"""Quotes and paragraphs as runs of styled text."""

from bot.answers.shown import ShownAnswer, ShownQuote, ShownSource
from bot.presentation.markup import StyledText, clipped, units
from bot.presentation.parts import ReplyPart
from rag import Written
from words import Words

_EXCERPT = 160
_BREAK = StyledText("\n")


def quoted_parts(shown: ShownAnswer, words: Words) -> list[StyledText]:
    """The numbered quotes; for a question with several parts, each below the name of its part."""
    parts = shown.parts or (("", tuple(each.number for each in shown.quotes)),)
    runs = list[StyledText]()
    for label, numbers in parts:
        if label:
            runs += [StyledText(clipped(label, 150), italic=True), _BREAK]
        quotes = [each for each in shown.quotes if each.number in numbers]
        for at, each in enumerate(quotes):
            runs += _quoted(
                each, bold=at == 0 and shown.reply is None and not shown.has_short_answer
            )
            if each.omitted:
                left = words.answers.omitted.format(count=each.omitted)
                runs.append(StyledText(f" … {left}"))
            runs.append(StyledText(f" [{each.number}]\n"))
        if not quotes:
            runs.append(StyledText(f"{words.answers.not_found}\n"))
    return runs


def written_part(written: Written | None, words: Words) -> ReplyPart:
    """The text of a language model, under a line that says what it is; None where it has only
    begun.
    """
    if written is None:
        return ReplyPart((StyledText(words.answers.writing, italic=True),))
    said = " ".join(f"{each.text} {each.marks}" for each in written.sentences)
    rest = "" if written.finished else " …"
    label = StyledText(f"{words.answers.written}\n\n", italic=True)
    return ReplyPart((label, StyledText(f"{said}{rest}")))


def _quoted(quote: ShownQuote, *, bold: bool) -> list[StyledText]:
    """A quote in bold, or the words that answer and its sentence plain."""
    if quote.kind == "code":
        return [StyledText(quote.text, code=True)]
    runs, at = [], 0
    for start, end in quote.short:
        runs += [StyledText(quote.text[at:start]), StyledText(quote.text[start:end], bold=True)]
        at = end
    return [run for run in (*runs, StyledText(quote.text[at:], bold=bold)) if run.text]


def excerpt(source: ShownSource) -> str:
    """The first highlighted sentence, or the beginning of the paragraph."""
    start, end = source.highlights[0] if source.highlights else (0, len(source.text))
    return clipped(" ".join(source.text[start:end].split()), _EXCERPT)


def paragraph_runs(source: ShownSource, room: int) -> list[StyledText]:
    """The paragraph as a block quotation; of a long one, the part around its first highlight."""
    text, first = source.text, (source.highlights[0][0] if source.highlights else 0)
    begin, end = 0, len(text)
    if units(text) > room:
        most = room // 2  # characters may take two units
        begin = max(0, min(first - most // 4, len(text) - most))
        end = min(len(text), begin + most)
    if source.kind == "code":
        return [StyledText(text[begin:end], code=True)]
    runs = [StyledText("… ", quote=True)] if begin else []
    at = begin
    for start, stop in source.highlights:
        start, stop = max(start, at), min(stop, end)
        if start >= stop:
            continue
        runs += [
            StyledText(text[at:start], quote=True),
            StyledText(text[start:stop], bold=True, quote=True),
        ]
        at = stop
    runs.append(StyledText(text[at:end], quote=True))
    if end < len(text):
        runs.append(StyledText(" …", quote=True))
    return [run for run in runs if run.text]
