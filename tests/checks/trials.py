"""Trials that answer from memory: for checks that only look at what tools and test runs said."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.blind_runs import Blind
from jobs.checks.consumer_runs import Consumed
from jobs.checks.context import CheckContext, Trials
from jobs.checks.mutation_runs import Mutation
from jobs.checks.programs import Programs
from jobs.checks.report import Case
from jobs.checks.side import Trial
from jobs.checks.suites import BaseSuite, HeadSuite
from jobs.checks.toolchains.protocol import Toolchain
from jobs.checks.toolchains.python import Pytest
from jobs.ports import Command, Result

Ran = Mapping[str, frozenset[int]]
Answer = Callable[[Command], Result]


def trial(lines: Ran | None = None, problem: str = "", *, cases: Mapping[str, Case] | None = None) -> Trial:
    return Trial(cases=cases or {}, problem=problem, command="", seconds=0.1, log="", lines=lines or {})


def with_trials(
    ctx: CheckContext,
    *,
    files: Mapping[str, str] | None = None,
    answer: Answer = lambda _: Result(exit_code=0, output=""),
    environment: str | None = None,
    named: Trial | None = None,
    suite: Trial | None = None,
    toolchain: Toolchain | None = None,
    blind: Blind | None = None,
    consumed: tuple[Consumed, ...] = (),
    base: BaseSuite | None = None,
) -> CheckContext:
    async def base_suite() -> BaseSuite:
        if base is not None:
            return base
        return BaseSuite() if suite else BaseSuite(problem="there is none")

    async def head_suite() -> HeadSuite:
        return HeadSuite(suite or trial(), ())

    async def acceptance() -> Acceptance | None:
        return Acceptance(base=trial(), head=(named,), files=()) if named else None

    async def mutation() -> Mutation:
        return Mutation(unavailable="not asked for")

    async def independent() -> Blind:
        return blind or Blind()

    async def consumers() -> tuple[Consumed, ...]:
        return consumed

    async def command(_: str) -> tuple[Result, Result]:
        raise AssertionError("no command is declared here")

    async def analyse(there: Command | None, here: Command | None) -> tuple[Result | None, Result | None]:
        return answer(there) if there else None, answer(here) if here else None

    async def read_base(path: str) -> bytes | None:
        found = (files or {}).get(path)
        return None if found is None else found.encode()

    trials = Trials(
        toolchain=toolchain or Pytest("python"),
        base_suite=base_suite,
        head_suite=head_suite,
        acceptance=acceptance,
        mutation=mutation,
        blind=independent,
        blind_faults=mutation,
        consumers=consumers,
        command=command,
        analyse=analyse,
        read_base=read_base,
        programs=Programs(environment=environment, settings=ctx.settings),
    )
    return replace(ctx, runs=trials)
