"""Earlier versions of a task's spec, each with what came of it, so that two can be compared."""

from typing import TYPE_CHECKING

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend
from jobs.domain.patch import FileChange
from jobs.domain.spec import Spec
from jobs.domain.verdict import Verdict

if TYPE_CHECKING:
    from jobs.domain.task import Task

KEPT = 5
"""Versions kept with a task; the record of events holds every spec."""

DIFF = 40_000
"""Most characters of a diff that are kept with a version."""


class Version(Frozen):
    """One version of a spec that was replaced, and its last run."""

    number: int
    """From 1."""
    spec: Spec
    """What was wanted."""
    run: str = ""
    """Id of its last run; empty when it never ran."""
    state: str = ""
    """How that run ended."""
    rounds: int = 0
    """How many rounds it took."""
    spend: Spend = Spend()
    """What it used."""
    verdict: Verdict | None = None
    """Its last verdict."""
    files: tuple[FileChange, ...] = ()
    """What it changed."""
    diff: str = ""
    """The change itself; empty when it was larger than DIFF."""
    templates: str = ""
    """Version of the prompts it was written with."""
    engine: str = ""
    """Engine and model that wrote it."""


def version_of(task: "Task") -> Version:
    """The task's present version, with what its last run came to."""
    run = task.run
    if run is None:
        return Version(number=task.spec_version, spec=task.spec)
    patch = run.patch
    return Version(
        number=task.spec_version,
        spec=task.spec,
        run=run.id,
        state=run.state.value,
        rounds=run.round,
        spend=run.spend,
        verdict=run.verdict,
        files=patch.files[:200] if patch else (),
        diff=patch.diff if patch and len(patch.diff) <= DIFF else "",
        templates=run.templates,
        engine=run.engine,
    )


def kept_versions(task: "Task") -> tuple[Version, ...]:
    """The versions to keep once the task's spec is replaced."""
    return (*task.versions, version_of(task))[-KEPT:]
