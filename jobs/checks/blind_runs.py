"""Independent tests: written without the change, run on both sides, kept outside the change.

A test that cannot be run on the target base is asked for once more; then its criterion has none. One that
passes there shows nothing. What the change itself brings is never laid under them but its product code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from jobs.checks.acceptance_runs import Acceptance, selected, until_a_problem
from jobs.checks.blind_writing import BlindFile, Surveyed, Writer, survey, write
from jobs.checks.changes import SourceChange, base_settings, changed_product
from jobs.checks.mutation_runs import Mutation, mutate
from jobs.checks.report import CaseOutcome, Manner, collection_error
from jobs.checks.side import Overlay, Side, Trial
from jobs.checks.toolchains.protocol import Asked
from jobs.domain.patch import ChangeStatus, FileChange
from jobs.domain.spec import Criterion, Kind, Spec
from jobs.ports import Unanswered

RUNNERS: Final = ("pytest", "unittest")
"""Toolchains for which tests are written."""
_KINDS: Final = frozenset({Kind.BUGFIX, Kind.FEATURE, Kind.BOILERPLATE})


@dataclass(frozen=True)
class Blind:
    """What came of asking for independent tests."""

    wanted: tuple[str, ...] = ()
    """Criteria without a proof in the spec; empty where no test is asked for."""
    nodes: Mapping[str, str] = field(default_factory=dict)
    """Criterion → node id of its test."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Criterion → why it has none."""
    runs: Acceptance | None = None
    """The tests on both sides."""
    file: SourceChange | None = None
    """Their file, as if the change had added it."""


def wanted_by(spec: Spec) -> tuple[Criterion, ...]:
    """The criteria that a test is written for: those whose proof the spec leaves open."""
    return tuple(one for one in spec.criteria if one.proof is None) if spec.kind in _KINDS else ()


async def blind_on_both(
    base: Side,
    head: Side,
    *,
    spec: Spec,
    writer: Writer,
    changes: tuple[SourceChange, ...],
    folder: str,
    longest: float,
) -> Blind:
    """Have the tests written and run them: on the target base once, on the head three times.

    Each run on the head may take `longest` seconds.
    """
    wanted = wanted_by(spec)
    names = tuple(one.id for one in wanted)
    if base.toolchain.name not in RUNNERS:
        reason = "Independent tests are written for pytest and unittest only."
        return Blind(wanted=names, missing=dict.fromkeys(names, reason))
    path = _path(spec, folder)
    try:
        written, there, missing = await _written(base, spec, wanted, writer=writer, path=path)
    except Unanswered as unanswered:
        return Blind(wanted=names, missing=dict.fromkeys(names, unanswered.reason))
    nodes = {one: node for one, node in _nodes(written, wanted, path, base).items() if one not in missing}
    source = SourceChange(
        file=FileChange(path=path, status=ChangeStatus.ADDED), before=None, after=written.source.encode()
    )
    if not nodes:
        return Blind(wanted=names, missing=missing, file=source)
    return Blind(names, nodes, missing, await _runs(head, there, source, changes, longest=longest), source)


async def blind_faults(
    head: Side, blind: Blind, *, changes: tuple[SourceChange, ...], diff: str, kind: Kind
) -> Mutation:
    """Faults in the changed lines, tried with the independent tests."""
    if blind.file is None:
        return Mutation(unavailable="there are no independent tests")
    return await mutate(
        head,
        acceptance=blind.runs,
        nodes=tuple(blind.nodes.values()),
        changes=(*changes, blind.file),
        diff=diff,
        kind=kind,
        extra={blind.file.path: blind.file.after},
    )


async def _runs(
    head: Side, there: Trial, source: SourceChange, changes: tuple[SourceChange, ...], *, longest: float
) -> Acceptance:
    path = source.path
    overlay: Overlay = {**base_settings(changes), path: source.after}
    traced = changed_product(changes)
    one = Asked((path,), timeout=longest)
    asked = (replace(one, seed=3, traced=traced), replace(one, seed=4), replace(one, seed=5))
    return Acceptance(there, await until_a_problem(head, asked, overlay), (path,))


async def _written(
    base: Side, spec: Spec, wanted: tuple[Criterion, ...], *, writer: Writer, path: str
) -> tuple[BlindFile, Trial, dict[str, str]]:
    """The file, its run on the target base, and why criteria have no usable test; asked for twice at most."""
    seen = await survey(base, spec)
    found = await _attempt(base, spec, wanted, writer=writer, path=path, seen=seen, problem="")
    unusable = found[2]
    if not any(one in unusable for one in _named(found[0])):
        return found
    told = "\n".join(f"{one}: {why}" for one, why in unusable.items())
    return await _attempt(base, spec, wanted, writer=writer, path=path, seen=seen, problem=told)


async def _attempt(
    base: Side,
    spec: Spec,
    wanted: tuple[Criterion, ...],
    *,
    writer: Writer,
    path: str,
    seen: Surveyed,
    problem: str,
) -> tuple[BlindFile, Trial, dict[str, str]]:
    place = (path, base.toolchain.name)
    written = await write(writer, spec, wanted=wanted, seen=seen, place=place, problem=problem)
    trial = await base.trial(Asked((path,), seed=3), overlay={path: written.source.encode()})
    nodes = _nodes(written, wanted, path, base)
    unusable = {
        one.id: broken(trial, nodes[one.id], kind=spec.kind, path=path)
        if one.id in nodes
        else "No independent test was written for it."
        for one in wanted
    }
    return written, trial, {one: why for one, why in unusable.items() if why}


def broken(trial: Trial, node: str, *, kind: Kind, path: str) -> str:
    """Why a test cannot be used, from its run on the target base; empty when it can."""
    if trial.problem:
        return f"The independent test cannot be run: {trial.problem}."
    cases = list(selected(trial.cases, node).values())
    error = collection_error(trial.cases, path)
    if not cases and error is not None:
        cases = [error]
    if not cases:
        return "The independent test is not there."
    for case in cases:
        missing = case.manner is Manner.MISSING and kind is not Kind.BUGFIX
        usable = case.manner in (Manner.ASSERTION, Manner.CRASH) and case.outcome is CaseOutcome.FAILED
        if case.outcome is CaseOutcome.SKIPPED:
            return "The independent test is skipped."
        if case.outcome is not CaseOutcome.PASSED and not usable and not missing:
            return f"The independent test is broken: {case.message[:300]}"
    return ""


def _nodes(written: BlindFile, wanted: tuple[Criterion, ...], path: str, base: Side) -> dict[str, str]:
    known = {one.id for one in wanted}
    module = path.removesuffix(".py").replace("/", ".")
    pytest = base.toolchain.name == "pytest"
    return {
        one.criterion: f"{path}::{one.test.replace('.', '::')}" if pytest else f"{module}.{one.test}"
        for one in written.tests
        if one.criterion in known
    }


def _named(written: BlindFile) -> set[str]:
    return {one.criterion for one in written.tests}


def _path(spec: Spec, folder: str) -> str:
    digest = hashlib.sha256(spec.model_dump_json().encode(errors="replace")).hexdigest()[:8]
    return f"{folder}/test_blind_{digest}.py" if folder not in ("", ".") else f"test_blind_{digest}.py"
