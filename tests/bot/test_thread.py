"""What people write and react in a task's thread: kept once, marked as heard, and nothing else begins."""

from typing import Any

from jobs import messages
from jobs.domain.action import ActKind
from jobs.domain.question import Answered, Question
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from playground.person import Person
from playground.slack import SlackStandIn
from tests.bot.test_stories import acts, again, queued
from tests.bot.world import PAY, Bot
from tests.factories import NOON, a_run

Payload = dict[str, Any]


def thread_ts(task: Task) -> str:
    assert task.thread is not None and task.thread.ts is not None
    return task.thread.ts


async def thread_of(bot: Bot, person: Person) -> tuple[Task, str]:
    task = await queued(bot, person)
    return task, thread_ts(task)


async def marked(person: Person, thread: str, ts: str) -> list[str]:
    """Emoji of the bot on a message of a thread."""
    (message,) = [one for one in await person.replies(PAY, thread) if one["ts"] == ts]
    return [one["name"] for one in message.get("reactions", []) if "U0BOT" in one["users"]]


async def told_there(person: Person, thread: str) -> str:
    """The last sentence in a thread that only this person sees, once it is there."""

    async def said() -> str | None:
        seen = [one["text"] for one in await person.replies(PAY, thread) if one.get("is_ephemeral")]
        return seen[-1] if seen else None

    return await person.wait_for(said, 5)


async def heard(bot: Bot, events: int) -> None:
    """Wait until so many events were answered."""
    while len([one for one in bot.heard if one[0] == "events_api"]) < events:
        await bot.store.connection.call("BLPOP", "tests:nothing", 0.02)
    await bot.settled()


async def test_a_reply_is_kept_once_and_marked(bot: Bot, ana: Person, slack: SlackStandIn) -> None:
    _, thread = await thread_of(bot, ana)
    ts = await ana.message(PAY, "Mind credit notes & <@U0BEN> too.", thread_ts=thread)

    async def shown() -> bool:
        return await marked(ana, thread, ts) == ["white_check_mark"]

    assert await ana.wait_for(shown, 5)
    assert await again(bot, slack) is None
    assert await acts(bot) == [(ActKind.REPLY, "U0ANA")]
    act = await bot.store.act(f"reply-{PAY}-{ts}")
    assert act is not None and act.payload == {"text": "Mind credit notes & @Ben too.", "ts": ts}
    assert act.person.name == "Ana"
    assert len(await bot.store.list()) == 1


async def test_a_reply_that_is_too_long_is_refused_with_the_remedy(bot: Bot, ana: Person) -> None:
    _, thread = await thread_of(bot, ana)
    await ana.message(PAY, "x" * 8001, thread_ts=thread)
    assert "may have 8000 characters" in await told_there(ana, thread)
    assert await acts(bot) == []


async def test_a_mention_in_the_thread_is_a_reply_and_begins_nothing(bot: Bot, ana: Person) -> None:
    _, thread = await thread_of(bot, ana)
    await ana.message(PAY, "<@U0BOT> mind credit notes", thread_ts=thread)
    await heard(bot, 2)
    assert await acts(bot) == [(ActKind.REPLY, "U0ANA")]
    assert [one for one in await ana.messages(PAY) if one.get("is_ephemeral")] == []


async def test_what_is_no_reply_is_left_alone(bot: Bot, ana: Person) -> None:
    _, thread = await thread_of(bot, ana)
    other = await ana.message(PAY, "lunch?")
    await ana.message(PAY, "soup", thread_ts=other)
    await ana.message(PAY, "aside: I am out tomorrow", thread_ts=thread)
    await heard(bot, 3)
    assert await acts(bot) == []


async def test_muting_is_heard_and_ends_hearing(bot: Bot, ana: Person) -> None:
    task, thread = await thread_of(bot, ana)
    await ana.message(PAY, "Mute.", thread_ts=thread)
    await heard(bot, 1)
    assert await acts(bot) == [(ActKind.LISTEN, "U0ANA")]
    await bot.store.change(task.id, lambda now: now.note(muted=True))
    await ana.message(PAY, "just between us", thread_ts=thread)
    await heard(bot, 2)
    assert len(await acts(bot)) == 1
    await ana.message(PAY, "unmute", thread_ts=thread)
    await heard(bot, 3)
    assert [kind for kind, _ in await acts(bot)] == [ActKind.LISTEN, ActKind.LISTEN]


async def test_who_has_no_role_is_told_once(bot: Bot, ana: Person, ben: Person) -> None:
    _, thread = await thread_of(bot, ana)
    for text in ("and debit notes", "and vouchers"):
        await ben.message(PAY, text, thread_ts=thread)
    await heard(bot, 2)
    assert "U0ANA" in await told_there(ben, thread)
    seen = [one for one in await ben.replies(PAY, thread) if one.get("is_ephemeral")]
    assert (len(seen), await acts(bot)) == (1, [])


async def test_the_cross_cancels_for_who_may(bot: Bot, ana: Person, ben: Person, eve: Person) -> None:
    _, thread = await thread_of(bot, ana)
    reply = await ben.message(PAY, "aside hello", thread_ts=thread)
    await eve.react(PAY, thread, "eyes")
    await eve.react(PAY, reply, "x")
    await ben.react(PAY, thread, "x")
    await heard(bot, 4)
    assert await acts(bot) == [], "another emoji, another message, somebody without a say"
    seen = [one for one in await ben.replies(PAY, thread) if one.get("is_ephemeral")]
    assert len(seen) == 1 and "U0ANA" in seen[0]["text"]
    await eve.react(PAY, thread, "x")
    await heard(bot, 5)
    assert await acts(bot) == [(ActKind.CANCEL, "U0EVE")]


async def asked(bot: Bot, person: Person) -> tuple[Task, Question, str]:
    """A running task whose question stands in its thread, as a worker writes it."""
    task, _ = await thread_of(bot, person)
    if task.state is TaskState.PROPOSED:
        task = await bot.store.change(task.id, lambda now: now.to(TaskState.WAITING))
    question = Question(
        id="Q1",
        text="Which mode?",
        options=("half up", "half even"),
        chosen="half even",
        call="c",
        run=f"{task.id}-r1",
    )
    run = a_run(task, state=RunState.PREPARING, started_at=NOON, assumptions=(question,))
    task = await bot.store.change(task.id, lambda now: now.to(TaskState.RUNNING, run=run, runs=1))
    message = messages.question(task, question)
    posted = await bot.client.chat_postMessage(
        channel=PAY,
        thread_ts=message.thread_ts,
        text=message.text,
        blocks=[dict(one) for one in message.blocks],
    )
    return task, question, str(posted["ts"])


async def kept(bot: Bot) -> list[Any]:
    await bot.settled()
    ids = await bot.store.connection.call("ZRANGE", "cg:acts", 0, -1)
    found = [await bot.store.act(one.decode()) for one in ids]
    return [one.payload for one in found if one]


async def test_an_option_is_an_act_with_its_words(bot: Bot, ana: Person) -> None:
    task, question, ts = await asked(bot, ana)
    place = f"{task.id}:{question.run}:Q1"
    await ana.click(PAY, ts, "question_answer", block_id=f"{place}:0")
    assert await kept(bot) == [{"run": question.run, "question": "Q1", "answer": "half up"}]
    assert "Noted." in await told_there(ana, thread_ts(task))


async def test_something_else_is_asked_for_in_a_modal(bot: Bot, ana: Person) -> None:
    _, _, ts = await asked(bot, ana)
    await ana.click(PAY, ts, "question_else")

    async def opened() -> Payload | None:
        return next((one for one in await ana.views() if one["callback_id"] == "answer_question"), None)

    view = await ana.wait_for(opened, 5)
    blank = await ana.submit(view["id"], {"answer": {"answer": {"value": "  "}}})
    assert blank["errors"] == {"answer": "Please write an answer."}
    assert await ana.submit(view["id"], {"answer": {"answer": {"value": "ask the customer"}}}) == {"ok": True}
    assert [one["answer"] for one in await kept(bot)] == ["ask the customer"]


async def test_an_answered_question_takes_no_other_answer(bot: Bot, ana: Person, ben: Person) -> None:
    task, question, ts = await asked(bot, ana)
    await ben.click(PAY, ts, "question_else")
    assert "U0ANA" in await told_there(ben, thread_ts(task))
    said = Answered(run=question.run, question="Q1", text="x", changed=True, by=task.requester, at=NOON)
    await bot.store.change(task.id, lambda now: now.note(answered=(said,)))
    await ana.click(PAY, ts, "question_answer", block_id=f"{task.id}:{question.run}:Q1:1")
    assert "has its answer already" in await told_there(ana, thread_ts(task))
    assert (await kept(bot), await ana.views(), await ben.views()) == ([], [], [])
