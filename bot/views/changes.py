"""The modal behind Request changes: what is wrong, and which criteria it is about."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.words import OptionWords
from jobs.domain.base_model import Frozen
from jobs.domain.task import Task
from jobs.messages.blocks import one_line
from jobs.render import TEMPLATES, mrkdwn

CALLBACK = "request_changes"
"""The view's callback_id."""
TEXT, CRITERIA = "changes", "criteria"
"""Its inputs."""


class Words(Frozen):
    """The words of templates/modal/changes.yml."""

    title: str
    """The view's title."""
    submit: str
    """A verb."""
    close: str
    """How to leave."""
    note: str
    """Above the inputs; {title} is the task's."""
    missing: str
    """When nothing was written."""
    changes: str
    """Label of what is wrong."""
    placeholder: str
    """Inside it while it is empty."""
    criteria: str
    """Label of the criteria."""


class Wanted(Frozen):
    """What was sent."""

    task: str
    """Task id."""
    channel: str
    """Where the button was clicked."""
    text: str = ""
    """What is wrong."""
    criteria: tuple[str, ...] = ()
    """Ids of the criteria it is about."""


def changes_view(task: Task, *, channel: str) -> Block:
    """The modal for a task."""
    words = _words()
    what = blocks.text_input(
        TEXT, value="", placeholder=words.placeholder, multiline=True, longest=fit.SECTION
    )
    listed = task.spec.criteria[: fit.OPTIONS]
    chosen: Block = {
        "type": "multi_static_select",
        "action_id": CRITERIA,
        "options": [
            blocks.option(one.id, OptionWords(text=f"{one.id} {one_line(one.text, 70)}")) for one in listed
        ],
    }
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain(words.title, fit.TITLE),
        "submit": blocks.plain(words.submit, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "private_metadata": Wanted(task=task.id, channel=channel).model_dump_json(),
        "blocks": [
            blocks.context(words.note.format(title=mrkdwn(one_line(task.spec.title, 150)))),
            blocks.labelled(what, label=words.changes, hint=None, optional=False),
            blocks.labelled(chosen, label=words.criteria, hint=None, optional=True),
        ],
    }


def read_changes(view: Mapping[str, Any]) -> Wanted:
    """What a submitted modal says."""
    values = view["state"]["values"]
    chosen = values[CRITERIA][CRITERIA].get("selected_options") or []
    given = Wanted.model_validate_json(view["private_metadata"])
    text = str(values[TEXT][TEXT].get("value") or "").strip()
    return given.model_copy(update={"text": text, "criteria": tuple(str(one["value"]) for one in chosen)})


def missing_text() -> str:
    """What is said under an empty input."""
    return _words().missing


@cache
def _words() -> Words:
    text = (TEMPLATES / "modal" / "changes.yml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.safe_load(text))
