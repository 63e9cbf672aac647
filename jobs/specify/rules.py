"""The gate's words: what it looks for and what it says, from templates/gate/rules.yml."""

import re
from functools import cache

import yaml

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Gap
from jobs.render import TEMPLATES


class RuleWords(Frozen):
    """What one rule says."""

    field: str
    """Field of the spec it points to."""
    text: str
    """What is missing."""
    suggestion: str
    """What would close it."""
    blocking: bool = False
    """True: a spec with this gap is not accepted."""


class GateWords(Frozen):
    """Everything in rules.yml."""

    vague: str
    """Words that mean something else to everybody."""
    empty: str
    """Words that alone say nothing."""
    open_end: str
    """Pattern of endings that leave the rest to the reader."""
    assured: str
    """Pattern of sentences that only say that it will be all right."""
    undecided: str
    """Pattern of what is still to be decided."""
    failure: str
    """Words that tell of a failure."""
    failure_stems: str
    """Beginnings of such words."""
    rules: dict[str, RuleWords]
    """By name."""

    @property
    def vague_words(self) -> frozenset[str]:
        """The vague words, one by one."""
        return frozenset(self.vague.split())

    @property
    def empty_words(self) -> frozenset[str]:
        """The empty and the vague words, one by one."""
        return frozenset(self.empty.split()) | self.vague_words


@cache
def gate_words() -> GateWords:
    """The words of templates/gate/rules.yml."""
    text = (TEMPLATES / "gate" / "rules.yml").read_text(encoding="utf-8")
    return GateWords.model_validate(yaml.safe_load(text))


def gap(rule: str, *, what: str = "", **values: object) -> Gap:
    """The gap that a rule found; what it quotes is shortened."""
    words = gate_words().rules[rule]
    values["what"] = short(what, 300 if words.text == "{what}" else 60)
    return Gap(
        field=words.field.format(**values),
        rule=rule,
        text=words.text.format(**values),
        suggestion=words.suggestion.format(**values),
        blocking=words.blocking,
    )


def spoken(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text.casefold())


def normal(text: str) -> str:
    """A text by which the same statement is recognised: case, spacing and punctuation at word ends aside."""
    return " ".join(re.findall(r"[^\s.,;:!]+(?:[.,;:!]+[^\s.,;:!]+)*", text.casefold()))


def short(text: str, limit: int = 60) -> str:
    """A text as it is quoted."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
