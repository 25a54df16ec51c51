"""Commands for administrators."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from telegram import Update

from bot.handlers.resources import HandlerContext, HandlerResources
from bot.intake.asker import Asker, asker_of
from bot.presentation.markup import StyledText, clipped, split
from bot.presentation.parts import Button, ReplyPart, text_part
from rag.errors import StoreError
from rag.serving.backend import Backend
from rag.serving.questions import (
    DislikedAnswer,
    QuestionGroup,
    QuestionReview,
    TriedQuestion,
)
from rag.serving.rebuilds import Job, JobState, Rebuilds
from words import Words, reason_in

#: Telegram allows about one edit a second in a chat, and fewer in a group.
_EDIT_SECONDS = 3.0
_SHOWN = 20
_DAY = 86_400.0


class Administration:
    """/reindex, /stats and /unanswered."""

    def __init__(self, resources: HandlerResources) -> None:
        self._resources = resources
        self._pool = resources.pool
        self._state = resources.state
        self._allowed_users = resources.allowed_users

    async def reindex(self, update: Update, _context: HandlerContext) -> None:
        """Rebuilds the index; the reply shows the progress until it has ended."""
        asker = await self._admin(update)
        backend = await self._only(asker) if asker is not None else None
        if asker is None or backend is None:
            return
        job = backend.rebuilds.start_rebuild()
        words, shown = asker.words, ""
        while job.state is JobState.RUNNING:
            if (text := _progress(job, words)) != shown:
                await self._resources.reply_parts(asker, [text_part(text)])
                shown = text
            job = await self._later(backend.rebuilds, job)
        parts = split(_outcome(job, words))
        await self._resources.reply_parts(asker, [ReplyPart(tuple(parts[0]))])

    async def _later(self, rebuilds: Rebuilds, job: Job) -> Job:
        """The job after a pause, or as soon as it has ended."""
        until = time.monotonic() + _EDIT_SECONDS
        while job.state is JobState.RUNNING and time.monotonic() < until:
            await asyncio.sleep(0.2)
            job = rebuilds.job(job.id) or job
        return job

    async def stats(self, update: Update, _context: HandlerContext) -> None:
        """Numbers of questions, people and ratings."""
        asker = await self._admin(update)
        if asker is None:
            return
        today, today_answered = self._state.figures.totals(1)
        week, week_answered = self._state.figures.totals(7)
        backends = self._resources.backends
        counts = await self._pool.in_thread(lambda: [each.feedback.counts() for each in backends])
        text = asker.words.bot.stats.format(
            today=today,
            today_answered=today_answered,
            week=week,
            week_answered=week_answered,
            people=self._state.people.count_seen(time.time() - 7 * _DAY),
            helpful=sum(each[0] for each in counts),
            unhelpful=sum(each[1] for each in counts),
            # Without this command itself.
            waiting=max(0, self._state.inbox.count_waiting() - 1),
        )
        await self._resources.reply_text(asker, text)

    async def unanswered(self, update: Update, _context: HandlerContext) -> None:
        """Questions without an answer, by meaning, and answers with 👎; anonymously."""
        asker = await self._admin(update)
        if asker is None:
            return
        reviews = self._reviews(asker)
        if all(review.asked is None for _, review in reviews):
            await self._resources.reply_text(asker, asker.words.review.off)
            return
        runs, again, served = list[StyledText](), False, False
        for title, review in reviews:
            with suppress(StoreError):  # it has no index yet
                groups = await self._pool.in_thread(review.groups)
                disliked = await self._pool.in_thread(review.disliked)
                runs += _listed_review(title, groups, disliked, asker.words)
                again, served = again or bool(groups), True
        if not runs:
            said = asker.words.review.none if served else asker.words.bot.no_index
            await self._resources.reply_text(asker, said)
            return
        row = (Button(asker.words.review.again, "t:0"),) if again else ()
        part = ReplyPart(tuple(split(runs)[0]), (row,) if row else ())
        await self._resources.reply_parts(asker, [part])

    async def on_button(self, asker: Asker, message: int, values: Sequence[str]) -> None:
        """Asks the questions without an answer again; the second time, forgets those answered."""
        if not self._allowed_users.is_admin(asker.user):
            return
        tried, cleared = list[TriedQuestion](), 0
        for _, review in self._reviews(asker):
            with suppress(StoreError):  # it has no index yet
                groups = await self._pool.in_thread(review.groups)
                questions = [group.question for group in groups[:_SHOWN]]
                again = await self._pool.in_thread(review.try_again, questions)
                tried += again
                if list(values) == ["1"]:
                    cleared += await self._pool.in_thread(review.forget_answered, groups, again)
        if list(values) == ["1"]:
            part = text_part(asker.words.review.cleared.format(count=cleared))
        else:
            part = _tried(tried, asker.words)
        await self._resources.edit_reply(asker, message, part)

    def _reviews(self, asker: Asker) -> list[tuple[str | None, QuestionReview]]:
        """Those of all collections that are meant, with their titles where there are several."""
        view = self._resources.view_of(asker)
        return [(view.title_of(each.name), each.backend.review) for each in view.collections]

    async def _only(self, asker: Asker) -> Backend | None:
        """That of the one collection that is meant; where there are several, one must be chosen."""
        collection = self._resources.only_of(asker)
        if collection is None:
            await self._resources.reply_text(asker, asker.words.bot.in_needed)
            return None
        return collection.backend

    async def _admin(self, update: Update) -> Asker | None:
        """The asker if they are an administrator; anybody else gets a refusal."""
        asker = asker_of(update, self._state)
        if self._allowed_users.is_admin(asker.user):
            return asker
        await self._resources.reply_text(asker, asker.words.bot.admins_only)
        return None


def _listed_review(
    title: str | None,
    groups: Sequence[QuestionGroup],
    disliked: Sequence[DislikedAnswer],
    words: Words,
) -> list[StyledText]:
    """What there is to look after in a collection, below its title where it has one."""
    runs = [*_listed_groups(groups, words), *_listed_disliked(disliked, words)]
    if title is None or not runs:
        return runs
    return [StyledText(f"{title}\n", bold=True), *runs, StyledText("\n\n")]


def _listed_groups(groups: Sequence[QuestionGroup], words: Words) -> list[StyledText]:
    if not groups:
        return []
    runs = [StyledText(words.review.title, bold=True), StyledText("\n")]
    for group in groups[:_SHOWN]:
        times = words.review.times.format(count=group.count, day=group.last[:10])
        runs.append(StyledText(f"\n{clipped(group.question, 150)} · {times}"))
        others = len(group.wordings) - 1
        if others:
            runs.append(StyledText(f" · {words.review.wordings.format(count=others)}"))
    return runs


def _listed_disliked(disliked: Sequence[DislikedAnswer], words: Words) -> list[StyledText]:
    if not disliked:
        return []
    runs = [StyledText(f"\n\n{words.review.disliked}", bold=True), StyledText("\n")]
    for each in disliked[:_SHOWN]:
        times = words.review.times.format(count=each.count, day=each.last[:10])
        runs.append(StyledText(f"\n{clipped(each.question, 150)} · {times}"))
        runs.append(
            StyledText(f"\n{clipped(each.answer or words.review.no_answer, 150)}", italic=True)
        )
        runs += [StyledText(f"\n“{clipped(comment, 150)}”") for comment in each.comments[:1]]
    return runs


def _tried(tried: Sequence[TriedQuestion], words: Words) -> ReplyPart:
    """Which of the questions that were asked again are answered now."""
    answered = [each for each in tried if each.answered]
    said = words.review.tried.format(answered=len(answered), tried=len(tried))
    runs = [StyledText(said, bold=True)]
    for each in answered:
        found = each.answer.answer if each.answer is not None else None
        runs.append(StyledText(f"\n\n{clipped(each.question, 150)}"))
        runs.append(StyledText(f"\n{clipped(found or '', 200)}", italic=True))
    row = (Button(words.review.clear, "t:1"),) if answered else ()
    return ReplyPart(tuple(split(runs)[0]), (row,) if row else ())


def _progress(job: Job, words: Words) -> str:
    if not job.stage:
        return words.bot.rebuilding
    count = f" {job.done}/{job.total}" if job.total else ""
    return f"{words.bot.rebuilding}\n{job.stage}{count}"


def _outcome(job: Job, words: Words) -> list[StyledText]:
    if job.state is JobState.FAILED or job.report is None:
        return [StyledText(words.bot.rebuild_failed.format(error=job.error or ""))]
    report = job.report
    counts = {
        name: len(_listed(report, name))
        for name in ("added", "changed", "removed", "unchanged", "skipped")
    }
    pattern = words.bot.rebuilt if report.get("written") else words.bot.up_to_date
    runs = [StyledText(pattern.format(**counts, paragraphs=report.get("paragraphs", 0)))]
    skipped = _listed(report, "skipped")[:_SHOWN]
    if skipped:
        runs.append(StyledText(f"\n\n{words.bot.skipped}", bold=True))
    for item in skipped:
        path, reason = str(item.get("path", "")), str(item.get("reason", ""))
        reason = reason_in(reason, words.language)
        runs.append(StyledText(f"\n{clipped(path, 80)}: {clipped(reason, 120)}"))
    return runs


def _listed(report: Mapping[str, object], name: str) -> Sequence[Any]:
    value = report.get(name)
    return value if isinstance(value, list) else []
