"""The words of modals, from templates/modal/."""

from functools import cache

import yaml

from jobs.domain.base_model import Frozen
from jobs.render import TEMPLATES


class FieldWords(Frozen):
    """What stands around one input."""

    label: str
    """Above it."""
    hint: str | None = None
    """Below it."""
    placeholder: str
    """Inside, while it is empty."""


class OptionWords(Frozen):
    """One choice of a select."""

    text: str
    """What is chosen."""
    description: str | None = None
    """What it means."""


class StepWords(Frozen):
    """What one step of the form says of itself."""

    note: str
    """Above its inputs, mrkdwn."""
    submit: str
    """A verb."""


class WhenWords(Frozen):
    """What is wrong with a time."""

    past: str
    """It is over."""
    no_time: str
    """None was chosen."""
    no_window: str
    """Its window is gone."""


class MoneyWords(Frozen):
    """What is wrong with a budget."""

    number: str
    """It is no amount."""
    most: str
    """It is above the cap."""


class FormWords(Frozen):
    """All words of the form."""

    title: str
    """The view's title."""
    close: str
    """How to leave."""
    leave: str
    """How to leave a view that only says something."""
    loading: str
    """While facts are collected."""
    failed: str
    """When the facts could not be collected."""
    expired: str
    """When what was entered before is gone."""
    missing: str
    """Under a required input that is empty."""
    unknown: str
    """For an answer without a field."""
    too_many: str
    """Under a list that is too long."""
    too_long: str
    """Under a text that is too long."""
    criterion: str
    """Puts a problem to the criterion with a number."""
    proof: str
    """When a proof cannot be read."""
    begin: str
    """The button that begins the form with a thread."""
    back: str
    """The button to the step before."""
    steps: dict[str, StepWords]
    """By step."""
    fields: dict[str, FieldWords]
    """By field of the form."""
    options: dict[str, dict[str, OptionWords]]
    """By field and value."""
    no_engine: str
    """When an engine is not offered any more."""
    when: WhenWords
    """Problems of a time."""
    usd: MoneyWords
    """Problems of a budget."""


class BatchWords(Frozen):
    """All words of the form for many specs."""

    title: str
    """The views' title."""
    close: str
    """How to leave."""
    back: str
    """How to leave a table that cannot be approved."""
    check: str
    """The form's verb."""
    note: str
    """Above the inputs."""
    document: str
    """Label of the document."""
    part: str
    """Label of a further part of a long one."""
    hint: str
    """Below it."""
    placeholder: str
    """Inside it."""
    file: str
    """Label of the file."""
    ready: str
    """When all can be created."""
    blocked: str
    """When some cannot."""
    looking: str
    """While a worker looks at what the rules cannot know."""
    cost: str
    """What all together will probably cost."""
    estimate: str
    """In the row of a spec: what it will probably take."""
    unseen: str
    """When no worker answered."""
    sent_back: str
    """In the row of one that cannot."""
    score: str
    """In the row of one that can."""
    create: str
    """The table's verb."""
    create_ticked: str
    """The table's verb where some may be left out."""
    more: str
    """Below a table that is cut."""
    overlap: str
    """Two that declare the same paths."""
    ticks: str
    """Label of what may be left out."""
    ticks_of: str
    """The same where the boxes stand in groups."""
    none_ticked: str
    """When everything is left out."""
    dividing: str
    """While a spec is divided."""
    empty: str
    """When there is neither text nor file."""
    too_long: str
    """When the file is too large."""
    unreadable: str
    """When the file cannot be had."""
    line: str
    """When a line is no spec."""
    heading: str
    """Title of a batch written a spec a line."""


class VersionWords(Frozen):
    """All words of the comparison of two versions."""

    title: str
    """The view's title."""
    close: str
    """How to leave."""
    version: str
    """Above each side."""
    asked: str
    """Above goal and criteria."""
    came: str
    """Above how the run ended."""
    evidence: str
    """Above the evidence."""
    files: str
    """Above the files."""
    diff: str
    """Above a change."""
    nothing: str
    """For a version without a run."""
    no_verdict: str
    """For a run without a verdict."""
    run: str
    """How a run ended."""
    by: str
    """Who wrote it, and with which prompts."""
    none: str
    """For an empty side."""


@cache
def version_words() -> VersionWords:
    """The words of templates/modal/versions.yml."""
    text = (TEMPLATES / "modal" / "versions.yml").read_text(encoding="utf-8")
    return VersionWords.model_validate(yaml.safe_load(text))


@cache
def batch_words() -> BatchWords:
    """The words of templates/modal/batch.yml."""
    text = (TEMPLATES / "modal" / "batch.yml").read_text(encoding="utf-8")
    return BatchWords.model_validate(yaml.safe_load(text))


@cache
def form_words(name: str) -> FormWords:
    """The words of templates/modal/`name`.yml."""
    text = (TEMPLATES / "modal" / f"{name}.yml").read_text(encoding="utf-8")
    return FormWords.model_validate(yaml.safe_load(text))
