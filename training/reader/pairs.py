"""All pairs of a question and a passage to train a reader on, and each epoch's batches of them."""

import random
from collections.abc import Iterator, Sequence

import numpy as np
from tokenizers import Tokenizer

from training.held_out import is_held_out
from training.reader.batches import BEGIN, END, Batch, PairGroup, PairTokens, TrainingPair
from training.reader.neighbours import EncodedTexts, translations
from training.reader.texts import PairKind, TrainingTexts
from training.reader.tokenized_texts import TokenizedTexts

#: Of a passage's context while training, in tokens.
_MOST_CONTEXT = 32
_WINDOW = 128
#: The share of long passages that are taken whole.
_WHOLE = 0.05
_MOST = 500
#: How often a pair of a set comes in an epoch: CMRC's answers are clauses, SQuAD's a few words.
#: Our own exercises, which are of every kind, come more often than what is encyclopaedic.
_SHARES = {
    "cmrc2018": 0.5,
    "jaquad": 0.3,
    "squad2": 1.0,
    "tydi": 0.6,
    "rows": 0.6,
    "exercises": 3.0,
}
_KINDS = {PairKind.COPY: 0.25, PairKind.GONE: 0.8, PairKind.CHANGED: 0.8}
#: How many answered questions are also paired with a near passage, and with any of their set:
#: that it speaks of days answers "how many days?" only where it speaks of the same.
_NEAR, _FAR = 0.8, 0.25
#: … and with a near passage in another language, where the passage has a translation.
_ABROAD = 0.4
#: Batches whose pairs are sorted by length together.
_SORTED = 60


class TrainingPairs:
    """All pairs of some sets, and each epoch's choice of them."""

    def __init__(
        self,
        sets: Sequence[EncodedTexts],
        made: Sequence[TrainingTexts],
        tokenizer: Tokenizer,
    ) -> None:
        self.sets = [
            TokenizedTexts.of(each, tokenizer) for each in (*(s.texts for s in sets), *made)
        ]
        self.train: list[TrainingPair] = []
        self.held: list[TrainingPair] = []
        self._near: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._abroad: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for place, each in enumerate(sets):
            for number, rows in each.nearest_others().items():
                self._near[place, number] = [(place, row) for row in rows]
        for place, tokenized in enumerate(self.sets):
            self._collect(place, tokenized.texts)
        self._across(sets)

    def _collect(self, place: int, texts: TrainingTexts) -> None:
        for number, asked in enumerate(texts.questions):
            pair = self._pair(place, number, place, number, asked.kind)
            held = is_held_out(asked.article)
            (self.held if held else self.train).append(pair)
            if held and asked.kind is PairKind.GOLD and self._near.get(pair.asked):
                self.held.append(_other(pair, self._near[pair.asked][0]))

    def _pair(
        self, asker: int, number: int, where: int, answered: int, kind: PairKind
    ) -> TrainingPair:
        """A question with the passage of the question `answered` of the set `where`."""
        found = self.sets[where]
        asked = found.texts.questions[answered]
        first = last = -1
        if asked.answers:
            first = found.token(asked.passage, asked.start)
            last = found.token(asked.passage, asked.end - 1)
        return TrainingPair((asker, number), (where, asked.passage), first, last, kind)

    def _others(self, pair: TrainingPair, rng: random.Random) -> Iterator[TrainingPair]:
        """Sometimes the question with a near passage, in its language and in another, sometimes
        with any.
        """
        for near, share in ((self._near, _NEAR), (self._abroad, _ABROAD)):
            found = near.get(pair.asked)
            if found and rng.random() < share:
                yield _other(pair, found[min(int(rng.expovariate(0.5)), len(found) - 1)])
        if rng.random() < _FAR:
            yield from self._any_other(pair, rng)

    def _any_other(self, pair: TrainingPair, rng: random.Random) -> list[TrainingPair]:
        """The question with any passage of its set that does not have the words that answer it."""
        place, number = pair.asked
        texts = self.sets[place].texts
        asked = texts.questions[number]
        answer = texts.passages[asked.passage].text[asked.start : asked.end]
        other = rng.randrange(len(texts.passages))
        if answer in texts.passages[other].text:
            return []
        return [TrainingPair(pair.asked, (place, other), -1, -1, PairKind.FAR)]

    def _across(self, sets: Sequence[EncodedTexts]) -> None:
        """Questions with the passages of their translations, where a set is another's."""
        names = {each.texts.name: place for place, each in enumerate(sets)}
        if "squad2_zh" not in names or "squad2_en" not in names:
            return
        zh, en = names["squad2_zh"], names["squad2_en"]
        for one, other in translations(sets[zh], sets[en]):
            for asker, number, where, answered in ((zh, one, en, other), (en, other, zh, one)):
                made = self._pair(asker, number, where, answered, PairKind.ACROSS)
                articles = (
                    self.sets[asker].texts.questions[number].article,
                    self.sets[where].texts.questions[answered].article,
                )
                held = any(map(is_held_out, articles))
                (self.held if held else self.train).append(made)
                self._abroad[asker, number] = self._near.get((where, answered), [])

    def epoch(self, rng: random.Random, size: int) -> Iterator[Batch]:
        """Batches of about `size` pairs, of long passages mostly a part."""
        chosen: list[PairGroup] = []
        for pair in self.train:
            name = self.sets[pair.asked[0]].texts.name
            share = next((w for start, w in _SHARES.items() if name.startswith(start)), 1.0)
            share *= _KINDS.get(pair.kind, 1.0)
            asks = pair.answers and pair.kind in (PairKind.GOLD, PairKind.ACROSS)
            chosen += [
                [pair, *(self._others(pair, rng) if asks else ())]
                for _ in range(int(share + rng.random()))
            ]
        rng.shuffle(chosen)
        yield from self.batches(chosen, size, rng)

    def batches(
        self, chosen: Sequence[PairGroup], size: int, rng: random.Random | None = None
    ) -> Iterator[Batch]:
        """The pairs in batches of like length, groups whole: with `rng` as `tokens` has them, in
        any order.
        """
        at_once = size * _SORTED
        for first in range(0, len(chosen), at_once):
            part = [
                [(pair, self.tokens(pair, rng)) for pair in group]
                for group in chosen[first : first + at_once]
            ]
            part.sort(key=lambda group: max(len(tokens.ids) for _, tokens in group))
            made: list[Batch] = [[]]
            for group in part:
                if len(made[-1]) + len(group) > size:
                    made.append([])
                made[-1].extend(group)
            if rng is not None:
                rng.shuffle(made)
            yield from made

    def tokens(self, pair: TrainingPair, rng: random.Random | None) -> PairTokens:
        """The pair in tokens; with `rng`, of a long passage mostly a part that holds the answer."""
        question = self.sets[pair.asked[0]].questions[pair.asked[1]]
        found, number = self.sets[pair.passage[0]], pair.passage[1]
        passage = found.passages[number]
        start = found.texts.passages[number].begin
        body = found.token(number, start) if start else 0
        context = passage[:body][-_MOST_CONTEXT:]
        most = _MOST - len(question) - len(context) - 4
        low, high = body, len(passage)
        if rng is not None and high - low > _WINDOW and rng.random() >= _WHOLE:
            most = min(most, rng.randint(_WINDOW * 3 // 4, _WINDOW))
        if high - low > most:
            first, last = (pair.first, pair.last + 1) if pair.answers else (low, low)
            earliest = min(max(low, last - most), first) if pair.answers else low
            latest = max(min(first, high - most) if pair.answers else high - most, earliest)
            low = earliest if rng is None else rng.randint(earliest, latest)
            high = min(max(low + most, last), low + _MOST - len(question) - len(context) - 4)
        special = np.array([END, END])
        ids = [special[:1] * BEGIN, question, special, context, passage[low:high], special[:1]]
        begin = len(question) + 3 + len(context)
        shift = begin - low
        place = (pair.first + shift, pair.last + shift) if pair.answers else (-1, -1)
        return PairTokens(np.concatenate(ids).astype(np.int64), begin, *place, low)

    def words(self, pair: TrainingPair, first: int, last: int) -> str:
        """The characters of some tokens of a pair's passage."""
        found, number = self.sets[pair.passage[0]], pair.passage[1]
        starts, text = found.starts[number], found.texts.passages[number].text
        after = starts[starts > starts[last]]
        end = int(after[0]) if len(after) else len(text)
        return text[int(starts[first]) : end].strip()


def _other(pair: TrainingPair, passage: tuple[int, int]) -> TrainingPair:
    return TrainingPair(pair.asked, passage, -1, -1, PairKind.NEAR)
