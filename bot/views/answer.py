"""The modal behind Something else: a question of a run, and an answer in one's own words."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from bot.views import blocks, fit
from bot.views.blocks import Block
from jobs.domain.base_model import Frozen
from jobs.domain.question import Question
from jobs.messages.blocks import one_line
from jobs.render import TEMPLATES, mrkdwn

CALLBACK = "answer_question"
"""The view's callback_id."""
TEXT = "answer"
"""Its input."""


class Words(Frozen):
    """The words of templates/modal/answer.yml."""

    title: str
    """The view's title."""
    submit: str
    """A verb."""
    close: str
    """How to leave."""
    note: str
    """Above the input; {chosen} is what the run went on with."""
    missing: str
    """When nothing was written."""
    placeholder: str
    """Inside the input while it is empty."""


class Given(Frozen):
    """What was sent."""

    task: str
    """Task id."""
    channel: str
    """Where the button was clicked."""
    run: str
    """Id of the run that asked."""
    question: str
    """The question's id."""
    text: str = ""
    """The answer."""


def answer_view(task: str, question: Question, *, channel: str) -> Block:
    """The modal for a question of a task."""
    words = _words()
    given = Given(task=task, channel=channel, run=question.run, question=question.id)
    what = blocks.text_input(
        TEXT, value="", placeholder=words.placeholder, multiline=True, longest=fit.SECTION
    )
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain(words.title, fit.TITLE),
        "submit": blocks.plain(words.submit, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "private_metadata": given.model_dump_json(),
        "blocks": [
            blocks.context(words.note.format(chosen=mrkdwn(one_line(question.chosen, 300)))),
            blocks.labelled(
                what, label=one_line(question.text, 600) or words.title, hint=None, optional=False
            ),
        ],
    }


def read_answer(view: Mapping[str, Any]) -> Given:
    """What a submitted modal says."""
    text = str(view["state"]["values"][TEXT][TEXT].get("value") or "").strip()
    return Given.model_validate_json(view["private_metadata"]).model_copy(update={"text": text})


def missing_text() -> str:
    """What is said under an empty input."""
    return _words().missing


@cache
def _words() -> Words:
    text = (TEMPLATES / "modal" / "answer.yml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.safe_load(text))
