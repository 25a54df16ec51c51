"""Commands for administrators."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from telegram import Update

from bot.handlers.questions import HandlerContext, Questions
from bot.handlers.resources import HandlerResources
from bot.intake.allowed_users import AllowedUsers
from bot.intake.asker import Asker, asker_of
from bot.presentation.markup import StyledText, clipped, split
from bot.presentation.parts import ReplyPart, text_part
from rag.serving.rebuilds import Job, JobState
from words import Words

#: Telegram allows about one edit a second in a chat, and fewer in a group.
_EDIT_SECONDS = 3.0
_SHOWN = 20
_DAY = 86_400.0


class Administration:
    """/reindex, /stats and /unanswered."""

    def __init__(
        self, resources: HandlerResources, allowed_users: AllowedUsers, questions: Questions
    ) -> None:
        self._pool = resources.pool
        self._state = resources.state
        self._rebuilds = resources.backend.rebuilds
        self._feedback = resources.backend.feedback
        self._allowed_users = allowed_users
        self._questions = questions

    async def reindex(self, update: Update, _context: HandlerContext) -> None:
        """Rebuilds the index; the reply shows the progress until it has ended."""
        asker = await self._admin(update)
        if asker is None:
            return
        job = self._rebuilds.start_rebuild()
        words, shown = asker.words, ""
        while job.state is JobState.RUNNING:
            if (text := _progress(job, words)) != shown:
                await self._questions.deliver(asker, [text_part(text)])
                shown = text
            job = await self._later(job)
        parts = split(_outcome(job, words))
        await self._questions.deliver(asker, [ReplyPart(tuple(parts[0]))])

    async def _later(self, job: Job) -> Job:
        """The job after a pause, or as soon as it has ended."""
        until = time.monotonic() + _EDIT_SECONDS
        while job.state is JobState.RUNNING and time.monotonic() < until:
            await asyncio.sleep(0.2)
            job = self._rebuilds.job(job.id) or job
        return job

    async def stats(self, update: Update, _context: HandlerContext) -> None:
        """Numbers of questions, people and ratings."""
        asker = await self._admin(update)
        if asker is None:
            return
        today, today_answered = self._state.figures.totals(1)
        week, week_answered = self._state.figures.totals(7)
        helpful, unhelpful = await self._pool.in_thread(self._feedback.counts)
        text = asker.words.bot.stats.format(
            today=today,
            today_answered=today_answered,
            week=week,
            week_answered=week_answered,
            people=self._state.people.count_seen(time.time() - 7 * _DAY),
            helpful=helpful,
            unhelpful=unhelpful,
            # Without this command itself.
            waiting=max(0, self._state.inbox.count_waiting() - 1),
        )
        await self._questions.say_text(asker, text)

    async def unanswered(self, update: Update, _context: HandlerContext) -> None:
        """The latest questions without an answer, anonymously."""
        asker = await self._admin(update)
        if asker is None:
            return
        questions = self._state.figures.newest_unanswered(_SHOWN)
        if not questions:
            await self._questions.say_text(asker, asker.words.bot.none_unanswered)
            return
        runs = [StyledText(asker.words.bot.unanswered, bold=True), StyledText("\n")]
        for at, question in questions:
            day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
            runs.append(StyledText(f"\n{day} · {clipped(question, 150)}"))
        await self._questions.deliver(asker, [ReplyPart(tuple(split(runs)[0]))])

    async def _admin(self, update: Update) -> Asker | None:
        """The asker if they are an administrator; anybody else gets a refusal."""
        asker = asker_of(update, self._state)
        if self._allowed_users.is_admin(asker.user):
            return asker
        await self._questions.say_text(asker, asker.words.bot.admins_only)
        return None


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
        runs.append(StyledText(f"\n{clipped(path, 80)}: {clipped(reason, 120)}"))
    return runs


def _listed(report: Mapping[str, object], name: str) -> Sequence[Any]:
    value = report.get(name)
    return value if isinstance(value, list) else []
