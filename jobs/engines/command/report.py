"""What a program says it did: the report it may leave; never more than words."""

import json
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from jobs.domain.base_model import Frozen
from jobs.domain.brief import Brief
from jobs.domain.question import Question
from jobs.domain.run import Answer, NamedProof
from jobs.redaction import scrub

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""Some text for a person."""


class Reply(Frozen):
    """An answer to one thing that was said."""

    to: int
    """Its number."""
    text: Words
    """What was done about it, or why nothing was."""


class Assumption(Frozen):
    """Something the task did not say."""

    question: Words
    """What was unclear."""
    options: Annotated[tuple[Words, ...], Field(max_length=5)] = ()
    """Answers that would make sense."""
    chosen: Words
    """The one it went on with."""
    criteria: tuple[str, ...] = ()
    """Ids of the criteria it touches."""


class Report(Frozen):
    """The whole report."""

    summary: Annotated[str, StringConstraints(max_length=4000)] = ""
    """What changed and why."""
    proofs: Annotated[tuple[NamedProof, ...], Field(max_length=100)] = ()
    """Tests per criterion."""
    answers: Annotated[tuple[Reply, ...], Field(max_length=100)] = ()
    """Answers to what was said."""
    assumptions: Annotated[tuple[Assumption, ...], Field(max_length=20)] = ()
    """What it had to assume."""
    unable: Annotated[str, StringConstraints(max_length=4000)] = ""
    """Why it cannot be done."""

    def replies(self, brief: Brief) -> tuple[Answer, ...]:
        """Its answers, by the ids of what was said."""
        return tuple(
            Answer(to=brief.feedback[one.to - 1].id, text=one.text)
            for one in self.answers
            if 0 < one.to <= len(brief.feedback)
        )

    def questions(self) -> tuple[Question, ...]:
        """Its assumptions; there is no tree to go back to, so another answer is a run of its own."""
        return tuple(
            Question(
                id=f"Q{number}",
                text=one.question,
                options=tuple(dict.fromkeys((*one.options, one.chosen))),
                chosen=one.chosen,
                criteria=one.criteria,
            )
            for number, one in enumerate(self.assumptions, 1)
        )


def read_report(content: bytes | None) -> Report | None:
    """The report, each of its parts for itself: one that cannot be read is left out; None without any."""
    try:
        told = json.loads(scrub((content or b"").decode()))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    parts: dict[str, Any] = {}
    for name in told.keys() & Report.model_fields.keys():
        try:
            parts[name] = getattr(Report.model_validate({name: told[name]}), name)
        except ValidationError:
            continue
    return Report(**parts)
