"""One answer from those of several collections. Scores are absolute, so they can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.answering.answer import OMISSION, Answer, Part, ShortAnswer
from rag.answering.citation import Citation
from rag.answering.listing import CorpusListing, ListedFolder

#: Nearest topics of an abstention, and listed documents.
_SUGGESTIONS, _LISTED = 3, 20


def named_answer(answer: Answer, name: str) -> Answer:
    """The answer with the collection's name in what it quotes, finds and lists."""
    listing = answer.listing and replace(
        answer.listing,
        listed=tuple(
            replace(
                each,
                collection=name,
                url=address(each.url, name),
                gist=each.gist
                and replace(each.gist, collection=name, url=address(each.gist.url, name)),
            )
            for each in answer.listing.listed
        ),
    )
    return replace(
        answer,
        collection=name,
        listing=listing,
        citations=tuple(
            replace(each, collection=name, url=address(each.url, name)) for each in answer.citations
        ),
        passages=tuple(
            replace(each, collection=name, url=address(each.url, name)) for each in answer.passages
        ),
    )


def address(url: str, name: str) -> str:
    """An address with the collection's name, before the part of a document that is meant."""
    if not name:
        return url
    path, mark, part = url.partition("#")
    return f"{path}?collection={name}{mark}{part}"


def joint_answer(answers: Sequence[Answer], titles: Mapping[str, str], passages: int) -> Answer:
    """The best of the answers of several collections to one question, with the best passages of
    all. `titles` are those of the collections by name.
    """
    if len(answers) == 1:
        return answers[0]
    base = _best(answers)
    found = sorted((p for each in answers for p in each.passages), key=lambda p: -p.score)
    narrowed = base.narrowed and replace(
        base.narrowed,
        documents=sum(each.narrowed.documents for each in answers if each.narrowed is not None),
    )
    joint = replace(
        base,
        passages=tuple(replace(each, rank=n) for n, each in enumerate(found[:passages], start=1)),
        narrowed=narrowed,
        took_ms=round(sum(each.took_ms for each in answers), 1),
    )
    if joint.answered:
        return _with_best_parts(joint, answers)
    if joint.kind is not None:
        return replace(joint, listing=_joint_listing(answers, titles))
    nearest = sorted(answers, key=_nearness, reverse=True)
    topics = dict.fromkeys(topic for each in nearest for topic in each.suggestions)
    meant = next((each.did_you_mean for each in nearest if each.did_you_mean), None)
    return replace(joint, suggestions=tuple(topics)[:_SUGGESTIONS], did_you_mean=meant)


def _best(answers: Sequence[Answer]) -> Answer:
    """The surest of what answers; else the nearest abstention. Small talk only where all take it
    for that: a word that one of them knows makes it a question.
    """
    answered = [each for each in answers if each.answered]
    if answered:
        return max(
            answered,
            key=lambda each: (
                each.curated is not None,
                each.kind is None,
                sum(part.answered for part in each.parts),
                each.confidence,
                _nearness(each),
            ),
        )
    asked = [each for each in answers if each.kind is None]
    return max(asked, key=_nearness) if asked else answers[0]


def _nearness(answer: Answer) -> float:
    return max((each.score for each in answer.passages), default=0.0)


def _with_best_parts(joint: Answer, answers: Sequence[Answer]) -> Answer:
    """A question of several parts, each answered by the collection that is surest of it."""
    labels = [part.label for part in joint.parts]
    if not labels:
        return joint
    same = [each for each in answers if [part.label for part in each.parts] == labels]
    citations, short, parts = list[Citation](), list[ShortAnswer](), list[Part]()
    for at, label in enumerate(labels):
        best = max(same, key=lambda each: (each.parts[at].answered, each.parts[at].confidence))
        numbers = dict[int, int]()
        for cited in best.cited_by(best.parts[at]):
            numbers[cited.id] = len(citations) + 1
            citations.append(replace(cited, id=numbers[cited.id]))
        short += [
            replace(each, citation=numbers[each.citation])
            for each in best.short_answers
            if each.citation in numbers
        ]
        parts.append(replace(best.parts[at], label=label, citations=tuple(numbers.values())))
    return replace(
        joint,
        answer=OMISSION.join(each.quote for each in citations),
        citations=tuple(citations),
        parts=tuple(parts),
        short_answers=tuple(short),
        confidence=min(part.confidence for part in parts if part.answered),
    )


def _joint_listing(answers: Sequence[Answer], titles: Mapping[str, str]) -> CorpusListing | None:
    """What there is to ask about: each collection as a folder, and documents of all."""
    listings = [
        (titles.get(each.collection or "", ""), each.listing)
        for each in answers
        if each.listing is not None
    ]
    if not listings:
        return None
    firsts = [each.first for _, each in listings if each.first is not None]
    lasts = [each.last for _, each in listings if each.last is not None]
    documents = [document for _, each in listings for document in each.listed]
    return CorpusListing(
        documents=sum(each.documents for _, each in listings),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        folders=tuple(
            ListedFolder(title, each.documents, each.first, each.last) for title, each in listings
        ),
        listed=tuple(documents[:_LISTED]),
    )
