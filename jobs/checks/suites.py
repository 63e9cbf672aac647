"""The existing suite: what it does on the target base, and what its tests say of the head."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jobs.checks.changes import SourceChange, base_tests, changed_product
from jobs.checks.layout import is_product_python, is_test, is_test_module
from jobs.checks.removed import removed_names
from jobs.checks.report import Case, CaseOutcome
from jobs.checks.side import Overlay, Side, Trial
from jobs.checks.toolchains.protocol import Asked
from jobs.checks.turned import able, turned
from jobs.domain.base_model import Frozen
from jobs.domain.repository_file import RepositoryFile

_TURNED: Final = 6
_LONGEST: Final = Asked().timeout
_START: Final = 60.0
_SLOWER: Final = 30.0
_UNKNOWN: Final = 180.0
_CACHE_FORMAT: Final = "base-suite-2"


class BaseSuite(Frozen):
    """What the existing suite does on the target base, from two runs."""

    passing: tuple[str, ...] = ()
    """Passed both times."""
    failing: tuple[str, ...] = ()
    """Failed both times."""
    flaky: tuple[str, ...] = ()
    """Differed."""
    skipped: tuple[str, ...] = ()
    """Skipped both times."""
    problem: str = ""
    """Why the suite cannot be run; empty when it can."""
    command: str = ""
    """What was run."""
    seconds: float = 0.0
    """How long one run took."""
    log: str = ""
    """Tail of what the first run printed."""

    @property
    def known(self) -> int:
        """How many tests there are."""
        return len(self.passing) + len(self.failing) + len(self.flaky) + len(self.skipped)


async def suite_on_base(side: Side, *, overlay: Overlay | None = None) -> BaseSuite:
    """Run the suite twice, with different hash seeds, and sort the tests."""
    first = await side.trial(Asked(seed=0), overlay=overlay or {})
    if first.problem:
        return BaseSuite(problem=first.problem, command=first.command, seconds=first.seconds, log=first.log)
    second = await side.trial(Asked(seed=1), overlay=overlay or {})
    names = {*first.cases, *second.cases}
    pairs = {name: (_outcome(first.cases, name), _outcome(second.cases, name)) for name in names}
    bad = {CaseOutcome.FAILED, CaseOutcome.ERROR}

    def those(wanted: Callable[[CaseOutcome | None, CaseOutcome | None], bool]) -> tuple[str, ...]:
        return tuple(sorted(name for name, pair in pairs.items() if wanted(*pair)))

    return BaseSuite(
        passing=those(lambda one, two: one is two is CaseOutcome.PASSED),
        failing=those(lambda one, two: one in bad and two in bad),
        skipped=those(lambda one, two: one is two is CaseOutcome.SKIPPED),
        flaky=those(lambda one, two: one is not two and not (one in bad and two in bad)),
        problem=second.problem,
        command=first.command,
        seconds=min(first.seconds, second.seconds),
        log=first.log,
    )


def suite_key(
    *, commit: str, environment: str | None, suite: tuple[str, ...], settings: RepositoryFile
) -> str:
    """Under which the target base's results are shared by all tasks."""
    own = settings.model_dump_json(include={"suite", "services"}, exclude_defaults=True)
    facts = "\0".join((_CACHE_FORMAT, commit, environment or "", own, *suite))
    return "suite/" + hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True)
class HeadSuite:
    """The target base's own tests on the changed product code."""

    trial: Trial
    """The run of the whole suite."""
    again: tuple[Trial, ...]
    """Two more runs of the files in which a test failed that passes on the target base."""
    deaf: tuple[str, ...] = ()
    """Tests that still pass with their assertions turned around, on the head only."""
    own: frozenset[str] = frozenset()
    """Test files that ran as the change has them: as they were, they need a name that is gone."""


def patience(seconds: float) -> float:
    """Seconds that a run may take which took so many on the target base."""
    return min(_LONGEST, _START + _SLOWER * seconds)


def patience_with_new(base: BaseSuite | None) -> float:
    """Seconds that the change's own tests may take: more, as nobody knows how long they do."""
    return _LONGEST if base is None or base.problem else max(_UNKNOWN, patience(base.seconds))


async def suite_on_head(
    side: Side, base: BaseSuite, changes: tuple[SourceChange, ...], *, other: Side
) -> HeadSuite:
    """Run the target base's version of every test against the head's product code."""
    outdated = _outdated(changes)
    own, overlay = frozenset(one.file.old_path or one.path for one in outdated), _overlay(changes, outdated)
    asked = Asked(seed=2, traced=changed_product(changes), timeout=patience(base.seconds))
    trial = await side.trial(asked, overlay=overlay)
    failed = [name for name in base.passing if name in trial.cases and not _passed(trial.cases[name])]
    if not side.toolchain.addresses_tests:
        return HeadSuite(trial, (), own=own)
    if not failed:
        return HeadSuite(
            trial, (), await _deaf(side, base, overlay, other=other, changes=changes, own=own), own
        )
    files = tuple(sorted({side.toolchain.file_of(name) for name in failed}))
    again = [await side.trial(Asked(selection=files, seed=seed), overlay=overlay) for seed in (0, 1)]
    return HeadSuite(trial, tuple(again), own=own)


def _outdated(changes: tuple[SourceChange, ...]) -> tuple[SourceChange, ...]:
    """Changed test files that cannot be loaded on the head as they were: they need names that are gone."""
    removed = removed_names(changes)
    found = []
    for one in changes:
        old = one.file.old_path or one.path
        if is_test(old) and removed.breaks(old, one.text()[0]):
            found += [one] if is_test_module(old) or removed.follows(old, *one.text()) else []
    return tuple(found)


def _overlay(changes: tuple[SourceChange, ...], outdated: tuple[SourceChange, ...]) -> Overlay:
    """The target base's tests, outdated ones as the change has them, where they were."""
    return {**base_tests(changes), **{one.file.old_path or one.path: one.after for one in outdated}}


async def _deaf(
    side: Side,
    base: BaseSuite,
    laid: Overlay,
    *,
    other: Side,
    changes: tuple[SourceChange, ...],
    own: frozenset[str],
) -> tuple[str, ...]:
    """Some tests with their assertions turned around; asked only of a change that could forge results."""
    if not any(able(one.text()[1]) for one in changes if is_product_python(one.path)):
        return ()
    overlay = dict(laid)
    asked: dict[str, str] = {}
    known_here = [name for name in base.passing if side.toolchain.file_of(name) not in own]
    picked = secrets.SystemRandom().sample(known_here, min(_TURNED, len(known_here)))
    for name in picked:
        path = side.toolchain.file_of(name)
        known = overlay.get(path) or await other.workspace.read(path) or b""
        names = tuple(name.partition("[")[0].split("::")[1:]) or tuple(name.split(".")[-2:])
        mutant = turned(path, known.decode("utf-8", "replace"), names)
        if mutant is not None and name.partition("[")[0] not in {one.partition("[")[0] for one in asked}:
            overlay[path] = mutant.source.encode()
            asked[name] = path
    return await _still_passing(side, other, asked, overlay) if asked else ()


async def _still_passing(
    side: Side, other: Side, asked: Mapping[str, str], overlay: Overlay
) -> tuple[str, ...]:
    files = tuple(sorted(set(asked.values())))
    head = await side.trial(Asked(selection=files, seed=6), overlay=overlay)
    deaf = [name for name in asked if head.problem or _passed_in(head, name)]
    if not deaf:
        return ()
    there = await other.trial(Asked(selection=files, seed=6), overlay={path: overlay[path] for path in files})
    return tuple(name for name in deaf if not there.problem and not _passed_in(there, name))


def _passed_in(trial: Trial, name: str) -> bool:
    return name in trial.cases and _passed(trial.cases[name])


def _outcome(cases: Mapping[str, Case], name: str) -> CaseOutcome | None:
    return cases[name].outcome if name in cases else None


def _passed(case: Case) -> bool:
    return case.outcome is CaseOutcome.PASSED
