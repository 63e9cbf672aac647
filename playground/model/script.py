"""The scripted model's mind: straight-line steps, replayed against what the tools really said."""

from collections.abc import Generator
from typing import Protocol

from playground.model.talk import Call, Seen, Talk

Steps = Generator[tuple[Call, ...], tuple[Seen, ...], None]
"""Yields the next calls, is sent what came back for each."""


class Script(Protocol):
    """One way of behaving."""

    def steps(self, talk: Talk) -> Steps:
        """The steps for a task; the same results always lead to the same steps."""


def next_calls(script: Script, talk: Talk) -> tuple[Call, ...]:
    """What the model does now: the script, run over every result so far; nothing when it is done.

    Calls of which one was cut off on the way are not those the script made, so they are made again.
    """
    steps = script.steps(talk)
    pending = next(steps, ())
    for turn in talk.turns:
        if pending and turn.calls == pending:
            pending = _send(steps, turn.seen)
    return pending


def _send(steps: Steps, seen: tuple[Seen, ...]) -> tuple[Call, ...]:
    try:
        return steps.send(seen)
    except StopIteration:
        return ()
