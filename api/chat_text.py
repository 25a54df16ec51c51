"""An answer as the text of a chat: Markdown, with numbered sources."""

import re
from dataclasses import dataclass

from rag.answering.answer import Answer, Citation
from rag.answering.wording import Wording, wording_for

#: What could begin markup inside a line, and at the start of one.
_INLINE = re.compile(r"[\\`*_\[\]<>~|&$!]")
_BLOCK = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the sources: where it stands in the text, and what it leads to."""

    start: int
    end: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ChatText:
    """The whole text with the places of its sources."""

    text: str
    sources: tuple[Source, ...]


def chat_text(answer: Answer, base: str) -> ChatText:
    """The answer for a chat front end; `base` comes before the addresses of the sources.

    Nothing of a document becomes markup: its characters are escaped, as Markdown has it.
    """
    words = wording_for(answer.question)
    if not answer.answered:
        topics = [f"- {_escaped(topic)}" for topic in answer.suggestions]
        nearest = ["", words.nearest, "", *topics] if topics else []
        return ChatText("\n".join([words.not_found, *nearest]), ())
    quotes = "\n\n".join(f"{_escaped(each.quote)} [{each.id}]" for each in answer.citations)
    text = f"{quotes}\n\n{words.sources}\n"
    sources = []
    for each in answer.citations:
        text += "\n"
        line = _source(each, base, words)
        sources.append(Source(len(text), len(text) + len(line), each.title, base + each.url))
        text += line + "\n"
    return ChatText(text.rstrip("\n"), tuple(sources))


def _source(citation: Citation, base: str, words: Wording) -> str:
    name = " › ".join(part for part in (citation.title, citation.section) if part)
    place = words.place(citation.lines, citation.page)
    facts = [_escaped(f"{citation.path} {place}"), citation.date or ""]
    link = f"[{_escaped(name)}]({base}{citation.url})"
    return f"[{citation.id}] {' · '.join(part for part in (link, *facts) if part)}"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _BLOCK.sub(_escape_start, _INLINE.sub(r"\\\g<0>", text))


def _escape_start(match: re.Match[str]) -> str:
    """A number at the start of a line would begin a list; its full stop is escaped instead."""
    space, sign = match.groups()
    return f"{space}{sign}\\" if sign[0].isdigit() else f"{space}\\{sign}"
