"""Which part of a passage is quoted: the sentences that answer, with what belongs to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.anaphora import opens_with_anaphor
from rag.answering.quoting.asking import asks_for_difference, asks_for_several, asks_how
from rag.answering.quoting.introductions import Item, Surroundings, items_of, lines_of
from rag.answering.quoting.sections import whole_section
from rag.answering.quoting.whole_lists import whole_list
from rag.documents import ParagraphKind
from rag.index.corpus import Corpus, StoredParagraph
from rag.index.lexical.terms import CJK

#: Another sentence is quoted when its score is this close to the best one's,
_MARGIN = 0.5
#: which a row of a table must be closer to: it is a fact by itself,
_MARGIN_OF_ROWS = 0.1
#: as long as a reader has at most two sentences of this size before them, or any of that one.
#: A size is the number of Chinese, Japanese and Korean characters, other words counting two.
_LONGEST_PAIR = 240
_LONGEST = 120
#: At most this many characters are quoted of a list, a table or code that belongs to an answer.
_LONGEST_BLOCK = 1300
#: A paragraph of at most this many characters is quoted whole where instructions or differences
#: are asked for: no sentence of it says them alone.
_LONGEST_PARAGRAPH = 500
_WIDE = re.compile(rf"[{CJK}]")
_WORD = re.compile(rf"[^\W{CJK}]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A slice of a document: `text` is `document.text[start:end]`.

    It begins in the paragraph `first` and ends in `last`, the same or one that follows. `omitted`
    says how many more entries, rows or lines of the same list are left out.
    """

    first: StoredParagraph
    last: StoredParagraph
    start: int
    end: int
    text: str
    omitted: int = 0

    @property
    def kind(self) -> ParagraphKind:
        """That of its last paragraph: a list with the sentence that introduces it is a list."""
        return self.last.paragraph.kind

    @property
    def lines(self) -> tuple[int, int]:
        """The first and last line of its paragraphs in the file."""
        return self.first.paragraph.lines[0], self.last.paragraph.lines[1]

    def overlaps(self, document: str, start: int, end: int) -> bool:
        """Whether it has a character of a slice of a document, which is given by its id."""
        return self.first.document.id == document and self.start < end and start < self.end


class Quoter:
    """Quotes from the passages of one corpus. May be used by several threads at once."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._around = Surroundings(corpus)

    def quotes(
        self, question: str, stored: StoredParagraph, scores: Sequence[float]
    ) -> list[Quote]:
        """What a passage answers with, the best first; parts of other paragraphs where a list,
        a table or code that belongs to it goes on there.

        `scores` are those of its sentences.
        """
        sentences = stored.paragraph.sentences
        at = sentences[_order(scores)[0]].start
        items = items_of(stored)
        best = next((each for each in items if each.start <= at < each.end), items[0])
        section = whole_section(stored, self._around, how=asks_how(question))
        if section:
            return self._joined(section, 0)
        whole = whole_list(question, stored, best, self._around)
        if stored.paragraph.kind == "code" or whole:
            return self._block(whole or items, best)
        quotes: list[Quote] = []
        asked = asks_for_several(question) or asks_how(question)
        for first, last in _runs_asked_for(question, stored, scores):
            run = Item(stored, sentences[first].start, sentences[last].end)
            below, omitted = _fitting(self._around.introduced(stored, last, asked=asked), run)
            fresh = [each for each in (run, *below) if not any(_has(q, each) for q in quotes)]
            quotes += self._joined(fresh, omitted)
        return quotes

    def _block(self, items: list[Item], best: Item) -> list[Quote]:
        """A list, a table or code, after the sentence that introduces it."""
        introduction = self._around.introduction(items[0].stored)
        kept, omitted = _fitting(items, best)
        return self._joined([introduction, *kept] if introduction else kept, omitted)

    def _joined(self, items: Sequence[Item], omitted: int) -> list[Quote]:
        """Items as quotes, those together between which nothing stands; code is a quote by itself.
        The last one has the number of items that are left out.
        """
        quotes: list[Quote] = []
        for item in items:
            stored = item.stored
            between = self._between(quotes[-1], item) if quotes else None
            if between is None or between.strip():
                quotes.append(Quote(stored, stored, item.start, item.end, item.text))
            else:
                last = quotes[-1]
                text = f"{last.text}{between}{item.text}"
                quotes[-1] = Quote(last.first, stored, last.start, item.end, text)
        if quotes and omitted:
            quotes[-1] = replace(quotes[-1], omitted=omitted)
        return quotes

    def _between(self, quote: Quote, item: Item) -> str | None:
        """The text between a quote and an item; None where they cannot be one quote."""
        last, stored = quote.last, item.stored
        if last.row == stored.row:
            return stored.text_between(quote.end, item.start)
        parted = "code" in (last.paragraph.kind, stored.paragraph.kind)
        if parted or last.document.id != stored.document.id or item.start < quote.end:
            return None
        return self._corpus.excerpt(stored.document.id, quote.end, item.start)


def _has(quote: Quote, item: Item) -> bool:
    return quote.overlaps(item.stored.document.id, item.start, item.end)


def _runs_asked_for(
    question: str, stored: StoredParagraph, scores: Sequence[float]
) -> list[tuple[int, int]]:
    """The `best_runs`, or all of a paragraph that says how, or how things differ."""
    wide = asks_how(question) or asks_for_difference(question)
    if wide and stored.paragraph.kind == "text" and len(stored.text) <= _LONGEST_PARAGRAPH:
        return [(0, len(stored.paragraph.sentences) - 1)]
    return best_runs(stored, scores)


def best_runs(stored: StoredParagraph, scores: Sequence[float]) -> list[tuple[int, int]]:
    """The sentences that answer best, one or a few, the best first; neighbours make one run,
    given by its first and last number.

    Where the best begins with "he" or "this project", the one before it comes first.
    """
    texts = stored.sentence_texts()
    best, *others = _order(scores)
    chosen, size = [best], size_of(texts[best])
    before = best - 1
    pair = size + size_of(texts[before])
    if best and pair <= _LONGEST_PAIR and opens_with_anaphor(texts[best]):
        chosen.append(before)
        size = pair
    margin = _MARGIN_OF_ROWS if stored.paragraph.kind == "table" else _MARGIN
    for at in (each for each in others if each not in chosen):
        if scores[at] < scores[best] - margin:
            break
        size += size_of(texts[at])
        if size > (_LONGEST_PAIR if len(chosen) == 1 else _LONGEST):
            break
        chosen.append(at)
    runs = _runs(sorted(chosen))
    # The best first, whatever stands before it in the text.
    return sorted(runs, key=lambda run: not run[0] <= best <= run[1])


def _order(scores: Sequence[float]) -> list[int]:
    """The numbers of sentences, best first; of equal ones, up to noise, the first in the text."""
    return sorted(range(len(scores)), key=lambda at: -round(scores[at], 4))


def best_spans(stored: StoredParagraph, scores: Sequence[float]) -> list[tuple[int, int]]:
    """The `best_runs` as offsets into `document.text`."""
    sentences = stored.paragraph.sentences
    return [(sentences[a].start, sentences[b].end) for a, b in best_runs(stored, scores)]


def size_of(text: str) -> int:
    """How long a text is to a reader: its wide characters, other words counting two."""
    return len(_WIDE.findall(text)) + 2 * len(_WORD.findall(text))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """The runs of consecutive numbers, as the first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _fitting(items: Sequence[Item], best: Item) -> tuple[list[Item], int]:
    """As many items as fit, from the first on, or from the best one where it would be left out;
    and how many are left out.
    """
    if len(items) == 1 and items[0].end - items[0].start > _LONGEST_BLOCK:
        items = lines_of(items[0])
    kept = _first(items)
    holding = next((n for n, each in enumerate(items) if best.overlaps(each)), 0)
    if holding >= len(kept):
        kept = _first(items[holding:])
    return kept, len(items) - len(kept)


def _first(items: Sequence[Item]) -> list[Item]:
    """The first items, as many as fit, and at least one."""
    kept, room = list[Item](), _LONGEST_BLOCK
    for item in items:
        room -= item.end - item.start
        if kept and room < 0:
            break
        kept.append(item)
    return kept
