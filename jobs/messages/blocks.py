"""Block Kit pieces within Slack's limits, see https://docs.slack.dev/reference/block-kit/blocks."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from jobs.domain.action import Action, ActKind
from jobs.domain.task import Task
from jobs.redaction import scrub
from jobs.render import mrkdwn as escaped

Block = dict[str, JsonValue]
"""One block, as Slack's Web API takes it."""

SECTION = 3000
"""Most characters in a section's text."""
CELL = 200
"""Most characters we put into one table cell, so that a message stays within its budget."""
ROWS = 20
"""Most rows we put into a table; the merge request holds the whole."""


def clip(text: str, limit: int) -> str:
    """The text without credentials, cut to `limit` characters as Slack counts them, with … where it was cut.

    Credentials go first: half of one would no longer be known by its form.
    """
    text = scrub("".join(char for char in text if char in "\n\t" or char.isprintable()))
    used = 0
    for position, char in enumerate(text):
        used += _width(char)
        if used > limit:
            return _back_to(text[:position], limit) + "…"
    return text


def one_line(text: str, limit: int) -> str:
    """Like `clip`, with every run of white space made one blank."""
    return clip(" ".join(text.split()), limit)


def section(mrkdwn: str) -> Block:
    """A section of mrkdwn that is escaped already; too long a text is cut."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": shortened(mrkdwn, SECTION)}}


def context(mrkdwn: str) -> Block:
    """A line in small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": shortened(mrkdwn, SECTION)}]}


def shortened(text: str, limit: int) -> str:
    """Escaped mrkdwn cut between words where it is too long, never within a link or an escape."""
    if not text:
        raise ValueError("a text object holds at least one character")
    if _units(text) <= limit:
        return text
    # the widest character has two units
    kept = text[: limit - 1] if text.isascii() else text[: (limit - 1) // 2]
    kept = kept[: kept.rfind("<")] if kept.rfind("<") > kept.rfind(">") else kept
    kept = kept[: kept.rfind("&")] if kept.rfind("&") > kept.rfind(";") else kept
    return f"{kept.rpartition(' ')[0] or kept}…"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Block:
    """A table of plain text with a header row; long cells are cut, and so are rows beyond ROWS."""
    lines: list[JsonValue] = [_row(header), *[_row(row) for row in rows][:ROWS]]
    return {"type": "table", "rows": lines, "column_settings": [{"is_wrapped": True} for _ in header]}


def link_cell(text: str, url: str) -> Block:
    """A table cell that is a link."""
    link: Block = {"type": "link", "url": url, "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}


def text_cell(text: str, limit: int) -> Block:
    """A table cell of plain text, cut to a length."""
    return {"type": "raw_text", "text": one_line(text, limit) or "–"}


def actions(task: str, *buttons: Block) -> list[Block]:
    """The row of buttons, or nothing when there is none."""
    return [{"type": "actions", "block_id": f"acts-{task}", "elements": list(buttons)}] if buttons else []


def cancel_button(task: str, title: str) -> Block:
    """Cancel, behind a question."""
    return {
        **_button(Action.CANCEL, "Cancel", task),
        "confirm": {
            "title": _plain("Cancel this task?"),
            "text": _plain(one_line(f"{title}: work so far is kept in the record, nothing is pushed.", 290)),
            "confirm": _plain("Cancel task"),
            "deny": _plain("Keep going"),
        },
    }


def allow_button(task: str, hold: str) -> Block:
    """Consent to what holds a run up."""
    return {**_button(Action.ALLOW, "Allow", f"{task}:{hold}"), "style": "primary"}


def refuse_button(task: str, hold: str) -> Block:
    """Refuse it, which ends the run."""
    return _button(Action.REFUSE, "Refuse", f"{task}:{hold}")


def confirm(task: str, run: int, criterion: str, mrkdwn: str) -> Block:
    """A criterion that waits for a person's look, with its button."""
    button = _button(Action.CONFIRM, "Confirm", f"{task}:{run}:{criterion}")
    return {**section(mrkdwn), "accessory": button}


def named(task: Task) -> list[Block]:
    """Which task it is about, where the thread is that of a batch."""
    return [context(f"`{task.id}` · {escaped(one_line(task.spec.title, 160))}")] if task.batch else []


def choice(value: str, mrkdwn: str, *, assumed: bool) -> Block:
    """One answer to a question, with its button."""
    button = _button(Action.ANSWER, "Keep this" if assumed else "Choose this", value)
    return {**section(mrkdwn), "block_id": value, "accessory": button}


def else_button(value: str) -> Block:
    """Answer in one's own words, in a modal."""
    return _button(Action.ANSWER_ELSE, "Something else", value)


def revise_button(task: str) -> Block:
    """Have what was written in the thread acted on."""
    return _button(Action.REVISE, "Make this a revision", task)


def retry_button(task: str) -> Block:
    """Start another run."""
    return _button(Action.RETRY, "Retry", task)


def mend_button(task: str) -> Block:
    """Open the form with a proposed task's spec."""
    return {**_button(Action.MEND, "Mend the spec", task), "style": "primary"}


def edit_button(task: str) -> Block:
    """Open the form with the task's spec, for its next version."""
    return _button(Action.MEND, "Edit the spec", task)


def compare_button(task: str) -> Block:
    """Show the last two versions side by side."""
    return _button(Action.COMPARE, "Compare versions", task)


def queue_button(task: str, *, gaps: int) -> Block:
    """Queue a proposed task as it is."""
    return _button(Action.QUEUE, "Queue anyway" if gaps else "Queue", task)


def changes_button(task: str) -> Block:
    """Say what is wrong, in a modal."""
    return _button(Action.CHANGES, "Request changes", task)


def merge_button(task: str) -> Block:
    """Ask GitLab for the merge."""
    return _button(Action.MERGE, "Merge when approved", task)


def evidence_button(task: str, run: int) -> Block:
    """Show what was run for each criterion, in a modal."""
    return _button(Action.EVIDENCE, "Evidence", f"{task}:{run}")


def diff_button(task: str, run: int) -> Block:
    """Put the change into the thread as a file."""
    return _button(Action.DIFF, "Diff", f"{task}:{run}")


def useful_buttons(task: str, run: int) -> list[Block]:
    """Whether it was useful, in words."""
    yes = _button(Action.USEFUL, "Useful", f"{task}:{run}")
    no = _button(Action.NOT_USEFUL, "Not useful", f"{task}:{run}")
    return [{"type": "actions", "block_id": f"useful-{task}", "elements": [yes, no]}]


def more_menu(task: str) -> Block:
    """What is wanted seldom: an update with the target, and the end."""
    options: list[JsonValue] = [
        {"text": _plain("Bring up to date"), "value": f"{ActKind.REBASE.value}:{task}"},
        {"text": _plain("Close merge request"), "value": f"{ActKind.CLOSE.value}:{task}"},
    ]
    return {
        "type": "overflow",
        "action_id": Action.MORE.value,
        "options": options,
        "confirm": {
            "title": _plain("Are you sure?"),
            "text": _plain("An update merges the target branch in; closing is a no to the change."),
            "confirm": _plain("Do it"),
            "deny": _plain("Not now"),
        },
    }


def open_button(task: str, url: str) -> Block:
    """Open the merge request in the browser."""
    return {**_button(Action.OPEN_MR, "Open merge request", task), "url": url, "style": "primary"}


def _button(action: Action, label: str, task: str) -> Block:
    return {"type": "button", "action_id": action.value, "text": _plain(label), "value": task}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _row(cells: Sequence[str]) -> list[JsonValue]:
    return [{"type": "raw_text", "text": one_line(cell, CELL) or "–"} for cell in cells]


def _back_to(text: str, limit: int) -> str:
    length = sum(map(_width, text))
    while text and length > limit - 1:
        length -= _width(text[-1])
        text = text[:-1]
    return text.rstrip()


def _width(char: str) -> int:
    """How much of a limit a character uses up: escaped, and in UTF-16, the widest that Slack may count in."""
    return {"&": 5, "<": 4, ">": 4}.get(char, 2 if char > "\uffff" else 1)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
