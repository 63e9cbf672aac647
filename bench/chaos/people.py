"""People who fill in the form until it is taken, and press Retry when a task has stopped."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from jobs.domain.action import Action
from jobs.domain.spec import Criterion, Docs, Kind, Paths, Proof, Spec
from jobs.errors import Stop
from playground.form import answers, opened, submit
from playground.person import Person
from playground.stack import Stack

CHANNEL = "C0PAY"
PEOPLE = ("U0ANA", "U0BEN")
NOTES = "payments/notes"
"""The cheap repository."""

TROUBLE = (Stop, ValueError, TimeoutError, StopIteration, ConnectionError, aiohttp.ClientError)
"""What a person meets while the bot is away."""

FULL = (
    "Round half up in invoice totals",
    "Amounts exactly half way between two cents are rounded to the even cent (banker's rounding); finance "
    "expects half up, away from zero for credit notes.",
    ("A line of 1 x 2.665 totals 2.67", "VAT at the small rate (5%) on a net of 0.50 is 0.03"),
)


def cheap(number: int) -> Spec:
    """A note in a repository whose suite takes no time."""
    text = f"entry {number}"
    proof = Proof(command=f'grep -qx "{text}" notes/*.txt')
    return Spec(
        kind=Kind.BUGFIX,
        title=f"Write down entry number {number}",
        repository=NOTES,
        goal=f"The list of notes has no entry {number}, so whoever looks for it finds nothing.",
        criteria=(Criterion(id="AC1", text=f"notes/n{number}.txt says {text}", proof=proof),),
        paths=Paths(allow=(f"notes/n{number}.txt",)),
        docs=Docs.NONE,
    )


def full(number: int) -> Spec:
    """The demo's bug, verified with all there is."""
    title, goal, texts = FULL
    return Spec(
        kind=Kind.BUGFIX,
        title=f"{title} ({number})",
        repository="payments/api",
        goal=goal,
        criteria=tuple(Criterion(id=f"AC{at}", text=text) for at, text in enumerate(texts, 1)),
        docs=Docs.NONE,
    )


@dataclass
class People:
    """Two people who do not give up."""

    stack: Stack
    asked: dict[str, Spec] = field(default_factory=dict)
    """Title → spec of every form that was taken."""
    pressed: int = 0
    """How often Retry was pressed."""

    async def ask_for(self, specs: list[Spec]) -> None:
        """Share the specs out and submit them all."""
        shares = [specs[one :: len(PEOPLE)] for one in range(len(PEOPLE))]
        await asyncio.gather(*(self._all(user, share) for user, share in zip(PEOPLE, shares, strict=True)))

    async def retry(self, ts: str, user: str) -> None:
        """Press the button under the head message; a failure is pressed again by whoever calls."""
        async with Person(self.stack.slack, user) as person:
            try:
                await person.click(CHANNEL, ts, Action.RETRY)
                self.pressed += 1
            except TROUBLE:
                return

    async def _all(self, user: str, specs: list[Spec]) -> None:
        async with Person(self.stack.slack, user) as person:
            for spec in specs:
                await self._one(person, spec)
                self.asked[spec.title] = spec

    async def _one(self, person: Person, spec: Spec) -> None:
        form: tuple[str, Mapping[str, Any]] | None = None
        while True:
            try:
                form = form or await self._filled(person, spec)
                if (await submit(person, *form)).get("ok"):
                    return
            except TROUBLE:
                pass
            if form is None:
                await self._cleared(person)
            await asyncio.sleep(0.5)

    async def _filled(self, person: Person, spec: Spec) -> tuple[str, Mapping[str, Any]]:
        answer = await person.command("", CHANNEL)
        if not answer.get("ok"):
            raise Stop("The bot does not answer.")
        view_id = await opened(person, within=5.0)
        return view_id, await answers(person, view_id, spec)

    async def _cleared(self, person: Person) -> None:
        try:
            for view in reversed(await person.views()):
                await person.close(view["id"], clear=True)
        except TROUBLE:
            return
