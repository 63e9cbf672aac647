"""Every view and message that can be built is one that Slack takes and a person can read.

`make test` tries a few of each; `make contracts` tries many (CONTRACT_EXAMPLES).
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import bot.views
import jobs.messages
from tests.contracts import rules
from tests.contracts.hostile import EXAMPLES
from tests.contracts.surfaces import SURFACES, Surface

PIECES = {"bot.views.blocks", "jobs.messages.blocks"} | {
    f"bot.views.home.{name}" for name in ("figures", "rows", "team")
}
"""Parts that only stand inside what the surfaces build."""
PAYLOADS = ("Block", "Message")


@pytest.mark.parametrize("surface", SURFACES, ids=lambda one: one.name)
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_slack_takes_what_is_built(surface: Surface, data: st.DataObject) -> None:
    found = data.draw(surface.built.map(lambda built: sorted(set(surface.faults(built))) if built else []))

    assert found == []


def test_every_builder_is_listed() -> None:
    listed = {one.name for one in SURFACES}

    assert sorted(builders() - listed) == [], "add it to tests/contracts/surfaces.py"
    assert sorted(one for one in listed - builders() if not one.endswith(".errors")) == []


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ({"type": "section", "text": {"type": "mrkdwn", "text": ":tada: 🎉"}}, "nothing to read"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "hey <!channel>"}}, "<!channel>"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}, "3000"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "🎉x" * 1200}}, "3000"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x\x07"}}, "control character"),
        ({"type": "image", "image_url": "https://x.example/1.png", "alt_text": " "}, "alt_text"),
        ({"type": "imaginary"}, "unsupported type"),
    ],
)
def test_the_rules_see_what_is_wrong(block: dict[str, object], fault: str) -> None:
    assert fault in "\n".join(rules.message("A text.", [block]))


def builders() -> set[str]:
    """Public functions of both packages whose result says that it is a payload."""
    return {
        f"{module}.{name}"
        for module in modules()
        for name, function in inspect.getmembers(import_module(module), inspect.isfunction)
        if function.__module__ == module and not name.startswith("_") and _shown(function)
    }


def modules() -> Iterator[str]:
    for package in (bot.views, jobs.messages):
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if one.name not in PIECES:
                yield one.name


def _shown(function: Callable[..., object]) -> bool:
    result = str(inspect.get_annotations(function, eval_str=False).get("return", ""))
    if function.__name__.startswith("read_"):
        return False
    return any(word in result for word in (*PAYLOADS, "JsonValue", "dict[str, object]"))
