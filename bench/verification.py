"""What verification is worth and costs, on real fixes: verdicts, faults caught, overhead, sharing.

`python -m bench.verification [PROJECT …]`; the projects are those of tests/cases/fixes. The plain rival is
the same pytest commands, one after the other, without sandbox or report. BENCH_FAULTS sets how many faults
are put into each fix (10 for the whole form).
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import row
from jobs.adapters.cache import FileCache
from jobs.checks.diff import added_numbers
from jobs.checks.mutants import Mutant, mutants_of, spread
from jobs.domain.patch import Sha
from jobs.domain.spec import Spec
from jobs.domain.verdict import Verdict, VerdictStatus
from jobs.stages.verify import verify
from tests.cases_fixes.build import Case, Commits, build, names, read
from tests.verification import Steps, Workshop, build_environment, git, workshop

FAULTS = int(os.environ.get("BENCH_FAULTS", "10"))
"""Faults put into each fix; with the reverted fix and its test alone they are the tasks that run together."""
NEAR = 12
"""Lines around the fix where faults are put when its own lines hold too few."""
EXPECTED = ("passed", "rejected", "rejected")
"""What must be said of the fix with its test, of the fix reverted, and of the test alone."""


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

    async def judged(self, *heads: Sha, cache: str) -> tuple[list[Verdict], float]:
        """The verdicts on commits that are begun at once, and the seconds they took together."""
        stored = FileCache(self.shop.folder / cache)
        began = time.perf_counter()
        verdicts = await asyncio.gather(*(self._judged(head, stored) for head in heads))
        return verdicts, time.perf_counter() - began

    async def _judged(self, head: Sha, cache: FileCache) -> Verdict:
        subject = await self.shop.subject(self.spec(), self.commits.target_base, head)
        return await verify(subject, workspaces=self.shop.workspaces, cache=cache, note=Steps())


@dataclass(frozen=True)
class Fault:
    """The fix with one fault in it."""

    mutant: Mutant
    head: Sha

    @property
    def told(self) -> str:
        """Where it is and what it is."""
        return f"{self.mutant.path}:{self.mutant.line} {self.mutant.text}"


def main() -> None:
    """Print each project's verdicts and ratios; raises ValueError when a verdict is not what it must be."""
    environment = build_environment()
    asyncio.run(_measure(sys.argv[1:] or names(), environment))


async def _measure(projects: list[str], environment: str) -> None:
    caught = tried = 0
    for name in projects:
        case = read(name)
        with workshop(environment, suite=case.suite) as shop:
            project = Project(case, await build(case, shop.folder), shop)
            faults = await _faults(project)
            passed = await _compared(project, faults, environment)
        caught, tried = caught + len(faults) - len(passed), tried + len(faults)
        print(f"{name}: faults caught: {len(faults) - len(passed)} of {len(faults)}", flush=True)
        for fault, verdict in passed:
            print(f"{name}: not caught, {_shown(fault.mutant, verdict)}: {fault.told}", flush=True)
    print(f"faults caught: {caught} of {tried} = {caught / tried:.2f}")


async def _compared(project: Project, faults: list[Fault], environment: str) -> list[tuple[Fault, Verdict]]:
    """Prints verdicts and ratios; the faults that pass."""
    name, commits = project.case.project, project.commits
    (gold,), alone = await project.judged(commits.gold, cache="alone")
    heads = (commits.reverted, commits.test_only, *(one.head for one in faults))
    verdicts, together = await project.judged(*heads, cache="together")
    statuses = tuple(one.status.value for one in (gold, *verdicts[:2]))
    print("{}: gold {}, reverted {}, test only {}".format(name, *statuses), flush=True)
    if statuses != EXPECTED:
        raise ValueError(f"{name}: {', '.join(EXPECTED)} was expected")
    plain = await _plain(project, environment)
    row(f"{name}: one verification (sandboxed, plain test commands)", ours=alone, rival=plain, unit="s")
    many = f"{name}: {len(heads)} tasks on one target base (at once, {len(heads)} × one alone)"
    row(many, ours=together, rival=alone * len(heads), unit="s")
    pairs = zip(faults, verdicts[2:], strict=True)
    return [(fault, verdict) for fault, verdict in pairs if verdict.status is VerdictStatus.PASSED]


def _shown(mutant: Mutant, verdict: Verdict) -> str:
    """What the verdict tells a reviewer about the line of a fault that passes."""
    files = [one for check in verdict.checks for one in check.covered if one.path == mutant.path]
    if any(mutant.line in one.idle for one in files):
        return "the verdict says that no test runs this line"
    findings = [one for check in verdict.checks for one in check.findings]
    named = [one.text for one in findings if (one.path, one.line) == (mutant.path, mutant.line)]
    return f"the verdict says `{named[0]}`" if named else "the verdict is silent"


async def _faults(project: Project) -> list[Fault]:
    """Commits: the fix with one fault in it each."""
    origin, found = project.shop.folder / "origin", []
    for mutant in spread(await _mutants(project, origin), FAULTS):
        await git(origin, "checkout", "-q", "--force", "--detach", project.commits.gold)
        (origin / mutant.path).write_text(mutant.source, "utf-8")
        await git(origin, "commit", "-q", "-a", "-m", f"fault in line {mutant.line}")
        sha = await git(origin, "rev-parse", "HEAD")
        await git(origin, "branch", "-f", f"fault-{sha}", sha)
        found.append(Fault(mutant, sha))
    return found


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
        if len(found) >= FAULTS:
            break
    return found


async def _plain(project: Project, environment: str) -> float:
    """Seconds of the test commands of one verification, as a person would type them, on a plain checkout.

    The suite twice on the target base and once on the head, the tests named as proof once and three times.
    """
    origin, suite = project.shop.folder / "origin", list(project.case.suite[2:])
    files = sorted({node.partition("::")[0] for node in project.case.acceptance})
    await git(origin, "checkout", "-q", "--force", "--detach", project.commits.gold)
    importable = {**os.environ, "PYTHONPATH": "src:."}
    began = time.perf_counter()
    for words in [suite] * 3 + [["pytest", *files]] * 4:
        command = [f"{environment}/bin/python", "-m", *words, "-q", "-p", "no:cacheprovider"]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=origin,
            env=importable,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if await process.wait() not in (0, 1):
            raise OSError(f"{' '.join(command)} ends with {process.returncode}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
