"""A cap that is reached: what there is, is verified as far as time allows, delivered, and said so."""

from decimal import Decimal

import pytest

from jobs.cli.local import LocalForge, MemoryArtifacts, NobodyCancels, NoReports, NoReview, TerminalJournal
from jobs.domain.brief import Brief, Work
from jobs.domain.budget import Cap, Spend
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import CheckStatus, VerdictStatus
from jobs.errors import Exhausted
from jobs.messages import diff_attached
from jobs.pipeline import execute
from jobs.ports import Command, Note, Tools, Workspace
from jobs.settings import OperatorFile
from jobs.stages.usage import Usage
from jobs.stages.verify import OUT_OF_TIME, verify
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_task, a_verdict
from tests.stages.test_verify import BASE, NEW_TESTS, NODE, RIGHT
from tests.verification import Workshop, check, spec, told
from tests.worker.fakes import UtcClock


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class SlowEngine:
    """Writes the change, then uses up a cap."""

    name = "slow"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        for path, text in (("billing.py", RIGHT), ("tests/test_half.py", NEW_TESTS)):
            await workspace.run(Command(argv=("/usr/bin/tee", path), stdin=text.encode()))
        await note(spend=Spend(requests=3, usd=Decimal("0.5")))
        raise Exhausted("The task has used its 3 model calls.")


def test_time_goes_on_from_where_the_last_worker_left_it() -> None:
    clock = Clock()
    usage = Usage(Spend(seconds=50, cpu_seconds=9), Cap(minutes=1, cpu_seconds=10), now=clock)
    clock.now += 4
    assert usage.of(Spend(requests=2)) == Spend(requests=2, seconds=54, cpu_seconds=9)
    assert usage.seconds_left() == 6
    usage.check()
    clock.now += 6
    with pytest.raises(Exhausted, match="has used its 1 minutes"):
        usage.check()


async def test_processor_time_is_measured_and_capped(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    async with shop.workspaces.open(shop.repository, base, environment=None) as workspace:
        result = await workspace.run(Command(argv=("/bin/sh", "-c", f"/usr/bin/python3 -c '{busy}' & wait")))
    assert result.exit_code == 0, result.output
    assert 0.3 <= result.cpu_seconds <= 5
    usage = Usage(Spend(), Cap(cpu_seconds=0.2))
    usage.add(result)
    with pytest.raises(Exhausted, match=r"has used its 0\.2 seconds of processor time"):
        usage.check()


async def test_checks_that_time_cuts_short_are_not_available(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": RIGHT, "tests/test_half.py": NEW_TESTS}, on=base)
    subject = await shop.subject(spec(), base, head, {"AC1": NODE})
    verdict = await verify(
        subject, workspaces=shop.workspaces, cache=shop.cache, note=shop.steps, seconds=0.0
    )
    assert verdict.status is VerdictStatus.UNPROVEN, told(verdict)
    assert check(verdict, "secrets").status is CheckStatus.PASSED
    assert check(verdict, "suite").summary == OUT_OF_TIME
    assert verdict.evidence[0].reason == OUT_OF_TIME


def a_running_task(cap: Cap) -> Task:
    task = a_task(spec=spec(tests=(NODE,)), state=TaskState.RUNNING, waiting=None, cap=cap)
    run = Run(id=f"{task.id}-r1", task=task.id, number=1, started_at=NOON)
    return task.note(run=run, runs=1)


def tools_of(shop: Workshop) -> Tools:
    repository = shop.repository.model_copy(update={"default_branch": "main"})
    return Tools(
        review=NoReview(),
        forge=LocalForge(repository),
        reports=NoReports(),
        workspaces=shop.workspaces,
        engine=SlowEngine(),
        artifacts=MemoryArtifacts(),
        cache=shop.cache,
        inbox=NobodyCancels(),
        clock=UtcClock(),
        operator=OperatorFile(),
    )


async def test_an_exhausted_run_is_verified_and_keeps_its_spend(shop: Workshop) -> None:
    await shop.commit(BASE)
    task = a_running_task(Cap())
    tools, environment = tools_of(shop), shop.environment
    operator = OperatorFile.model_validate({"repositories": {"shop/billing": {"environment": environment}}})
    tools = Tools(**{**vars(tools), "operator": operator})
    run = await execute(task, tools, TerminalJournal(lambda run: None), deliver=False)
    assert run.verdict is not None
    assert run.verdict.status is VerdictStatus.PASSED, told(run.verdict)
    assert (run.round, run.spend.requests, run.spend.usd) == (1, 3, Decimal("0.5"))
    assert run.spend.seconds > 0
    assert run.spend.cpu_seconds > 0


async def test_no_time_at_all_is_a_stop_with_its_reason(shop: Workshop) -> None:
    await shop.commit(BASE)
    journal = TerminalJournal(lambda run: None)
    with pytest.raises(Exhausted, match="has used its 0 minutes"):
        await execute(a_running_task(Cap(minutes=0)), tools_of(shop), journal)
    assert journal.run is not None
    assert not journal.run.ended


def test_what_is_stopped_leaves_its_diff_when_it_was_scanned() -> None:
    stopped = a_run(state=RunState.STOPPED, ended_at=NOON, patch=a_patch(), verdict=a_verdict())
    assert diff_attached(stopped)
    assert not diff_attached(stopped.model_copy(update={"verdict": None}))
    assert not diff_attached(stopped.model_copy(update={"merge_request": a_merge_request()}))
