"""A sentence that introduces brings what it introduces: a list, steps, code, rows of a table.

"Keep these rules in mind:" is no answer without the rules, nor "run the following command" without
the command. What follows is quoted item by item, so that a long list can be cut between items.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from rag.documents.text.characters import ends_sentence
from rag.index.corpus import Corpus, StoredParagraph

_COLON = re.compile(r"[:：]\W*$")
_ANNOUNCES = re.compile(
    r"如下|以下|下列|\bas follows\b|\b(?:the|these) following\b|\bfollowing (?:\w+ )?\w+\W*$"
    r"|\bbelow\b\W*$|\bfolgende[nrs]?\b|\bwie folgt\b|\bsuivante?s?\b|\bsiguientes?\b"
    r"|\bследующ\w+|以下の|次の",
    re.IGNORECASE,
)
#: What an entry of a list begins with where the format does not tell lists from text.
_MARKED = re.compile(
    r"\s*(?:[-*+•·‣◦▪●○–]\s|[(（]?\d{1,3}[.)）、．]|[(（]?[一二三四五六七八九十]{1,3}[)）、是]"
    r"|第[一二三四五六七八九十]{1,3}|首先|其次|再次|最后|最後|[①-⑳]|[(]?[a-zA-Z][.)]\s)"
)
_LINE = re.compile(r"[^\n]+")
#: The most characters between a sentence and the end of its paragraph.
_NEAR_END = 150
#: Characters of a label over code.
_LABEL = 60
#: How many paragraphs are read at once, and at most.
_PART, _MOST = 32, 512


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a paragraph that is quoted whole or not at all; offsets into `document.text`."""

    stored: StoredParagraph
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.stored.text_between(self.start, self.end)

    def overlaps(self, other: "Item") -> bool:
        """Whether both have a character in common."""
        same = self.stored.row == other.stored.row
        return same and self.start < other.end and other.start < self.end


def introduces(sentence: str) -> bool:
    """Whether a sentence announces what comes after it."""
    return _COLON.search(sentence) is not None or _ANNOUNCES.search(sentence) is not None


def items_of(stored: StoredParagraph) -> list[Item]:
    """The entries of a list, each with those below it; the rows of a table; else all as one."""
    paragraph = stored.paragraph
    if paragraph.kind not in ("list", "table"):
        return [Item(stored, paragraph.sentences[0].start, paragraph.sentences[-1].end)]
    items: list[Item] = []
    for line in _LINE.finditer(stored.text):
        bare = line.group().strip()
        if not bare:
            continue
        start = paragraph.start + line.end() - len(line.group().lstrip())
        end = start + len(bare)
        if items and line.group()[0].isspace():
            items[-1] = Item(stored, items[-1].start, end)
        else:
            items.append(Item(stored, start, end))
    return items


def lines_of(item: Item) -> list[Item]:
    """The lines of an item that is too long to be quoted whole."""
    return [
        Item(item.stored, item.start + line.start(), item.start + line.end())
        for line in _LINE.finditer(item.text)
    ]


class Surroundings:
    """The paragraphs around another. May be used by several threads at once."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def paragraphs_before(self, stored: StoredParagraph) -> Iterator[StoredParagraph]:
        """Those before it in its section, the nearest first."""
        first = stored.row - min(stored.paragraph.ordinal, _MOST)
        return self._in_section(stored, range(stored.row - 1, first - 1, -1))

    def paragraphs_after(self, stored: StoredParagraph) -> Iterator[StoredParagraph]:
        """Those after it in its section."""
        left = stored.document.paragraphs - stored.paragraph.ordinal - 1
        return self._in_section(stored, range(stored.row + 1, stored.row + 1 + min(left, _MOST)))

    def introduced(self, stored: StoredParagraph, number: int, *, asked: bool) -> list[Item]:
        """What a sentence of the paragraph introduces; nothing where it does not.

        Where a list or instructions are `asked` for, a sentence at the end of its paragraph
        introduces the block after that, whatever its words are.
        """
        sentence = stored.paragraph.sentences[number]
        text = stored.text_between(sentence.start, sentence.end)
        last = number + 1 == len(stored.paragraph.sentences)
        if introduces(text) and not last:
            return _rest(stored, number)
        near_end = stored.paragraph.end - sentence.end <= _NEAR_END
        if not (introduces(text) or (asked and near_end)):
            return []
        return [item for each in self._block(stored, text) for item in items_of(each)]

    def introduction(self, stored: StoredParagraph) -> Item | None:
        """The sentence before a list, a table or code that introduces it."""
        before = next(self.paragraphs_before(stored), None)
        if before is None or before.paragraph.kind == "code":
            return None
        last = before.paragraph.sentences[-1]
        item = Item(before, last.start, last.end)
        return item if _COLON.search(item.text) else None

    def _block(self, stored: StoredParagraph, sentence: str) -> Iterator[StoredParagraph]:
        """The paragraphs after one that its last sentence introduces."""
        after = self.paragraphs_after(stored)
        first = next(after, None)
        if first is None:
            return
        if _is_label(first):
            labelled = list(_labelled(chain([first], after)))
            if labelled:
                yield from labelled
                return
            after = chain([first], self.paragraphs_after(first))
            first = next(after)
        if first.paragraph.kind == "text":
            marked = takewhile(_is_marked, chain([first], after)) if _COLON.search(sentence) else ()
            yield from marked
            return
        # An entry of a list introduces what is in it, not the next entry.
        stops = {"text", stored.paragraph.kind}
        yield from takewhile(lambda each: each.paragraph.kind not in stops, chain([first], after))

    def _in_section(self, stored: StoredParagraph, rows: range) -> Iterator[StoredParagraph]:
        for at in range(0, len(rows), _PART):
            for each in self._corpus.paragraphs(rows[at : at + _PART]):
                if each.paragraph.section != stored.paragraph.section:
                    return
                yield each


def _rest(stored: StoredParagraph, number: int) -> list[Item]:
    """What a sentence introduces in its own paragraph: the lines below it, or the sentences that
    are numbered.
    """
    paragraph = stored.paragraph
    sentences = [Item(stored, each.start, each.end) for each in paragraph.sentences]
    after = sentences[number + 1 :]
    between = stored.text[
        sentences[number].end - paragraph.start : after[0].start - paragraph.start
    ]
    if "\n" not in between:
        return list(takewhile(lambda each: _MARKED.match(each.text) is not None, after))
    if paragraph.kind == "text":
        return after
    return list(takewhile(lambda each: _is_below(stored, each), after))


def _labelled(paragraphs: Iterator[StoredParagraph]) -> Iterator[StoredParagraph]:
    """The code at the beginning of some paragraphs, each block with the label over it."""
    for label, code in zip(paragraphs, paragraphs, strict=False):
        if not _is_label(label) or code.paragraph.kind != "code":
            return
        yield from (label, code)


def _is_label(stored: StoredParagraph) -> bool:
    """Whether a paragraph can name the code below it: a system, a tab, a file."""
    text = stored.text
    short = stored.paragraph.kind == "text" and len(text) <= _LABEL and "\n" not in text
    return short and (text.endswith((":", "：")) or not ends_sentence(text))


def _is_marked(stored: StoredParagraph) -> bool:
    """Whether a paragraph of text begins as an entry of a list does."""
    return stored.paragraph.kind == "text" and _MARKED.match(stored.text) is not None


def _is_below(stored: StoredParagraph, item: Item) -> bool:
    """Whether a line is below another entry: it is indented."""
    at = item.start - stored.paragraph.start
    return stored.text[:at].rpartition("\n")[2].isspace()
