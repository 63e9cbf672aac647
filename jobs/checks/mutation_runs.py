"""Mutants of the changed lines, tried with the named tests: what they kill, and what they let live."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from jobs.checks.acceptance_runs import Acceptance, selected
from jobs.checks.changes import SourceChange, base_settings, base_tests
from jobs.checks.diff import added_numbers
from jobs.checks.languages import executed, mutants_of, turned
from jobs.checks.layout import is_product_code
from jobs.checks.mutants import Mutant, spread
from jobs.checks.report import Case, CaseOutcome, Manner, ReportError, read_junit
from jobs.checks.side import Overlay, Side
from jobs.domain.spec import Kind
from jobs.ports import Command

_CASE_TIMEOUT: Final = 20.0
_AGAINST_SUITE: Final = 6
_TURNED: Final = 8
_NOTHING: Final = "no changed line that the tests run can be mutated"


@dataclass(frozen=True)
class Tried:
    """One mutant and what the tests said."""

    mutant: Mutant
    """The fault."""
    killed_by: frozenset[str]
    """Ids of tests that failed by assertion."""
    noticed: bool
    """True when anything but a pass came out, a crash or a time-out included."""

    def killed(self, node: str) -> bool:
        """True when a test that the node id covers failed by assertion."""
        return bool(
            selected({name: Case(id=name, outcome=CaseOutcome.FAILED) for name in self.killed_by}, node)
        )


@dataclass(frozen=True)
class Mutation:
    """What came out of all mutants."""

    tried: tuple[Tried, ...] = ()
    """In the order they were tried."""
    unavailable: str = ""
    """Why nothing was tried, or empty."""
    missed_by_suite: tuple[Mutant, ...] = ()
    """Killed by the new tests while the old suite stays green; looked at for the kind `tests` only."""
    uncovered: Mapping[str, frozenset[int]] | None = None
    """Changed lines that no named test ran."""
    deaf: frozenset[str] = frozenset()
    """Named tests that still pass with an assertion turned around."""
    sharp: frozenset[str] = frozenset()
    """Named tests that fail with an assertion turned around."""
    disagrees: bool = False
    """True when the named tests fail here although they passed before, with nothing changed."""


async def mutate(
    head: Side,
    *,
    acceptance: Acceptance | None,
    nodes: tuple[str, ...],
    changes: tuple[SourceChange, ...],
    diff: str,
    kind: Kind,
    extra: Overlay | None = None,
) -> Mutation:
    """Try mutants of changed and covered lines; for the kind `tests`, of every line that the tests cover.

    `extra` is laid over the tree: test files that are no part of the change.
    """
    if acceptance is None or not nodes:
        return Mutation(unavailable="there are no acceptance tests to challenge")
    passing = tuple(node for node in nodes if _passes(acceptance, node))
    if not passing:
        return Mutation(unavailable="no acceptance test passes")
    ran = acceptance.head[0].lines
    wanted = dict(ran) if kind is Kind.TESTS else added_numbers(diff)
    wanted = {path: lines for path, lines in wanted.items() if is_product_code(path)}
    mutants: list[Mutant] = []
    uncovered: dict[str, frozenset[int]] = {}
    for path, lines in sorted(wanted.items()):
        source = await _source(head, changes, path)
        covered = executed(path, source, ran.get(path, frozenset())) & lines
        uncovered[path] = lines - covered
        mutants += mutants_of(path, source, covered)
    picked = spread(mutants)
    around = await _turned(head, changes, passing)
    if not picked and not around:
        return Mutation(unavailable=_NOTHING, uncovered=uncovered)
    overlay = {**base_settings(changes), **(extra or {})}
    found = await _challenge(
        head, picked, around=around, nodes=passing, changes=changes, overlay=overlay, kind=kind
    )
    return replace(found, uncovered=uncovered)


async def _challenge(
    head: Side,
    picked: tuple[Mutant, ...],
    *,
    around: Mapping[str, Mutant],
    nodes: tuple[str, ...],
    changes: tuple[SourceChange, ...],
    overlay: Overlay,
    kind: Kind,
) -> Mutation:
    faults = (*picked, *around.values())
    outcomes = await _try(head, faults, nodes=nodes, overlay=overlay)
    if outcomes is None:
        return Mutation(unavailable="mutants cannot be tried with this test runner")
    if _bad(outcomes[0] or {}):
        return Mutation(unavailable="the tests fail when they are run again", disagrees=True)
    tried = tuple(_judged(mutant, cases) for mutant, cases in zip(picked, outcomes[1:], strict=False))
    last = zip(around, outcomes[1 + len(picked) :], strict=True)
    deaf = frozenset(node for node, cases in last if cases is not None and not _bad(selected(cases, node)))
    sharp = frozenset(around) - deaf
    if not picked:
        return Mutation(unavailable=_NOTHING, deaf=deaf, sharp=sharp)
    killed = tuple(one.mutant for one in tried if one.killed_by)[:_AGAINST_SUITE]
    missed = await _missed(head, killed, changes) if kind is Kind.TESTS and killed else ()
    return Mutation(tried=tried, missed_by_suite=missed, deaf=deaf, sharp=sharp)


async def _turned(head: Side, changes: tuple[SourceChange, ...], nodes: tuple[str, ...]) -> dict[str, Mutant]:
    found: dict[str, Mutant] = {}
    for node in nodes[:_TURNED]:
        path = head.toolchain.file_of(node)
        names = tuple(node.partition("[")[0].split("::")[1:])
        if head.toolchain.name == "unittest":
            names = tuple(node.split(".")[-2:])
        mutant = turned(path, await _source(head, changes, path), names) if names else None
        if mutant is not None:
            found[node] = mutant
    return found


async def _missed(
    head: Side, killed: tuple[Mutant, ...], changes: tuple[SourceChange, ...]
) -> tuple[Mutant, ...]:
    outcomes = await _try(head, killed, nodes=(), overlay=base_tests(changes))
    if outcomes is None:
        return ()
    usual = _bad(outcomes[0] or {})
    pairs = zip(killed, outcomes[1:], strict=True)
    return tuple(mutant for mutant, cases in pairs if cases is not None and _bad(cases) <= usual)


async def _try(
    head: Side, mutants: tuple[Mutant, ...], *, nodes: tuple[str, ...], overlay: Overlay
) -> list[dict[str, Case] | None] | None:
    """Outcomes of the unchanged code, then per mutant (None: no report); None when it cannot be tried."""
    path = mutants[0].path
    control = [{"path": path, "source": "original"}]
    faults = [{"path": one.path, "source": f"mutant{at}"} for at, one in enumerate(mutants)]
    plan = {"mutants": control + faults, "timeout": _CASE_TIMEOUT}
    sources = {f"mutant{at}": one.source.encode() for at, one in enumerate(mutants)}
    laid = overlay.get(path)
    sources["original"] = laid if laid is not None else await head.workspace.read(path) or b""
    command = head.toolchain.mutation(json.dumps(plan).encode(), sources, nodes)
    if command is None:
        return None
    outcomes = await _run(head, command, overlay=overlay, count=len(mutants) + 1)
    return outcomes if outcomes and outcomes[0] else None


async def _run(
    head: Side, command: Command, *, overlay: Overlay, count: int
) -> list[dict[str, Case] | None] | None:
    limited = command.model_copy(update={"timeout": _CASE_TIMEOUT * 2 + count * 10.0})
    result = await head.execute(limited, overlay=overlay)
    if result.exit_code != 0:
        return None
    return [_read(result.files.get(f"{number}.xml")) for number in range(count)]


def _read(content: bytes | None) -> dict[str, Case] | None:
    try:
        return read_junit(content)
    except ReportError:
        return None


def _judged(mutant: Mutant, cases: dict[str, Case] | None) -> Tried:
    if cases is None:
        return Tried(mutant, frozenset(), noticed=True)
    killed = frozenset(name for name, one in cases.items() if one.manner is Manner.ASSERTION)
    return Tried(mutant, killed, noticed=bool(_bad(cases)))


def _bad(cases: Mapping[str, Case]) -> frozenset[str]:
    wrong = (CaseOutcome.FAILED, CaseOutcome.ERROR)
    return frozenset(name for name, one in cases.items() if one.outcome in wrong)


def _passes(acceptance: Acceptance, node: str) -> bool:
    _, runs = acceptance.cases(node)
    return bool(runs) and all(run and not _bad(run) for run in runs)


async def _source(head: Side, changes: tuple[SourceChange, ...], path: str) -> str:
    for one in changes:
        if one.path == path:
            return one.text()[1]
    return (await head.workspace.read(path) or b"").decode("utf-8", "replace")
