"""A question that a run did not wait for: its options with buttons, settled in place once it is answered."""

from jobs.domain.answers import answer_to
from jobs.domain.question import Answered, Question
from jobs.domain.task import Task, TaskState
from jobs.messages import blocks
from jobs.ports import Message
from jobs.render import render

TEXT = 600
"""Most characters shown of a question."""
OPTION = 250
"""Most characters shown of an option."""
OPTIONS = 8
"""Most options that are offered."""

_OVER = frozenset({TaskState.MERGED, TaskState.CLOSED})
_RETRYABLE = frozenset({TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED})


def question(task: Task, asked: Question) -> Message:
    """The message of one question; raises ValueError for a task whose thread has not begun."""
    if task.thread is None or task.thread.ts is None:
        raise ValueError(f"task {task.id} has no thread for a question")
    answered, over = answer_to(task, asked), task.state in _OVER
    text = _text(task, asked, answered, over=over)
    open_ = answered is None and not over
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=text.partition("\n")[0],
        blocks=(
            *blocks.named(task),
            blocks.section(text),
            *(_choices(task, asked) if open_ else ()),
        ),
        key=question_key(task, asked),
    )


def question_key(task: Task, asked: Question) -> str:
    """What marks the message of a question."""
    return f"{task.id}/question/{asked.run}/{asked.id}"


def is_open(task: Task, asked: Question) -> bool:
    """True while an answer would change something."""
    return answer_to(task, asked) is None and task.state not in _OVER


def question_over(task: Task, key: str, text: str) -> Message:
    """The message of a question that came to nothing: what it was about was done anew."""
    if task.thread is None or task.thread.ts is None:
        raise ValueError(f"task {task.id} has no thread for a question")
    said = render("thread/question.mrkdwn.j2", **_NOTHING, text=text, over=True)
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=said.partition("\n")[0],
        blocks=(*blocks.named(task), blocks.section(said)),
        key=key,
    )


def _text(task: Task, asked: Question, answered: Answered | None, *, over: bool) -> str:
    rewind = task.run.rewind if task.run else None
    mine = rewind is not None and (rewind.question.run, rewind.question.id) == (asked.run, asked.id)
    return render(
        "thread/question.mrkdwn.j2",
        **_NOTHING
        | {
            "text": blocks.one_line(asked.text, TEXT),
            "over": over,
            "chosen": blocks.one_line(asked.chosen, OPTION),
            "criteria": [blocks.one_line(one, 20) for one in asked.criteria[:8]],
            "answered": answered is not None,
            "by": answered.by.id if answered else "",
            "answer": blocks.one_line(answered.text, TEXT) if answered else "",
            "changed": bool(answered and answered.changed),
            "kept": task.state in _RETRYABLE,
            "gone": bool(rewind and mine and rewind.gone),
        },
    )


_NOTHING: dict[str, object] = {
    "answered": False,
    "by": "",
    "answer": "",
    "changed": False,
    "kept": False,
    "gone": False,
    "chosen": "",
    "criteria": [],
}


def _choices(task: Task, asked: Question) -> list[blocks.Block]:
    place = f"{task.id}:{asked.run}:{asked.id}"
    options = [
        blocks.choice(
            f"{place}:{number}",
            render("thread/option.mrkdwn.j2", text=blocks.one_line(one, OPTION), assumed=one == asked.chosen),
            assumed=one == asked.chosen,
        )
        for number, one in enumerate(asked.options[:OPTIONS])
        if blocks.one_line(one, OPTION)
    ]
    return [*options, *blocks.actions(f"{task.id}-{asked.run}-{asked.id}", blocks.else_button(place))]
