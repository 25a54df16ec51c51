"""One update of a person at a time; a broken-off one is not done."""

import asyncio
from collections.abc import Awaitable, Callable

from telegram import CallbackQuery, Update, User

from bot.intake.processor import PerPerson


def update(number: int, user: int) -> Update:
    query = CallbackQuery(str(number), User(user, "x", is_bot=False), "1")
    return Update(number, callback_query=query)


def worked_on(
    scene: Callable[[PerPerson, list[str]], Awaitable[None]],
) -> tuple[list[str], list[int]]:
    """What happened in a scene, and which updates were done."""
    events: list[str] = []
    done: list[int] = []
    processor = PerPerson(
        lambda each: str(each.effective_user and each.effective_user.id),
        lambda each: done.append(each.update_id),
    )

    async def play() -> None:
        await scene(processor, events)

    asyncio.run(play())
    return events, done


async def work(events: list[str], name: str, steps: int) -> None:
    events.append(f"{name} begins")
    for _ in range(steps):
        await asyncio.sleep(0)
    events.append(f"{name} ends")


def test_updates_of_one_person_follow_each_other_those_of_others_do_not_wait() -> None:
    async def scene(processor: PerPerson, events: list[str]) -> None:
        await asyncio.gather(
            processor.process_update(update(1, 7), work(events, "first", 20)),
            processor.process_update(update(2, 7), work(events, "second", 1)),
            processor.process_update(update(3, 8), work(events, "other", 1)),
        )

    events, done = worked_on(scene)
    assert events.index("first ends") < events.index("second begins")
    assert events.index("other ends") < events.index("first ends")
    assert done == [3, 1, 2]


def test_what_is_broken_off_is_not_done() -> None:
    async def scene(processor: PerPerson, events: list[str]) -> None:
        tasks = [
            asyncio.create_task(
                processor.process_update(update(number, 7), work(events, str(number), 10_000))
            )
            for number in (1, 2)
        ]
        await asyncio.sleep(0.01)
        processor.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    events, done = worked_on(scene)
    assert events == ["1 begins"]
    assert done == []
