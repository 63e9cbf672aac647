"""A model's opinion of a spec: what it would have to ask back before it could begin."""

import hashlib
from typing import Annotated

from pydantic import Field, StringConstraints

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend
from jobs.domain.prompts import PromptSet
from jobs.domain.spec import Gap, Spec
from jobs.ports.model import Model, Prompt
from jobs.render import prompt

MOST = 4
"""Doubts that are shown: more would hide the ones that matter."""

_FIELDS = frozenset({"title", "goal", "criteria", "non_goals", "paths", "target", "docs"})
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Doubt(Frozen):
    """One thing that the spec leaves open."""

    field: str
    """Field of the spec: title, goal, criteria, non_goals, paths, target or docs."""
    text: _Text
    """What is open, in one sentence."""
    suggestion: _Text
    """A rewording that would close it, ready to be put into the field."""


class Opinion(Frozen):
    """What stands between the spec and a change that could be judged; empty when nothing does."""

    doubts: Annotated[tuple[Doubt, ...], Field(max_length=10)] = ()
    """Most important first."""


async def opinion(
    spec: Spec, model: Model, prompts: PromptSet | None = None
) -> tuple[tuple[Gap, ...], Spend]:
    """The doubts as gaps, and what asking has used; raises Unanswered when there is no usable answer."""
    text = spec.model_dump_json(indent=1, exclude_defaults=True, exclude={"engine", "template"})
    mark = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
    asked = Prompt(
        system=prompt(prompts, "opinion/system"),
        text=prompt(prompts, "opinion/question", spec=text, mark=mark),
    )
    answer = await model.ask(asked, Opinion)
    known = [one for one in answer.value.doubts if one.field in _FIELDS]
    gaps = (
        Gap(field=one.field, rule="opinion", text=one.text, suggestion=one.suggestion) for one in known[:MOST]
    )
    return tuple(gaps), answer.spend
