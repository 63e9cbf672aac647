"""Words from templates/, for Slack, GitLab and git."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
"""Where the words are."""

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of the text after them; scripts written from the right need none."""


_CLOSING = re.compile(
    r"\b(clos|fix|resolv|implement)((?:e[sd]?|s|ed|ing)?:?\s+(?:issues?\s+)?"
    r"(?:[\w./-]*#\d|https?://|(?-i:[A-Z][A-Z0-9_]+-\d)))",
    re.IGNORECASE,
)


def render(template: str, /, **values: Any) -> str:
    """The text of templates/`template`; a missing value raises, values are escaped by the template's ending.

    `.mrkdwn.j2` escapes &, < and > as Slack asks; `.md.j2` and `.txt.j2` take values as they are: what is
    untrusted goes through the `untrusted` filters of the callers first.
    """
    return _environment(template.endswith(".mrkdwn.j2")).get_template(template).render(**values).strip("\n")


def mrkdwn(text: str) -> str:
    """Text escaped for Slack's mrkdwn, so that it can neither mention nor link nor turn what follows around.

    See https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    text = _TURNING.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def neutral(text: str) -> str:
    """Text that GitLab shows but does not act on: no mention, no quick action, no HTML, nothing turned.

    See https://docs.gitlab.com/user/project/quick_actions/ and https://docs.gitlab.com/user/discussions/#mentions
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", _TURNING.sub("", text))
    text = re.sub(r"^([ \t]*)/(?=\w)", r"\1\\/", text, flags=re.MULTILINE)
    return unclosing(re.sub(r"@(?=[\w.])", "@\u2060", text))


def unclosing(text: str) -> str:
    """Text that closes no issue when it is merged: a word such as “fixes” before a reference is cut in two.

    See https://docs.gitlab.com/user/project/issues/managing_issues/#closing-issues-automatically
    """
    return _CLOSING.sub("\\1\u2060\\2", text)


def fenced(text: str, language: str = "") -> str:
    """A Markdown code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


@cache
def _environment(slack: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # HTML escaping would be wrong for both Slack and Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize if slack else None,
    )
    environment.filters.update(raw=Mrkdwn, neutral=neutral, fenced=fenced, cell=_cell, sentence=_sentence)
    return environment


class Mrkdwn(str):
    """Text that is mrkdwn already and must not be escaped again."""

    __slots__ = ()


def _cell(text: str) -> str:
    return neutral(" ".join(text.split())).replace("|", "\\|")


def _sentence(text: str) -> str:
    """With its first letter large, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def _finalize(value: object) -> object:
    return value if isinstance(value, Mrkdwn) else mrkdwn(str(value))
