"""What is asked of people in a thread, kept up to date: a message is written when it changes, no oftener."""

import hashlib
from collections.abc import Iterator

from jobs import messages
from jobs.domain.base_model import Frozen
from jobs.domain.task import Task
from jobs.ports import Message, Messenger
from jobs.queue.asides import Aside, asides, keep
from jobs.queue.gate import URGENCY, Urgency
from jobs.queue.store import Store
from jobs.stages.thread import scrubbed

ABOUT = 300
"""Characters kept of what a message is about."""


class _Wanted(Frozen):
    message: Message
    about: str
    open: bool


async def ask(task: Task, *, store: Store, messenger: Messenger) -> None:
    """Write every question and offer of a task that is new or says something else by now."""
    known = await asides(store.connection, task.id)
    now = await store.get(task.id) if known or task.feedback or (task.run and task.run.assumptions) else None
    if now is None or task.thread is None or task.thread.ts is None:
        return
    wanted = {one.message.key: one for one in _wanted(now.note(thread=task.thread))}
    gone = [_gone(now.note(thread=task.thread), key, one) for key, one in known.items() if one.open]
    said = [*wanted.values(), *(one for one in gone if one.message.key not in wanted)]
    before = URGENCY.set(Urgency.END)
    try:
        for one in said:
            await _say(task.id, one, known.get(one.message.key), store=store, messenger=messenger)
    finally:
        URGENCY.reset(before)


def _wanted(task: Task) -> Iterator[_Wanted]:
    for one in task.run.assumptions if task.run else ():
        if one.run:
            message, open_ = messages.question(task, one), messages.is_open(task, one)
            yield _Wanted(message=message, about=one.text[:ABOUT], open=open_)
    if messages.pending(task):
        yield _Wanted(message=messages.replies(task), about="", open=True)


def _gone(task: Task, key: str, aside: Aside) -> _Wanted:
    if aside.text:
        message = messages.question_over(task, key, messages.one_line(aside.text, ABOUT))
    else:
        message = messages.replies_taken(task, key)
    return _Wanted(message=message, about=aside.text, open=False)


async def _say(task: str, one: _Wanted, known: Aside | None, *, store: Store, messenger: Messenger) -> None:
    message = scrubbed(one.message)
    digest = hashlib.sha256(message.model_dump_json().encode(errors="replace")).hexdigest()[:16]
    if known is not None and known.digest == digest:
        return
    ts = await messenger.put(message, ts=known.ts if known else None)
    aside = Aside(ts=ts, digest=digest, text=one.about, open=one.open)
    await keep(store.connection, task, message.key, aside)
