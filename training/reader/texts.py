"""The texts that a reader is trained on: passages of public sets and the questions to them.

Beside the passages as they were written there are some without one of their sentences: a question
whose answer stood there has none in them.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from rag.documents import detect_language, split_sentences

#: Longer passages are cut to sentences around an answer, as an index would split them.
_MOST_TOKENS = 380
#: One passage in this many stands after its title, as in a document that has one.
_TITLED = 2
_LANGUAGES = {
    "cmrc2018": "zh",
    "squad2_zh": "zh",
    "squad2_en": "en",
    "jaquad": "ja",
    "tydi_english": "en",
    "tydi_korean": "ko",
    "tydi_arabic": "ar",
    "tydi_russian": "ru",
    "drcd": "zh",
}


class PairKind(Enum):
    """What a question is to a passage."""

    GOLD = "answers"
    COPY = "answers, another sentence gone"
    PEOPLES = "people's"
    GONE = "sentence gone"
    NEAR = "near passage"
    FAR = "any passage"
    CHANGED = "another name or number"
    ACROSS = "translation"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A text as it is embedded: `begin` is where it begins after its context.

    `original` is the number of the passage that it is a shorter copy of, -1 where it is none.
    """

    text: str
    begin: int
    language: str
    source: str
    article: str
    original: int = -1


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question to a passage, with its answer's characters there; -1 and -1 where it has none."""

    text: str
    passage: int
    start: int
    end: int
    article: str
    kind: PairKind

    @property
    def answers(self) -> bool:
        return self.end >= 0


@dataclass(slots=True)
class TrainingTexts:
    """Passages and the questions to them, of one file."""

    name: str
    passages: list[TrainingPassage] = field(default_factory=list)
    questions: list[TrainingQuestion] = field(default_factory=list)


def collect(path: Path, limits: Mapping[str, int], seed: int) -> TrainingTexts:
    """The texts of a file in SQuAD's format; where it has a limit, that many random passages."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    source = path.stem
    texts = TrainingTexts(source)
    language = next((v for k, v in _LANGUAGES.items() if source.startswith(k)), "")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found = [(each["title"], p) for each in content["data"] for p in each["paragraphs"]]
    limit = next((v for k, v in limits.items() if source.startswith(k)), len(found))
    chosen = sorted(rng.sample(range(len(found)), min(limit, len(found))))
    for title, paragraph in (found[at] for at in chosen):
        _take(texts, paragraph, title, language, rng)
    _shorten(texts, rng)
    return texts


def _take(
    texts: TrainingTexts,
    paragraph: dict[str, Any],
    title: str,
    language: str,
    rng: random.Random,
) -> None:
    source = texts.name
    first, last = _window(paragraph)
    text = paragraph["context"][first:last]
    titled = source != "cmrc2018_train" and rng.randrange(_TITLED) == 0
    context = f"{title.replace('_', ' ')}\n" if titled else ""
    begin, number = len(context), len(texts.passages)
    language = language or detect_language(text)[0]
    texts.passages.append(
        TrainingPassage(context + text, begin, language, source, f"{source}/{title}")
    )
    for asked in paragraph["qas"]:
        start = end = -1
        if not asked.get("is_impossible", False) and asked["answers"]:
            answer = asked["answers"][0]
            start = answer["answer_start"] - first
            end = start + len(answer["text"])
            if start < 0 or end > len(text):
                continue
            start, end = start + begin, end + begin
        kind = PairKind.GOLD if end >= 0 else PairKind.PEOPLES
        texts.questions.append(
            TrainingQuestion(asked["question"], number, start, end, f"{source}/{title}", kind)
        )


def _window(paragraph: dict[str, Any]) -> tuple[int, int]:
    """The sentences around the first answer, as many as fit."""
    text = paragraph["context"]
    sentences = split_sentences(text)
    sizes = [_estimate(text[each.start : each.end]) for each in sentences]
    if sum(sizes) <= _MOST_TOKENS:
        return 0, len(text)
    answers = [a for q in paragraph["qas"] for a in q["answers"]]
    at = answers[0]["answer_start"] if answers else 0
    first = last = max(n for n, s in enumerate(sentences) if s.start <= at or n == 0)
    size = sizes[first]
    turn = at
    while True:
        turn += 1
        before = first > 0 and size + sizes[first - 1] <= _MOST_TOKENS
        after = last + 1 < len(sizes) and size + sizes[last + 1] <= _MOST_TOKENS
        if not before and not after:
            return sentences[first].start, sentences[last].end
        if before and (not after or turn % 2):
            first -= 1
            size += sizes[first]
        else:
            last += 1
            size += sizes[last]


def _estimate(text: str) -> int:
    narrow = sum(c < "\u2e80" for c in text)
    return int(narrow / 3.5 + (len(text) - narrow) * 0.75) + 1


def _shorten(texts: TrainingTexts, rng: random.Random) -> None:
    """Copies of passages without a sentence in which an answer stands."""
    by_passage: dict[int, list[TrainingQuestion]] = {}
    for asked in texts.questions:
        if asked.end >= 0:
            by_passage.setdefault(asked.passage, []).append(asked)
    shares = {"cmrc2018": 0.4, "squad2": 1.0, "jaquad": 0.4, "tydi": 0.3}
    for number in sorted(by_passage):
        passage, questions = texts.passages[number], by_passage[number]
        share = next((v for k, v in shares.items() if passage.source.startswith(k)), 0.0)
        if rng.random() >= share:
            continue
        answer = rng.choice(questions)
        body = passage.text[passage.begin :]
        cut = [
            (s.start + passage.begin, s.end + passage.begin)
            for s in split_sentences(body)
            if s.start + passage.begin < answer.end and answer.start < s.end + passage.begin
        ]
        if not cut:
            continue
        first, last = cut[0][0], cut[-1][1]
        left = passage.text[:first] + passage.text[last:].lstrip()
        if len(left) - passage.begin < 40:
            continue
        gone = len(passage.text) - len(left)
        copy = len(texts.passages)
        texts.passages.append(
            TrainingPassage(
                left, passage.begin, passage.language, passage.source, passage.article, number
            )
        )
        for asked in questions:
            inside = asked.start < last and first < asked.end
            gold = passage.text[asked.start : asked.end]
            if inside and gold in left[passage.begin :]:
                continue
            shift = gone if asked.start >= last else 0
            place = (-1, -1) if inside else (asked.start - shift, asked.end - shift)
            if not inside and left[place[0] : place[1]] != gold:
                continue
            kind = PairKind.GONE if inside else PairKind.COPY
            texts.questions.append(TrainingQuestion(asked.text, copy, *place, asked.article, kind))
