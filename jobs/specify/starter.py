"""What a form for each kind of change begins with, from templates/specs/, versioned."""

from functools import cache
from typing import Annotated

import yaml
from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Kind, Line
from jobs.render import TEMPLATES


class Starter(Frozen):
    """A beginning for one kind: the person fills in what stands between ‹ and ›."""

    version: Annotated[int, Field(ge=1)]
    """Raised with every change of the words."""
    goal: Line
    """What the goal should say."""
    criteria: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Criteria with blanks, in the form's notation."""


@cache
def starter(kind: Kind) -> Starter:
    """The beginning for a kind of change."""
    text = (TEMPLATES / "specs" / f"{kind.value}.yml").read_text(encoding="utf-8")
    return Starter.model_validate(yaml.safe_load(text))


def starter_version(kind: Kind) -> str:
    """What is kept with a task that began so, such as bugfix@1."""
    return f"{kind.value}@{starter(kind).version}"
