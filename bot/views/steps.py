"""The steps of the form and the fields of each; which step a problem belongs to."""

from collections.abc import Mapping
from enum import StrEnum

Answers = Mapping[str, str]
"""What the form holds: field → text in the form's notation; empty fields are left out."""


class Step(StrEnum):
    """One view of the form."""

    INTENT = "intent"
    """What is wanted."""
    SUCCESS = "success"
    """How it is known to be done."""
    RUNNING = "running"
    """When and how it runs."""


ORDER = tuple(Step)
"""The steps, first to last."""

_FIELDS: Mapping[Step, tuple[str, ...]] = {
    Step.INTENT: ("kind", "repository", "title", "goal", "context", "target"),
    Step.SUCCESS: ("template", "criteria", "non_goals", "paths", "docs", "reviewers"),
    Step.RUNNING: ("when", "at", "priority", "usd", "depends_on", "engine"),
}
_ONLY_WHEN = {"context": ("context", ""), "at": ("when", "at")}
"""Field → the field, and its value, that bring it into the view; an empty value stands for any."""


def fields_of(step: Step, answers: Answers) -> tuple[str, ...]:
    """The fields of a step as the view shows them for what is known so far."""
    return tuple(name for name in _FIELDS[step] if _shown(name, answers))


def step_of(field: str) -> Step | None:
    """The step that a field stands in; None for what is no field of the form."""
    return next((step for step in ORDER if field in _FIELDS[step]), None)


def after(step: Step) -> Step | None:
    """The next step, None after the last."""
    place = ORDER.index(step) + 1
    return ORDER[place] if place < len(ORDER) else None


def before(step: Step) -> Step:
    """The step before; the first stays where it is."""
    return ORDER[max(0, ORDER.index(step) - 1)]


def until(step: Step, problems: Mapping[str, str]) -> dict[str, str]:
    """The problems of a step and those before it."""
    reached = ORDER[: ORDER.index(step) + 1]
    return {field: text for field, text in problems.items() if (step_of(field) or Step.INTENT) in reached}


def _shown(name: str, answers: Answers) -> bool:
    other, value = _ONLY_WHEN.get(name, ("", ""))
    if not other:
        return True
    return answers.get(other) == value if value else bool(answers.get(other))
