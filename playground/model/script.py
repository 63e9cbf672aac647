"""The scripted model's mind: straight-line steps, replayed against what the tools really said."""

from collections.abc import Generator
from typing import Protocol

from playground.model.talk import Call, Seen, Talk

Steps = Generator[Call, Seen, None]
"""Yields the next call, is sent what came back."""


class Script(Protocol):
    """One way of behaving."""

    def steps(self, talk: Talk) -> Steps:
        """The steps for a task; the same results always lead to the same steps."""


def next_call(script: Script, talk: Talk) -> Call | None:
    """What the model does now: the script, run over every result so far; None when it has nothing to do.

    A call whose arguments were cut off on the way is not the one the script made, so it is made again.
    """
    steps = script.steps(talk)
    pending = next(steps, None)
    for exchange in talk.exchanges:
        if pending is None:
            return None
        if exchange.call == pending:
            pending = _send(steps, exchange.seen)
    return pending


def _send(steps: Steps, seen: Seen) -> Call | None:
    try:
        return steps.send(seen)
    except StopIteration:
        return None
