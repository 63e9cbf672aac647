"""The scripted model as a colleague: acts on what was said of its change, and answers each remark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.model.script import Steps
from playground.model.talk import Call, Talk

CHANGELOG = "CHANGELOG.md"
SAID = "## What people and pipelines said since"
REMARK = re.compile(r"^<<< (\d+) \w+ ([0-9a-f]{12})\n(.*?)\n>>> \2$", re.MULTILINE | re.DOTALL)
WANTED = re.compile(r"changelog\b[^:\n]*:\s*(.+)", re.IGNORECASE)
"""What it knows how to do: “note in the changelog: …”."""
LOST = "This scripted model can only note things in the changelog; use a real model for more."


@dataclass(frozen=True)
class Rework:
    """Notes in the changelog what it is told to, and says truthfully when it can do nothing."""

    def steps(self, talk: Talk) -> Steps:
        """At most one edit for each remark, then an answer to each."""
        asked = [(number, WANTED.search(text)) for number, text in remarks(talk)]
        notes = [(number, found[1].strip()) for number, found in asked if found]
        for _, note in notes:
            change = {"path": CHANGELOG, "old": "## Unreleased\n", "new": f"## Unreleased\n- {note}\n"}
            yield (Call("edit", change),)
        told = dict(notes)
        answers = [
            {"to": number, "text": f"The changelog says it now: {told[number]}" if number in told else LOST}
            for number, _ in remarks(talk)
        ]
        summary = "Notes were added to the changelog." if notes else LOST
        finish = Call("finish", {"summary": summary, "proofs": [], "answers": answers})
        (seen,) = yield (finish,)
        while not seen.ok:
            (seen,) = yield (finish,)


def remarks(talk: Talk) -> tuple[tuple[int, str], ...]:
    """The numbered things that were said."""
    return tuple(_read(talk.task.partition(SAID)[2]))


def asks_for_rework(talk: Talk) -> bool:
    """Whether something was said of an earlier change."""
    return bool(remarks(talk)) and "It holds the change as it is in review now" in talk.task


def _read(text: str) -> Iterator[tuple[int, str]]:
    for found in REMARK.finditer(text):
        yield int(found[1]), found[3]
