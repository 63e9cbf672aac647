"""App Home: opened, and what is chosen there. Every choice is the same act as in the thread."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import acts, payload, say
from bot.door import Door, promptly
from bot.listeners.opening import Filling, open_form
from bot.payload import Payload
from bot.views.answers import answers_of_task
from bot.views.home import read_choice
from jobs.domain.action import ActKind
from jobs.domain.task import Task


async def open_home(event: Payload, door: Door) -> None:
    """Somebody looks at the tab."""
    if event.get("tab", "home") == "home":
        await door.tabs.opened(str(event["user"]), str((event.get("view") or {}).get("hash") or ""))


async def choose_priority(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Another priority was chosen for a task in the queue."""
    await ack()
    await _put(ActKind.PRIORITY, body, door)


async def cancel_task(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Cancel was clicked and confirmed."""
    await ack()
    await _put(ActKind.CANCEL, body, door)


async def retry_task(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Retry was clicked."""
    await ack()
    await _put(ActKind.RETRY, body, door)


async def edit_spec(ack: AsyncAck, body: Payload, client: AsyncWebClient, door: Door) -> None:
    """Edit or Mend was clicked: the form opens with what the task says now."""
    await ack()
    click, person = _click(ActKind.EDIT, body), payload.person(body)
    task = await promptly(door.tasks.get(click.task))
    if task is None:
        await door.tabs.notified(person.id, say.answer("unknown_task", task=click.task))
        return
    channel = _channel(task, door)

    async def filled() -> Filling:
        if not await door.tabs.may_see(person.id, task):
            return Filling(refusal=say.answer("unknown_task", task=task.id))
        permitted, refusal = await acts.permitted(click, channel=channel, door=door)
        if permitted is None:
            return Filling(refusal=refusal)
        return Filling(answers=answers_of_task(permitted), task=permitted.id)

    text = await open_form({**body, "channel": {"id": channel}}, client=client, door=door, fill=filled)
    if text is not None:
        await door.tabs.notified(person.id, text)


async def show_more(ack: AsyncAck, body: Payload, door: Door) -> None:
    """Show more was clicked under a list."""
    await ack()
    part = read_choice(body).part
    if part is not None:
        await door.tabs.lengthened(payload.person(body).id, part)


async def _put(kind: ActKind, body: Payload, door: Door) -> None:
    click = _click(kind, body)
    task = await promptly(door.tasks.get(click.task))
    if task is None or not await door.tabs.may_see(click.person.id, task):
        sentence: str | None = say.answer("unknown_task", task=click.task)
    else:
        sentence = await acts.put(click, channel=_channel(task, door), door=door)
    if sentence is not None:
        await door.tabs.notified(click.person.id, sentence)


def _click(kind: ActKind, body: Payload) -> acts.Click:
    choice = read_choice(body)
    click = acts.Click(id=choice.id, task=choice.task, kind=kind, person=payload.person(body))
    if kind is not ActKind.PRIORITY:
        return click
    return click.model_copy(update={"payload": {"priority": choice.chosen}})


def _channel(task: Task, door: Door) -> str:
    """Where the same click would be made: in the task's thread, else in its repository's first channel."""
    if task.thread is not None:
        return task.thread.channel
    known = door.operator.repositories.get(task.spec.repository)
    return next(iter(known.channels), "") if known else ""
