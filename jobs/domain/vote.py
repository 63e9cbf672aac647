"""What people think of a run's result: one vote each, which may change."""

from collections.abc import Sequence
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.people import Person

MOST = 200
"""Votes kept with a task."""


class Vote(Frozen):
    """One person's answer to whether a run was useful."""

    run: int
    """Number of the run."""
    person: Person
    """Who."""
    useful: bool
    """Their answer."""
    at: datetime
    """When, with time zone."""


def voted(votes: Sequence[Vote], vote: Vote) -> tuple[Vote, ...]:
    """The votes with this one in the place of the same person's earlier one on that run."""
    others = [one for one in votes if (one.run, one.person.id) != (vote.run, vote.person.id)]
    return (*others, vote)[-MOST:]


def tally(votes: Sequence[Vote], run: int) -> tuple[int, int]:
    """How many found a run useful, and how many did not."""
    of_run = [one.useful for one in votes if one.run == run]
    return of_run.count(True), of_run.count(False)
