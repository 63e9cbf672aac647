"""The scripted model's other mind: writes the notes a spec asks for, at next to no cost."""

import re
from dataclasses import dataclass

from playground.model.script import Steps
from playground.model.talk import Call, Talk

WANTED = re.compile(r"(notes/[\w-]+\.txt) says (\w[\w -]*)")
"""What a criterion says of a note."""


@dataclass(frozen=True)
class Notes:
    """Looks around, writes each note, reads it back, and finishes."""

    def steps(self, talk: Talk) -> Steps:
        """Three answers of the model, whatever the number of notes."""
        wanted = [found for one in talk.criteria if (found := WANTED.search(one.text))]
        yield (Call("read", {"path": "."}),)
        yield tuple(Call("write", {"path": one[1], "content": f"{one[2].strip()}\n"}) for one in wanted)
        finish = Call("finish", {"summary": "The notes are written.", "proofs": []})
        (seen,) = yield (finish,)
        while not seen.ok:
            (seen,) = yield (finish,)


def asks_for_notes(talk: Talk) -> bool:
    """Whether this is a task for Notes."""
    return any(WANTED.search(one.text) for one in talk.criteria)
