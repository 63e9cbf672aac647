"""The question that holds a run up, as people meet it."""

from collections.abc import Callable

from jobs import messages
from jobs.domain.action import ActKind
from jobs.domain.consent import Ask, hold
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from playground.person import Person
from tests.bot.test_stories import acts, queued
from tests.bot.world import PAY, Bot
from tests.factories import a_run, a_verdict, an_evidence

HOLD = hold([Ask(key="k1", path=".gitlab-ci.yml", text=".gitlab-ci.yml decides.")], ["U0EVE"])


def _moved(state: RunState, **facts: object) -> Callable[[Task], Task]:
    def move(task: Task) -> Task:
        assert task.run is not None
        return task.note(run=task.run.to(state, **facts))

    return move


async def asked(bot: Bot, person: Person) -> tuple[Task, str]:
    """A held task and where its question stands."""
    task = await queued(bot, person)

    def held(now: Task) -> Task:
        run: Run = a_run(now, verdict=a_verdict(evidence=(an_evidence(),)))
        return now.to(TaskState.RUNNING, run=run, runs=1)

    await bot.store.change(task.id, lambda now: now.to(TaskState.WAITING))
    task = await bot.store.change(task.id, held)
    for state in (RunState.VERIFYING, RunState.HELD):
        task = await bot.store.change(task.id, moved(state))
    question = messages.consent(task)
    posted = await bot.client.chat_postMessage(
        channel=PAY, thread_ts=question.thread_ts, text=question.text, blocks=list(question.blocks)
    )
    return task, str(posted["ts"])


def moved(state: RunState) -> Callable[[Task], Task]:
    """The run's next state; HELD comes with its question."""

    def move(now: Task) -> Task:
        assert now.run is not None
        return now.note(run=now.run.to(state, hold=HOLD))

    return move


async def said_to(person: Person, task: Task) -> str:
    """The last sentence in the thread that only this person sees."""
    ts = task.thread.ts if task.thread else None

    async def said() -> str | None:
        replies = await person.replies(PAY, ts or "")
        own = [one["text"] for one in replies if one.get("is_ephemeral") or one.get("seen_only_by")]
        return own[-1] if own else None

    return await person.wait_for(said, 5)


async def test_only_a_named_person_decides_and_only_once(bot: Bot, ana: Person, eve: Person) -> None:
    task, ts = await asked(bot, ana)

    await ana.click(PAY, ts, "consent_allow")
    assert "for a maintainer of `payments/api`" in await said_to(ana, task)
    await eve.click(PAY, ts, "consent_refuse")
    assert f"Refused. `{task.id}` ends as rejected" in await said_to(eve, task)
    assert await acts(bot) == [(ActKind.CONSENT, "U0EVE")]


async def test_a_question_that_is_answered_is_not_open_any_more(bot: Bot, ana: Person, eve: Person) -> None:
    task, ts = await asked(bot, ana)
    await bot.store.change(task.id, moved(RunState.VERIFYING))

    await eve.click(PAY, ts, "consent_allow")

    assert "nothing to consent" in await said_to(eve, task)
    assert await acts(bot) == []
