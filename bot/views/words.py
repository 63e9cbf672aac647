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


class FormWords(Frozen):
    """All words of one form."""

    title: str
    """The view's title."""
    submit: str
    """A verb."""
    close: str
    """How to leave."""
    loading: str
    """While facts are collected."""
    failed: str
    """When the facts could not be collected."""
    optional: str
    """Above the inputs that may stay empty."""
    missing: str
    """Under a required input that is empty."""
    unknown: str
    """For an answer without a field."""
    criterion: str
    """Puts a problem to the criterion with a number."""
    proof: str
    """When a proof cannot be read."""
    fields: dict[str, FieldWords]
    """By field of the spec."""
    options: dict[str, dict[str, OptionWords]]
    """By field and value."""


@cache
def form_words(name: str) -> FormWords:
    """The words of templates/modal/`name`.yml."""
    text = (TEMPLATES / "modal" / f"{name}.yml").read_text(encoding="utf-8")
    return FormWords.model_validate(yaml.safe_load(text))
