"""The answers to the parts of a question, side by side in one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from rag.answering.answer import Answer, Citation, Part, Passage
from rag.answering.conversation.parts import SplitQuestion, has_words

_OMISSION = " … "


def side_by_side(
    whole: Answer, split: SplitQuestion, answers: Sequence[Answer], passages: int
) -> Answer | None:
    """The answer to the whole question with those to its parts in place of its own; None where they
    add nothing to it, or do not answer what the whole asks.
    """
    if not _answers_more(whole, split, answers):
        return None
    citations = list[Citation]()
    parts = list[Part]()
    for label, question, answer in zip(split.labels, split.questions, answers, strict=True):
        ids = list[int]()
        for each in answer.citations:
            same = next((c.id for c in citations if _place(c) == _place(each)), None)
            if same is None:
                same = len(citations) + 1
                citations.append(replace(each, id=same))
            ids.append(same)
        parts.append(Part(label, question, answer.answered, tuple(ids), answer.confidence))
    return replace(
        whole,
        answered=True,
        answer=_OMISSION.join(each.quote for each in citations),
        citations=tuple(citations),
        passages=_merged([each.passages for each in answers], passages),
        suggestions=(),
        confidence=min(each.confidence for each in answers if each.answered),
        understood_as=None,
        parts=tuple(parts),
    )


def _answers_more(whole: Answer, split: SplitQuestion, answers: Sequence[Answer]) -> bool:
    answered = [each for each in answers if each.answered]
    if len(answered) < (1 if split.compares or split.clauses else len(answers)):
        return False
    if whole.answered and len(answered) == len(answers) and not split.compares:
        quoted = {_place(each) for each in whole.citations}
        if all(_place(each.citations[0]) in quoted for each in answers):
            return False  # the whole is answered with all of it
    if split.clauses:
        return len({_place(each.citations[0]) for each in answered}) == len(answered)
    one_has_all = any(
        all(has_words(each.quote, label) for label in split.labels) for each in whole.citations
    )
    return not one_has_all and all(
        each.citations[0].language != _first_language(answers) or _is_about(each, label)
        for each, label in zip(answers, split.labels, strict=True)
        if each.answered and not split.compares
    )


def _first_language(answers: Sequence[Answer]) -> str:
    """The language of the first passage that was found."""
    return next((each.passages[0].language for each in answers if each.passages), "")


def _is_about(answer: Answer, label: str) -> bool:
    first = answer.citations[0]
    return has_words(f"{first.title} {first.section} {first.quote}", label)


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document_id, citation.start, citation.end


def _merged(found: Sequence[Sequence[Passage]], count: int) -> tuple[Passage, ...]:
    """The best passages of each part in turn, each once."""
    in_turn = (each for each in chain(*zip_longest(*found)) if each is not None)
    once = list({(each.document_id, each.start): each for each in reversed(list(in_turn))}.values())
    best = list(reversed(once))[: max(count, len(found))]
    return tuple(replace(each, rank=rank) for rank, each in enumerate(best, start=1))
