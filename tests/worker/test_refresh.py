"""The time a run has taken is shown anew while it is at work, and only then."""

import asyncio
from datetime import UTC, datetime, timedelta

from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.ports import Messenger
from jobs.queue.gate import URGENCY, Urgency
from jobs.queue.store import Store
from jobs.worker.speaker import Speaker, say
from tests.factories import a_run, a_task
from tests.worker.fakes import FakeMessenger

AT_WORK = a_task(state=TaskState.RUNNING, waiting=None, run=a_run(state=RunState.GENERATING), runs=1)
ENDED = a_task(state=TaskState.STOPPED, waiting=None, run=a_run(state=RunState.STOPPED), runs=1)


async def test_it_is_shown_again_without_news_and_with_the_least_urgency() -> None:
    said: list[Urgency] = []
    thrice = asyncio.Event()

    async def note(task: Task) -> None:
        said.append(URGENCY.get())
        if len(said) == 3:
            thrice.set()

    speaker = Speaker(note, every=0.001, refresh=0.001)
    speaker.tell(AT_WORK, urgent=True)
    async with asyncio.timeout(20):
        await thrice.wait()
    speaker.tell(ENDED, urgent=True)
    await speaker.close(within=20)
    assert said[:3] == [Urgency.STATE, Urgency.PROGRESS, Urgency.PROGRESS]
    assert said[-1] is Urgency.END and said.count(Urgency.END) == 1


async def test_the_time_is_the_present_one_and_the_record_keeps_its_own(store: Store) -> None:
    seen: list[datetime] = []

    async def announce(task: Task, messenger: Messenger) -> Task:
        seen.append(task.updated_at)
        return task

    before = datetime.now(UTC)
    for one in (AT_WORK, ENDED):
        await say(one, store=store, announce=announce, messenger=FakeMessenger())
    shown, over = seen
    assert before - timedelta(seconds=1) <= shown
    assert over == ENDED.updated_at
