"""News of a merge request in the thread: what happened since the last message, in one voice."""

from collections.abc import Mapping, Sequence

from jobs.domain.news import News, NewsKind
from jobs.domain.task import Task
from jobs.messages import blocks
from jobs.ports import Message
from jobs.render import Mrkdwn, mrkdwn, render

SHOWN = 8
"""Facts told in one message."""

NAMED = 5
"""People named in one line."""

QUOTE = 400
"""Characters quoted of a comment."""

_K = NewsKind
_OVERTAKEN = {
    _K.PIPELINE_STARTED: frozenset({_K.PIPELINE_PASSED, _K.PIPELINE_FAILED, _K.RERUN}),
    _K.RERUN: frozenset({_K.FLAKY, _K.PIPELINE_PASSED, _K.PIPELINE_FAILED}),
    _K.CONFLICT: frozenset({_K.CONFLICT_OVER}),
}
"""What need not be told any more once something later is."""


def news(task: Task, items: Sequence[News], people: Mapping[str, str]) -> Message:
    """One message with all of these; `people` are Slack user ids by GitLab username.

    Its key comes from the first of them, so that telling it again after a crash changes the same message.
    """
    if task.thread is None or task.thread.ts is None or not items:
        raise ValueError(f"task {task.id} has no thread for its news")
    told = _present(items)
    lines = [_line(one, people) for one in told[:SHOWN]]
    request = task.merge_request
    more = len(told) - SHOWN
    if more > 0:
        lines.append(render("thread/news_more.mrkdwn.j2", more=more, url=request.url if request else ""))
    text = "\n".join(lines)
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=text.partition("\n")[0],
        blocks=tuple(blocks.section(part) for part in _parts(lines)),
        key=f"{task.id}/news/{items[0].id}",
    )


def _present(items: Sequence[News]) -> list[News]:
    found = []
    for number, one in enumerate(items):
        later = {other.kind for other in items[number + 1 :]}
        if not later & _OVERTAKEN.get(one.kind, frozenset()):
            found.append(one)
    return found or list(items)


def _line(one: News, people: Mapping[str, str]) -> str:
    quoted = blocks.clip(one.text.strip(), QUOTE)
    return render(
        "thread/news.mrkdwn.j2",
        kind=one.kind,
        who=Mrkdwn(_names(one, people)),
        text=blocks.one_line(one.text, QUOTE),
        quote=[line for line in quoted.splitlines() if line.strip()][:6],
        where=blocks.one_line(one.where, 120),
        url=one.url if one.url.startswith(("http://", "https://")) else "",
    )


def _names(one: News, people: Mapping[str, str]) -> str:
    called = one.kind is _K.REVIEW_REQUESTED
    names = []
    for username in one.who[:NAMED]:
        person = people.get(username)
        if (person and called) or (person and one.kind is _K.LINKED):
            names.append(f"<@{person}>")
        else:
            names.append(f"*{mrkdwn(blocks.one_line(username, 80))}*")
    more = len(one.who) - len(names)
    return ", ".join([*names, f"{more} more"] if more else names) or "Somebody"


def _parts(lines: Sequence[str]) -> list[str]:
    parts = [""]
    for line in lines:
        joined = f"{parts[-1]}\n{line}".strip()
        if len(joined) > blocks.SECTION:
            parts.append(line)
        else:
            parts[-1] = joined
    return parts
