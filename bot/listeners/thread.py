"""What people do in a task's thread besides clicking: they write and they react."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import acts, payload, say
from bot.door import Door, promptly
from bot.payload import Payload, error_code
from bot.quoting import names_of, plain
from bot.replies import Reply, Word, addressed, read_reply
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.task import Task, TaskState

HEARD = "white_check_mark"
"""The emoji that says: kept."""
CANCELS = "x"
"""The emoji that cancels a task, on its head message."""

LONGEST = 8000
"""Most characters of a reply: a longer one belongs into the spec."""

_OVER = frozenset({TaskState.MERGED, TaskState.CLOSED})
_NOTHING_TO_ADD = frozenset({"already_reacted", "message_not_found", "thread_locked", "is_archived"})


async def hear_reply(event: Payload, client: AsyncWebClient, door: Door) -> None:
    """Something was written: in a task's thread it is kept for the next round, and marked as heard."""
    reply = read_reply(event)
    if reply is None:
        return
    tasks = await _tasks(reply.channel, reply.thread_ts, door)
    found = addressed(reply, tasks)
    if found is None or not found[1]:
        return
    task, text = found
    if task.muted and reply.word is not Word.UNMUTE:
        return
    names = await names_of([event], client)
    click = _said(reply, task, plain(text, names), name=names.get(reply.user, ""))
    present, refusal = await promptly(acts.permitted(click, channel=reply.channel, door=door))
    if len(str(click.payload.get("text", ""))) > LONGEST:
        refusal = say.answer("too_long", problem=str(LONGEST))
        await client.chat_postEphemeral(
            channel=reply.channel, user=reply.user, text=refusal, thread_ts=reply.thread_ts
        )
    elif present is None:
        await _told_once(reply, task, refusal, client=client, door=door)
    elif await door.line.act(acts.act_of(click, present, door)):
        await _marked(reply, client)


async def hear_reaction(event: Payload, client: AsyncWebClient, door: Door) -> None:
    """An emoji was put on a message: the one that cancels, on a task's head message, cancels it."""
    item = event.get("item") or {}
    if event.get("reaction") != CANCELS or item.get("type") != "message":
        return
    channel, ts, person = str(item["channel"]), str(item["ts"]), Person(id=str(event["user"]))
    tasks = await _tasks(channel, ts, door)
    if len(tasks) == 1:
        made = f"x-{channel}-{ts}-{event['event_ts']}-{person.id}"
        click = acts.Click(id=made, task=tasks[0].id, kind=ActKind.CANCEL, person=person)
        text = await acts.put(click, channel=channel, door=door)
    else:
        text = say.answer("which_of_batch") if tasks else None
    if text is not None:
        await client.chat_postEphemeral(channel=channel, user=person.id, text=text, thread_ts=ts)


async def make_revision(ack: AsyncAck, body: Payload, context: AsyncBoltContext, door: Door) -> None:
    """Make this a revision was clicked under what was written after the end."""
    await ack()
    action, person = body["actions"][0], payload.person(body)
    click = acts.Click(
        id=f"{action['action_ts']}-{person.id}",
        task=str(action.get("value") or ""),
        kind=ActKind.REVISE,
        person=person,
    )
    text = await acts.put(click, channel=payload.channel(body) or "", door=door)
    await say.quietly(text, body=body, context=context)


async def is_tasks_thread(event: Payload, door: Door) -> bool:
    """True for a message in the thread of a task: what is written there begins no new one."""
    thread = event.get("thread_ts")
    return bool(thread and await promptly(door.tasks.in_thread(str(event["channel"]), str(thread))))


async def _tasks(channel: str, ts: str, door: Door) -> list[Task]:
    ids = await promptly(door.tasks.in_thread(channel, ts))
    found = [await door.tasks.get(one) for one in ids]
    return [one for one in found if one is not None]


def _said(reply: Reply, task: Task, text: str, *, name: str) -> acts.Click:
    kind = ActKind.REPLY if reply.word is None else ActKind.LISTEN
    on = reply.word is Word.UNMUTE
    return acts.Click(
        id=f"reply-{reply.channel}-{reply.ts}",
        task=task.id,
        kind=kind,
        person=Person(id=reply.user, name=name),
        payload={"text": text, "ts": reply.ts} if kind is ActKind.REPLY else {"on": on},
    )


async def _told_once(reply: Reply, task: Task, text: str, *, client: AsyncWebClient, door: Door) -> None:
    """People talk in threads: who is not heard there is told so once a day, not at every word."""
    over = "over" if task.state in _OVER else "role"
    if not await door.tasks.seen(f"{over}:{task.id}:{reply.user}"):
        await client.chat_postEphemeral(
            channel=reply.channel, user=reply.user, text=text, thread_ts=reply.thread_ts
        )


async def _marked(reply: Reply, client: AsyncWebClient) -> None:
    try:
        await client.reactions_add(channel=reply.channel, timestamp=reply.ts, name=HEARD)
    except SlackApiError as error:
        if error_code(error) not in _NOTHING_TO_ADD:
            raise
