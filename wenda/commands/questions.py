"""`wenda questions`: questions without an answer, and answers that did not help."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from rag.errors import StoreError
from rag.serving.curation import exported_questions
from rag.serving.questions import QuestionGroup, QuestionReview, TriedQuestion
from wenda.collections_file import NamedSettings
from wenda.composition.serving import open_backend
from wenda.console import print_plain
from wenda.settings import Settings

_SHOWN = 50
_LONGEST = 200


def gather_each(
    named: Sequence[NamedSettings], err: Console, *, again: bool, forget_answered: bool
) -> dict[str, Any]:
    """As `gather_questions`, of several collections by name. One without an index keeps the others
    from nothing; of one folder, raises StoreError then.
    """
    found: dict[str, Any] = {}
    for entry, settings in named:
        try:
            gathered = gather_questions(settings, again=again, forget_answered=forget_answered)
        except StoreError as error:
            if entry is None:
                raise
            print_plain(err, f"{entry.title} ({entry.name}): {error}", "yellow")
            continue
        if entry is None:
            return gathered
        found[entry.name] = gathered
    return found


def gather_questions(settings: Settings, *, again: bool, forget_answered: bool) -> dict[str, Any]:
    """The groups of questions, the answers with 👎 and, with `again`, what each question gets now.

    With `forget_answered`, questions that are answered now are deleted. Raises StoreError without
    an index.
    """
    with open_backend(settings) as backend:
        backend.live.refresh()
        review = backend.review
        groups = review.groups()
        found: dict[str, Any] = {
            "kept_days": settings.questions_days,
            "unanswered": [{"question": each.question, **asdict(each)} for each in groups],
            "disliked": [asdict(each) for each in review.disliked()],
            "expired": [
                asdict(each.pair)
                for each in backend.live.service.curated_pairs()
                if each.quote is None
            ],
        }
        if again:
            tried = _try_all(review, groups)
            found["tried"] = [_as_json(each) for each in tried]
            if forget_answered:
                found["forgotten"] = review.forget_answered(groups, tried)
    return found


def export_curated(settings: Settings, target: Path) -> int:
    """Writes the questions of curated answers with their sentences as a question file; their
    number. Raises StoreError without an index, or where the file cannot be written.
    """
    with open_backend(settings) as backend:
        backend.live.refresh()
        lines = exported_questions(backend.live.service.curated_pairs())
    try:
        target.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error}). Name another file.") from error
    return lines.count("\n")


def _try_all(review: QuestionReview, groups: Sequence[QuestionGroup]) -> list[TriedQuestion]:
    """Each group's question, asked again one by one."""
    return [tried for group in groups for tried in review.try_again([group.question])]


def _as_json(tried: TriedQuestion) -> dict[str, Any]:
    answer = tried.answer.to_json() if tried.answer is not None else None
    return {"question": tried.question, "answer": answer, "refused": tried.refused}


def print_each(out: Console, named: Sequence[NamedSettings], found: dict[str, Any]) -> None:
    """As `print_questions`, of each collection below its title."""
    for entry, _ in named:
        if entry is None:
            print_questions(out, found)
        elif entry.name in found:
            print_plain(out, f"{entry.title} ({entry.name})", "bold")
            print_questions(out, found[entry.name])


def print_questions(out: Console, found: dict[str, Any]) -> None:
    """For people: a line a question, its other wordings and its answer below it."""
    if not found["kept_days"]:
        print_plain(out, "Questions are not kept here: WENDA_QUESTIONS_DAYS is 0.")
    now = {each["question"]: each["answer"] for each in found.get("tried", ())}
    for group in found["unanswered"][:_SHOWN]:
        print_plain(out, f"{group['count']}×  {group['last'][:10]}  {group['question']}", "bold")
        for wording in group["wordings"][1:]:
            print_plain(out, f"      {wording['question']}")
        answer = now.get(group["question"])
        if answer is not None:
            said = answer["answer"] if answer["answered"] else "Still no answer."
            print_plain(out, f"      → {said[:_LONGEST]}")
    if not found["unanswered"]:
        print_plain(out, "No question went without an answer lately.")
    elif len(found["unanswered"]) > _SHOWN:
        print_plain(out, f"And {len(found['unanswered']) - _SHOWN} more; --json lists all.")
    _print_disliked(out, found["disliked"])
    for pair in found["expired"]:
        print_plain(
            out, f"\nThe curated answer {pair['id']} has expired: its sentence is no longer in"
        )
        print_plain(out, f"{pair['path']}: {pair['sentence'][:_LONGEST]}")
    if "forgotten" in found:
        print_plain(out, f"Forgotten: {found['forgotten']}.")


def _print_disliked(out: Console, disliked: Sequence[dict[str, Any]]) -> None:
    if disliked:
        print_plain(out, "\nAnswers that did not help", "bold")
    for each in disliked[:_SHOWN]:
        print_plain(out, f"{each['count']}×  {each['last'][:10]}  {each['question']}", "bold")
        print_plain(out, f"      {(each['answer'] or 'There was no answer.')[:_LONGEST]}")
        for comment in each["comments"]:
            print_plain(out, f"      “{comment}”")
