"""The question to named people that holds a run up: asked once, settled in place."""

from jobs.domain.consent import Hold
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.messages import blocks
from jobs.ports import Message
from jobs.render import render

LISTED = 8
"""How many files are named; the diff holds all."""


def consent(task: Task) -> Message:
    """The question of a task's run, with what was answered; raises ValueError where nothing was asked."""
    run = task.run
    if run is None or run.hold is None or task.thread is None or task.thread.ts is None:
        raise ValueError(f"task {task.id} holds no question")
    held = run.hold
    text = _text(task, run, held)
    open_ = held.answer is None and run.state is RunState.HELD
    buttons = (blocks.allow_button(task.id, held.id), blocks.refuse_button(task.id, held.id)) if open_ else ()
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=text.partition("\n")[0],
        blocks=(blocks.section(text), *blocks.actions(f"{task.id}-{held.id}", *buttons)),
        key=f"{run.id}/consent/{held.id}",
    )


def _text(task: Task, run: Run, held: Hold) -> str:
    answer = held.answer
    return render(
        "thread/consent.mrkdwn.j2",
        people=held.people[:5],
        files=[blocks.one_line(one.text, 220) for one in held.asks[:LISTED]],
        more=len(held.asks) - LISTED,
        answered=answer is not None,
        allowed=bool(answer and answer.allowed),
        by=answer.person.id if answer else "",
        over=run.state is not RunState.HELD,
        title=blocks.one_line(task.spec.title, 160),
    )
