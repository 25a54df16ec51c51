"""What of a passage is quoted: the sentences that answer, with what belongs to them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.anaphora import opens_with_anaphor
from rag.answering.introductions import Item, Surroundings, items_of, lines_of, total
from rag.answering.whole_lists import whole_list
from rag.index.bm25 import CJK
from rag.index.corpus import Corpus, StoredParagraph

#: Another sentence is quoted when its score is this close to the best one's,
_MARGIN = 0.4
#: as long as a reader has at most two sentences of this size before them, or any of that one.
#: A size is the number of Chinese, Japanese and Korean characters, other words counting two.
_LONGEST_PAIR = 240
_LONGEST = 120
#: Of a list, a table or code that belongs to an answer at most so many characters are quoted.
_LONGEST_BLOCK = 1500
_WIDE = re.compile(rf"[{CJK}]")
_WORD = re.compile(rf"[^\W{CJK}]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A slice of a paragraph, as offsets into `document.text`.

    `omitted` says how many more entries, rows or lines of the same list follow that are left out.
    """

    stored: StoredParagraph
    start: int
    end: int
    omitted: int = 0

    @property
    def text(self) -> str:
        begin = self.stored.paragraph.start
        return self.stored.text[self.start - begin : self.end - begin]

    def overlaps(self, other: "Quote") -> bool:
        """Whether both have a character in common."""
        same = self.stored.row == other.stored.row
        return same and self.start < other.end and other.start < self.end


class Quoter:
    """Quotes from the passages of one corpus. May be used by several threads at once."""

    def __init__(self, corpus: Corpus) -> None:
        self._around = Surroundings(corpus)

    def quotes(
        self, question: str, stored: StoredParagraph, scores: Sequence[float]
    ) -> list[Quote]:
        """What a passage answers with, the best first; parts of other paragraphs where a list,
        a table or code that belongs to it goes on there.

        `scores` are those of its sentences.
        """
        runs = best_runs(stored, scores)
        sentences = stored.paragraph.sentences
        best = max(range(len(scores)), key=scores.__getitem__)
        at = sentences[best].start
        item = next((i for i in items_of(stored) if i.start <= at < i.end), items_of(stored)[0])
        if stored.paragraph.kind == "code":
            return self._introduced_block(items_of(stored), item)
        if listed := whole_list(question, stored, item, self._around):
            return self._introduced_block(listed, item)
        quotes: list[Quote] = []
        for first, last in runs:
            run = Item(stored, sentences[first].start, sentences[last].end)
            below = self._around.introduced(stored, last)
            quotes += _cut([run], below, run)
        return _merged(quotes)

    def _introduced_block(self, items: list[Item], best: Item) -> list[Quote]:
        """A whole list or block of code, after the sentence that introduces it."""
        before = self._around.introduction(items[0].stored)
        return _merged(_cut([before] if before else [], items, best))


def best_runs(stored: StoredParagraph, scores: Sequence[float]) -> list[tuple[int, int]]:
    """The sentences that answer best, one or a few, the best first; neighbours make one run,
    given by its first and last number.

    Where the best begins with "he" or "this project", the one before it comes first.
    """
    sentences, begin = stored.paragraph.sentences, stored.paragraph.start
    texts = [stored.text[each.start - begin : each.end - begin] for each in sentences]
    best, *others = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    chosen, size = [best], size_of(texts[best])
    before = best - 1
    if best and opens_with_anaphor(texts[best]):
        if size + size_of(texts[before]) <= _LONGEST_PAIR:
            chosen.append(before)
            size += size_of(texts[before])
    for at in (each for each in others if each not in chosen):
        if scores[at] < scores[best] - _MARGIN:
            break
        size += size_of(texts[at])
        if size > (_LONGEST_PAIR if len(chosen) == 1 else _LONGEST):
            break
        chosen.append(at)
    runs = _runs(sorted(chosen))
    # The best first, whatever stands before it in the text.
    return sorted(runs, key=lambda run: not run[0] <= best <= run[1])


def best_spans(stored: StoredParagraph, scores: Sequence[float]) -> list[tuple[int, int]]:
    """The `best_runs` as offsets into `document.text`."""
    sentences = stored.paragraph.sentences
    return [(sentences[a].start, sentences[b].end) for a, b in best_runs(stored, scores)]


def size_of(text: str) -> int:
    """How long a text is to a reader: its wide characters, other words counting two."""
    return len(_WIDE.findall(text)) + 2 * len(_WORD.findall(text))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Numbers in order, parted where one is missing; the first and last of each part."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _cut(whole: Iterable[Item], items: list[Item], best: Item) -> list[Quote]:
    """What is quoted whole, then as many items as fit: from the first on, or from the best one
    where it would be left out.
    """
    if len(items) == 1 and total(items) > _LONGEST_BLOCK:
        items = lines_of(items[0])
    kept = _fitting(items)
    if any(best.overlaps(each) for each in items) and not any(map(best.overlaps, kept)):
        kept = _fitting(items[next(n for n, each in enumerate(items) if best.overlaps(each)) :])
    quotes: list[Quote] = []
    numbers = {(each.stored.row, each.start): number for number, each in enumerate(items)}
    before = -2
    for item in kept:
        number = numbers[item.stored.row, item.start]
        last = quotes[-1] if quotes else None
        if last is not None and last.stored.row == item.stored.row and number == before + 1:
            quotes[-1] = Quote(last.stored, last.start, item.end)
        else:
            quotes.append(Quote(item.stored, item.start, item.end))
        before = number
    if quotes:
        last = quotes[-1]
        quotes[-1] = Quote(last.stored, last.start, last.end, len(items) - len(kept))
    return [*(Quote(each.stored, each.start, each.end) for each in whole), *quotes]


def _fitting(items: Sequence[Item]) -> list[Item]:
    """The first items, as many as fit, and at least one."""
    kept: list[Item] = []
    room = _LONGEST_BLOCK
    for item in items:
        room -= item.end - item.start
        if kept and room < 0:
            break
        kept.append(item)
    return kept


def _merged(quotes: Sequence[Quote]) -> list[Quote]:
    """Quotes without what another has already, those of a paragraph together where nothing stands
    between them.
    """
    merged: list[Quote] = []
    for quote in quotes:
        at = next((n for n, each in enumerate(merged) if _touch(each, quote)), None)
        if at is None:
            merged.append(quote)
        else:
            old = merged[at]
            start, end = min(old.start, quote.start), max(old.end, quote.end)
            omitted = quote.omitted if quote.end >= old.end else old.omitted
            merged[at] = Quote(old.stored, start, end, omitted)
    return merged


def _touch(one: Quote, other: Quote) -> bool:
    """Whether quotes are of one paragraph with nothing between them."""
    if one.stored.row != other.stored.row:
        return False
    first, last = sorted((one, other), key=lambda each: each.start)
    begin = one.stored.paragraph.start
    return not one.stored.text[first.end - begin : max(first.end, last.start) - begin].strip()
