"""What verification is worth and costs, on real fixes: verdicts, faults caught, overhead, sharing.

`python -m bench.verification [PROJECT …]`; the projects are those of tests/cases/fixes. The plain rival is
the same pytest commands, one after the other, without sandbox or report.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench import row
from jobs.checks.diff import added_numbers
from jobs.checks.mutants import Mutant, mutants_of, spread
from jobs.domain.patch import Sha
from jobs.domain.spec import Spec
from jobs.domain.verdict import Verdict, VerdictStatus
from jobs.stages.verify import verify
from tests.cases_fixes.build import Case, Commits, build, names, read
from tests.verification import MemoryCache, Steps, Workshop, build_environment, git, workshop

MUTANTS = 10
"""Faults put into each fix."""
TOGETHER = 12
"""Tasks on one target base that are compared with as many that share nothing."""
NEAR = 12
"""Lines around the fix where faults are put when its own lines hold too few."""


@dataclass(frozen=True)
class Project:
    """One fix and everything to verify it with."""

    case: Case
    commits: Commits
    shop: Workshop

    def spec(self) -> Spec:
        """The fix's own spec."""
        criterion = {"id": "AC1", "text": self.case.criterion, "proof": {"tests": self.case.acceptance}}
        named = {"title": self.case.title, "repository": self.case.project, "goal": self.case.goal}
        return Spec.model_validate({"kind": "bugfix", **named, "criteria": [criterion]})

    async def judge(self, head: Sha, cache: MemoryCache) -> tuple[Verdict, float]:
        """The verdict on a commit, and the seconds it took."""
        subject = await self.shop.subject(self.spec(), self.commits.target_base, head)
        began = time.perf_counter()
        verdict = await verify(subject, workspaces=self.shop.workspaces, cache=cache, note=Steps())
        return verdict, time.perf_counter() - began


def main() -> None:
    """Print one table and the ratios."""
    environment = build_environment()
    asyncio.run(_measure(sys.argv[1:] or names(), environment))


async def _measure(projects: list[str], environment: str) -> None:
    caught = tried = 0
    print(f"{'project':12} {'gold':9} {'reverted':9} {'test only':9} {'faults caught':14} seconds a task")
    for name in projects:
        case = read(name)
        with workshop(environment, suite=case.suite) as shop:
            project = Project(case, await build(case, shop.folder), shop)
            cold, shared, found = await _judged(project)
            caught, tried = caught + sum(found), tried + len(found)
            plain = await _plain(project, environment)
        row(f"{name}: one verification (sandboxed, plain test commands)", ours=cold, rival=plain, unit="s")
        many, apart = f"{name}: {len(shared)} tasks on one base (shared, one by one)", cold * len(shared)
        row(many, ours=sum(shared), rival=apart, unit="s")
    print(f"faults caught: {caught} of {tried} = {caught / tried:.2f}")


async def _judged(project: Project) -> tuple[float, list[float], list[bool]]:
    """Seconds of the first task, of each of the tasks that share its base, and which faults were caught."""
    cache = MemoryCache()
    gold, cold = await project.judge(project.commits.gold, cache)
    shared, statuses = [cold], [gold.status]
    for head in (project.commits.reverted, project.commits.test_only):
        verdict, seconds = await project.judge(head, cache)
        statuses.append(verdict.status)
        shared.append(seconds)
    found = []
    for head in [one async for one in _mutated(project)]:
        verdict, seconds = await project.judge(head, cache)
        found.append(verdict.status is not VerdictStatus.PASSED)
        shared.append(seconds)
    words = " ".join(f"{status.value:9}" for status in statuses)
    ratio = f"{sum(found)} of {len(found)}"
    print(f"{project.case.project:12} {words} {ratio:14} {statistics.median(shared):.1f}", flush=True)
    return cold, shared[:TOGETHER], found


async def _mutated(project: Project) -> AsyncIterator[Sha]:
    """Commits: the fix with one fault in it each."""
    origin = project.shop.folder / "origin"
    for mutant in spread(list(await _mutants(project, origin)), MUTANTS):
        await git(origin, "checkout", "-q", "--force", "--detach", project.commits.gold)
        (origin / mutant.path).write_text(mutant.source, "utf-8")
        await git(origin, "commit", "-q", "-a", "-m", f"fault in line {mutant.line}")
        sha = await git(origin, "rev-parse", "HEAD")
        await git(origin, "branch", "-f", f"fault-{sha}", sha)
        yield sha


async def _mutants(project: Project, origin: Path) -> list[Mutant]:
    base, gold = project.commits.target_base, project.commits.gold
    patch = await project.shop.workspaces.difference(project.shop.repository, base, gold)
    added = added_numbers(patch.diff)
    await git(origin, "checkout", "-q", "--force", "--detach", gold)
    for near in (0, NEAR):
        found: list[Mutant] = []
        for path in project.case.fix:
            lines = {line + step for line in added.get(path, ()) for step in range(-near, near + 1)}
            found += mutants_of(path, (origin / path).read_text("utf-8"), frozenset(lines))
        if len(found) >= MUTANTS:
            break
    return found


async def _plain(project: Project, environment: str) -> float:
    """Seconds of the test commands of one verification, as a person would type them, on a plain checkout.

    The suite twice on the target base and once on the head, the tests named as proof once and three times.
    """
    origin, suite = project.shop.folder / "origin", list(project.case.suite[2:])
    files = sorted({node.partition("::")[0] for node in project.case.acceptance})
    await git(origin, "checkout", "-q", "--force", "--detach", project.commits.gold)
    began = time.perf_counter()
    for words in [suite] * 3 + [["pytest", *files]] * 4:
        command = [f"{environment}/bin/python", "-m", *words, "-q", "-p", "no:cacheprovider"]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=origin, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        if await process.wait() not in (0, 1):
            raise OSError(f"{' '.join(command)} ends with {process.returncode}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
