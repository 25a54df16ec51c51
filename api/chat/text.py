"""An answer as a chat message: Markdown with numbered sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag import Answer, Citation, Written
from words import (
    AnswerWords,
    listing_lines,
    narrowing_line,
    not_found_line,
    unsearched_line,
    words_for_question,
)

#: Characters that can begin markup within a line, and at its start.
_INLINE = re.compile(r"[\\`*_\[\]<>~|&$!]")
_BLOCK = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))", re.MULTILINE)
_BACKTICKS = re.compile("`+")
#: Separates the text of a language model from the quotations.
END_OF_HEAD = "\n\n---\n\n"


@dataclass(frozen=True, slots=True)
class ChatSource:
    """A line of the list of sources: its offsets in the message, its document and address."""

    start: int
    end: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ChatText:
    """The whole message with its sources."""

    text: str
    sources: tuple[ChatSource, ...]


def chat_text(answer: Answer, base: str, head: str | None = None) -> ChatText:
    """The answer for a chat front end; `base` is put before the addresses of the sources. `head` is
    the text that was sent before it; by default that of a language model, if there is one.

    Text of documents is escaped, so that none of it becomes markup.
    """
    words = words_for_question(answer.question).answers
    if answer.reply is not None and not answer.answered:
        listed = [f"- {_escaped(line)}" for line in listing_lines(answer, words)]
        return ChatText("\n".join([answer.reply, *(["", *listed] if listed else [])]), ())
    if not answer.answered:
        topics = [f"- {_escaped(topic)}" for topic in answer.suggestions]
        nearest = ["", words.nearest, "", *topics] if topics else []
        meant = answer.did_you_mean
        corrected = (
            [] if meant is None else ["", words.did_you_mean.format(question=_escaped(meant))]
        )
        missing = unsearched_line(answer, words)
        said = [not_found_line(answer, words), *(["", _escaped(missing)] if missing else [])]
        return ChatText("\n".join([*said, *corrected, *nearest]), ())
    quotes = "\n\n".join(_quotes(answer, words))
    lines = (narrowing_line(answer, words), unsearched_line(answer, words), answer.reply)
    above = "".join(f"{_escaped(each)}\n\n" for each in lines if each)
    head = written_head(answer.written, words) if head is None else head
    text = f"{head}{above}{quotes}\n\n{words.sources}\n"
    sources = []
    for each in answer.citations:
        text += "\n"
        line = _source_line(each, base, words)
        sources.append(ChatSource(len(text), len(text) + len(line), each.title, base + each.url))
        text += line + "\n"
    return ChatText(text.rstrip("\n"), tuple(sources))


def written_head(written: Written | None, words: AnswerWords) -> str:
    """The text of a language model, so far or whole, under a line that says what it is."""
    if written is None or not written.sentences:
        return ""
    said = " ".join(f"{_escaped(each.text)} {each.marks}" for each in written.sentences)
    return f"*{_escaped(words.written)}*\n\n{said}{END_OF_HEAD if written.finished else ''}"


def _quotes(answer: Answer, words: AnswerWords) -> Iterator[str]:
    """The quotes; for a question with several parts, each below the name of its part."""
    if not answer.parts:
        yield from (_quoted(answer, each, words) for each in answer.citations)
    for part in answer.parts:
        yield f"**{_escaped(part.label)}**"
        found = answer.cited_by(part)
        yield from (_quoted(answer, each, words) for each in found)
        if not found:
            yield words.not_found


def _quoted(answer: Answer, citation: Citation, words: AnswerWords) -> str:
    """The quote with its number, the words that answer in bold; code in a fence that is longer
    than any run of ` in it.
    """
    number = f"[{citation.id}]"
    if citation.omitted:
        number = f"… {words.omitted.format(count=citation.omitted)} {number}"
    if citation.kind != "code":
        return f"{_emphasized(citation.quote, answer.short_in(citation))} {number}"
    longest = max(map(len, _BACKTICKS.findall(citation.quote)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{citation.quote}\n{fence}\n{number}"


def _emphasized(quote: str, bold: Sequence[tuple[int, int]]) -> str:
    """A quote as Markdown, with some of its words in bold."""
    parts, at = [], 0
    for start, end in bold:
        parts += [_escaped(quote[at:start]), f"**{_escaped(quote[start:end])}**"]
        at = end
    return "".join([*parts, _escaped(quote[at:])])


def _source_line(citation: Citation, base: str, words: AnswerWords) -> str:
    name = " › ".join(part for part in (citation.title, citation.section) if part)
    place = words.place(citation.lines, citation.page, citation.recognized)
    facts = [_escaped(f"{citation.path} {place}"), citation.date or ""]
    link = f"[{_escaped(name)}]({base}{citation.url})"
    return f"[{citation.id}] {' · '.join(part for part in (link, *facts) if part)}"


def _escaped(text: str) -> str:
    """Text that Markdown shows unchanged."""
    return _BLOCK.sub(_escape_start, _INLINE.sub(r"\\\g<0>", text))


def _escape_start(match: re.Match[str]) -> str:
    """A number at the start of a line would begin a list; its full stop is escaped instead."""
    space, sign = match.groups()
    return f"{space}{sign}\\" if sign[0].isdigit() else f"{space}\\{sign}"
