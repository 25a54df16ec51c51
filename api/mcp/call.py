"""One call of an agent, as the tools see it: the index, a thread to search in, progress."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from api.access.seeing import view_of
from api.context import ApiContext
from api.http.problems import Refusal
from rag.errors import StoreError
from rag.serving.collections import View
from rag.serving.rebuilds import Job, JobState

T = TypeVar("T")

#: Before the address of a document where no server has one: it becomes the URI of a resource.
SCHEME = "wenda:/"
#: Seconds between two looks for an index that is being built, how many looks there are at most,
#: and how many after the build has ended, when it is about to be opened.
_LOOK_SECONDS = 0.5
_LOOKS = 3600
_LOOKS_AFTER = 20
_BUILDING = "The index is being built ({}). Try again in a minute."


@dataclass(frozen=True, slots=True)
class AgentCall:
    """A call. `request` is the HTTP request it came with, None over stdio.

    `report` sends the agent its progress, where it asked for that (`followed`).
    """

    context: ApiContext
    request: Request | None
    report: Callable[[str], Awaitable[None]]
    followed: bool

    @property
    def base(self) -> str:
        """The prefix of the addresses of documents."""
        if self.request is None:
            return SCHEME
        url = self.request.url
        return f"{url.scheme}://{url.netloc}{self.request.scope.get('root_path', '')}"

    @property
    def view(self) -> View:
        """What the agent may see: over stdio, where the owner runs it, everything."""
        if self.request is None:
            return self.context.collections.everything
        return view_of(self.request)

    async def served(self, names: Sequence[str] = ()) -> View:
        """The collections to ask. While their first index is being built, a call that is followed
        waits for it.

        Raises CollectionError for a name that is not seen, StoreError without an index, Refusal for
        a call that is not to wait.
        """
        view, left = self.view.chosen(names), _LOOKS
        while True:
            try:
                view.check_served()
            except StoreError:
                jobs = [each.rebuilds.last_job for each in view.backends]
                job = min((each for each in jobs if each), key=_ended, default=None)
                if job is None or job.state is JobState.FAILED or left == 0:
                    raise
                if not self.followed or self.context.closing():
                    raise Refusal(503, "unavailable", _BUILDING.format(_stage(job))) from None
                await self.report(f"The index is being built: {_stage(job)}")
            else:
                return view
            left = min(left - 1, _LOOKS if job.state is JobState.RUNNING else _LOOKS_AFTER)
            await asyncio.sleep(_LOOK_SECONDS)

    async def count_question(self, view: View) -> None:
        """Counts a question of the agent's. Raises Refusal above its limit."""
        if self.request is not None:
            await self.context.gatekeeper.count_question(self.request)
            await self.context.gatekeeper.count_public(self.request, view)

    async def run_blocking(self, work: Callable[[], T]) -> T:
        """The result of `work`, from a thread; dropped if the agent cancels before it has begun."""
        return await self.context.workers.run_blocking(None, work)


def _ended(job: Job) -> bool:
    return job.state is not JobState.RUNNING


def _stage(job: Job) -> str:
    if not job.stage:
        return "starting"
    return f"{job.stage}, {job.done} of {job.total}" if job.total else job.stage
