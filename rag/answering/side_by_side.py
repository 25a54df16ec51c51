"""The answers to the parts of a question, side by side in one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from rag.answering.answer import OMISSION, Answer, Part, ShortAnswer
from rag.answering.citation import Citation, Passage
from rag.answering.conversation.parts import SplitQuestion
from rag.documents.text.scripts import detect_script
from rag.index.candidates import CandidateIndex
from rag.index.lexical.terms import terms

_ARTICLE = re.compile(
    r"\A(?:(?:the|an?|der|die|das|dem|den|des|el|la|los|las|les?|il|lo|gli|os?|as?)\s+|l['’])", re.I
)
#: A text is about a thing when it has at least this share of its terms.
_MOST_TERMS = 0.5
#: A word is the same in another form when it is long enough and differs in its last letters.
_LONG = 5
_ENDING = 2


@dataclass(frozen=True, slots=True)
class Side:
    """The answer to a part of a question, and whether it was found in the question's language."""

    answer: Answer
    own_language: bool


class Sides:
    """Puts the parts of questions about one index side by side. Threads may share it."""

    def __init__(self, index: CandidateIndex) -> None:
        self._index = index

    def may_help(self, whole: Answer, split: SplitQuestion) -> bool:
        """Whether parts are worth a search each. What is joined by the way is not where the answer
        has all of it, or none though there is one.
        """
        if split.compares or split.clauses:
            return True
        text = " ".join(_text_around(whole, each) for each in whole.citations)
        about = [self._has(text, label) for label in split.labels]
        return not whole.answered or (any(about) and not all(about))

    def side_by_side(
        self, whole: Answer, split: SplitQuestion, found: Sequence[Side], passages: int
    ) -> Answer | None:
        """The answer to the whole question with those to its parts in place of its own; None where
        they add nothing to it, or do not answer what the whole asks.
        """
        answers = [side.answer if side.answer.answered else None for side in found]
        if not split.clauses:
            answers = self._about_theirs(found, split.labels)
        if not self._answers_more(whole, split, answers):
            return None
        ranked = [each.answer.passages for each in found]
        return _merged_answer(whole, split, answers, _merged(ranked, passages))

    def _answers_more(
        self, whole: Answer, split: SplitQuestion, answers: Sequence[Answer | None]
    ) -> bool:
        answered = [each for each in answers if each is not None]
        if not answered:
            return False
        places = {_place(each.citations[0]) for each in answered}
        quoted = {_place(each) for each in whole.citations}
        if len(answered) == len(answers):
            return not places <= quoted or (len(places) > 1 and (split.compares or split.clauses))
        if split.compares:
            return not any(self._has_all(each, split) for each in whole.citations)
        if split.clauses:
            return not whole.answered or quoted <= {
                _place(citation) for each in answered for citation in each.citations
            }
        missing = [label for label, each in zip(split.labels, answers, strict=True) if each is None]
        return not any(map(self._is_known, missing))

    def _has_all(self, citation: Citation, split: SplitQuestion) -> bool:
        return all(self._has(citation.quote, label) for label in split.labels)

    def _about_theirs(self, found: Sequence[Side], labels: Sequence[str]) -> list[Answer | None]:
        """The answers that are about what they should be, as far as words tell; where they are in
        another language, two things cannot have the same quotation.
        """
        answers = list[Answer | None]()
        for side, label in zip(found, labels, strict=True):
            named = [
                each
                for each in side.answer.citations
                if self._has(_text_around(side.answer, each), label)
            ]
            first = next(iter(side.answer.citations), None)
            if first is None or named:
                answers.append(_with_citations(side.answer, named) if named else None)
                continue
            others = [each.answer for each in found if each.answer is not side.answer]
            surest = all(
                side.answer.confidence > each.confidence
                for each in others
                if each.citations and _place(each.citations[0]) == _place(first)
            )
            translated = not side.own_language and not _should_have_name(first, label)
            answers.append(side.answer if translated and surest else None)
        return answers

    def _has(self, text: str, label: str) -> bool:
        name = _name(label)
        return any(_has_words(text, each) for each in {name, self._index.restore_names(name)})

    def _is_known(self, label: str) -> bool:
        name = _name(label)
        wanted = {*terms(name), *terms(self._index.restore_names(name))}
        return any(self._index.frequencies(sorted(wanted)))


def _name(label: str) -> str:
    return _ARTICLE.sub("", label, count=1)


def _has_words(text: str, name: str) -> bool:
    """Whether a text has most terms of a name, in any form."""
    wanted, held = set(terms(name)), set(terms(text))
    had = sum(term in held or any(_same_word(term, each) for each in held) for term in wanted)
    return bool(wanted) and had >= _MOST_TERMS * len(wanted)


def _same_word(one: str, other: str) -> bool:
    stem = min(len(one), len(other)) - _ENDING
    return (
        min(len(one), len(other)) >= _LONG
        and abs(len(one) - len(other)) <= _ENDING
        and one[:stem] == other[:stem]
        and one.isalpha()
    )


def _text_around(answer: Answer, citation: Citation) -> str:
    """A quote with its paragraph and headings."""
    around = next(
        (
            each.text
            for each in answer.passages
            if (each.document_id, each.paragraph) == (citation.document_id, citation.paragraph)
        ),
        "",
    )
    return f"{citation.title} {citation.section} {citation.path} {citation.quote} {around}"


def _with_citations(answer: Answer, citations: Sequence[Citation]) -> Answer:
    """An answer with some of its citations."""
    ids = {each.id for each in citations}
    short = tuple(each for each in answer.short_answers if each.citation in ids)
    return replace(answer, citations=tuple(citations), short_answers=short)


def _should_have_name(citation: Citation, label: str) -> bool:
    """Whether a text would have a name if it were about it: in its own script, or in Chinese, where
    a name in Latin letters is known by its pinyin.
    """
    if detect_script(label) == citation.script:
        return True
    return _name(label)[:1].isupper() and citation.script in ("Hans", "Hant", "Hani")


def _merged_answer(
    whole: Answer,
    split: SplitQuestion,
    answers: Sequence[Answer | None],
    passages: tuple[Passage, ...],
) -> Answer:
    citations = list[Citation]()
    short = list[ShortAnswer]()
    parts = list[Part]()
    for label, question, answer in zip(split.labels, split.questions, answers, strict=True):
        numbers = dict[int, int]()
        for each in answer.citations if answer is not None else ():
            same = next((c.id for c in citations if _place(c) == _place(each)), None)
            if same is None:
                same = len(citations) + 1
                citations.append(replace(each, id=same))
            numbers[each.id] = same
        if answer is not None:
            short += [
                replace(each, citation=numbers[each.citation]) for each in answer.short_answers
            ]
        sure = answer.confidence if answer is not None else 0.0
        ids = tuple(numbers.values())
        parts.append(Part(label, question, answer is not None, ids, sure))
    return replace(
        whole,
        answered=True,
        answer=OMISSION.join(each.quote for each in citations),
        citations=tuple(citations),
        passages=passages,
        suggestions=(),
        confidence=min(each.confidence for each in answers if each is not None),
        understood_as=None,
        parts=tuple(parts),
        short_answer=None,
        short_answers=tuple(dict.fromkeys(short)),
    )


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document_id, citation.start, citation.end


def _merged(found: Sequence[Sequence[Passage]], count: int) -> tuple[Passage, ...]:
    """The best passages of each part in turn, each once."""
    in_turn = (each for each in chain(*zip_longest(*found)) if each is not None)
    once = {(each.document_id, each.start): each for each in reversed(list(in_turn))}
    best = list(reversed(once.values()))[: max(count, len(found))]
    return tuple(replace(each, rank=rank) for rank, each in enumerate(best, start=1))
