"""The shape of what the scripted model knows: symptoms, where to look, what to change, how to test it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playground.model.talk import Criterion

Modules = Mapping[str, str]
"""Name of a place → the module found there, as it is imported."""


@dataclass(frozen=True)
class Place:
    """Some code, found by what it says and not by its path."""

    name: str
    symbol: str
    """A regular expression to search for."""
    shape: re.Pattern[str]
    """What its file must contain to be the right one."""
    optional: bool = False
    """True: it is no failure when there is no such file."""


@dataclass(frozen=True)
class Change:
    """One replacement in the text of a place."""

    place: str
    find: re.Pattern[str]
    replace: str
    done: re.Pattern[str]
    """Matches once the change is there."""


@dataclass(frozen=True)
class Topic:
    """One thing that the scripted model can do."""

    symptom: re.Pattern[str]
    places: tuple[Place, ...]
    changes: tuple[Change, ...]
    test_file: str
    header: Callable[[Modules], str]
    """The top of the test file."""
    test: Callable[[Criterion], str | None]
    """The body of a test for a criterion; None when it knows none."""
    summary: str
    assumption: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Arguments of an assume call, without the criteria; empty when nothing is unclear."""


def test_name(criterion: Criterion) -> str:
    """The name of a criterion's test function."""
    words = re.sub(r"[^a-z0-9]+", "_", criterion.text.lower().replace("-", " minus ")).strip("_")
    return f"test_{words[:70].strip('_')}"


def test_source(topic: Topic, criteria: tuple[Criterion, ...], modules: Modules) -> str:
    """The whole test file for the criteria that the topic knows a test for."""
    tests = [
        f"def {test_name(one)}():\n    {body}\n" for one in criteria if (body := topic.test(one)) is not None
    ]
    return "\n\n".join([topic.header(modules), *tests])


def module_of(path: str) -> str:
    """How a file is imported."""
    return path.removeprefix("./").removeprefix("src/").removesuffix(".py").replace("/", ".")
