"""One chaos run, from the first form to the last line."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp

from bench.chaos.audit import Findings, audited
from bench.chaos.boundaries import Boundaries, all_of
from bench.chaos.people import NOTES, People, cheap, full
from bench.chaos.plan import Plan
from bench.chaos.processes import Processes
from bench.chaos.trouble import Trouble
from bench.chaos.unsaid import left_to_do, said_and_tidy
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.queue.patience import patiently
from jobs.queue.store import Store
from jobs.queue.submit import connect
from playground.stack import Stack, stack

NOTES_SETTINGS = f"""
[opinions]
model = "none"

[repositories."{NOTES}"]
channels = ["C0PAY"]
suite = ["/bin/true"]
"""
AGAIN = frozenset({TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED})


async def chaos(plan: Plan) -> int:
    """Exit status 0 only when nothing was lost, doubled or wrong."""
    print(f"chaos: seed {plan.seed}, {plan.tasks} tasks, {plan.workers} workers, lease {plan.lease:g} s")
    begun, dice = time.monotonic(), random.Random(plan.seed)
    async with AsyncExitStack() as open_until_the_end:
        folder = open_until_the_end.enter_context(_notes())
        running = await open_until_the_end.enter_async_context(
            stack(
                lease=plan.lease,
                runs=plan.runs,
                hold=False,
                settings_more=NOTES_SETTINGS,
                projects={NOTES: folder},
            )
        )
        processes = await open_until_the_end.enter_async_context(Processes(running, plan, dice))
        await running.ready()
        store, _ = await open_until_the_end.enter_async_context(connect(running.environment["REDIS_URL"]))
        people, trouble = People(running), Trouble(running, dice)
        boundaries = Boundaries(store, processes, all_of(plan.at_boundaries))
        try:
            async with asyncio.timeout(plan.limit):
                async with _under_fire(
                    plan, processes, boundaries=boundaries, trouble=trouble, people=people
                ):
                    await people.ask_for(_specs(plan))
                    await _ended(store, people)
                print(f"{time.monotonic() - begun:4.0f} s: every task is in review", flush=True)
                await _settled(running, store, people)
                print(f"{time.monotonic() - begun:4.0f} s: every thread shows the latest", flush=True)
        except TimeoutError:
            print(f"{time.monotonic() - begun:4.0f} s: out of time; {await left_to_do(store)}", flush=True)
        findings = await _judged(plan, running, store, people=people, processes=processes)
        _tell(processes, boundaries, trouble, people)
        if not findings.clean:
            _keep_logs(running)
    return _last_line(plan, processes.kills, findings, seconds=time.monotonic() - begun)


async def _judged(
    plan: Plan, running: Stack, store: Store, *, people: People, processes: Processes
) -> Findings:
    findings = await audited(running, store, people.asked, processes.blows)
    _missing(plan, people, findings)
    findings.wrong += processes.gone
    findings.wrong += [f"too long: {one}" for one in findings.gaps.found if one.seconds > plan.recovery]
    print(f"recovery: {findings.gaps.told()}")
    return findings


@asynccontextmanager
async def _under_fire(
    plan: Plan, processes: Processes, *, boundaries: Boundaries, trouble: Trouble, people: People
) -> AsyncIterator[None]:
    async def blows() -> None:
        # bounded: a phase that is longer than the time between two blows would never end
        async with asyncio.TaskGroup() as group:  # one after another: also while a frozen one sleeps
            for _ in range(plan.tasks):
                await asyncio.sleep(processes.dice.uniform(*plan.blows))
                group.create_task(processes.strike())

    work = [
        asyncio.create_task(one)
        for one in (
            blows(),
            trouble.go_on(plan.troubles),
            boundaries.watch_states(),
            boundaries.watch_services(),
            _progress(boundaries.store, processes, people),
        )
    ]
    ceasing = asyncio.create_task(_first_fault(work))
    try:
        yield
    finally:
        processes.over = True
        while processes.busy:  # a blow is carried through: what was struck is started again
            await asyncio.sleep(0.1)
        for one in (*work, ceasing):
            one.cancel()
        await asyncio.wait({*work, ceasing})
        if boundaries.under_way:
            await asyncio.wait(boundaries.under_way)
    for one in work:
        if not one.cancelled() and (fault := one.exception()) is not None:
            raise fault


async def _progress(store: Store, processes: Processes, people: People) -> None:
    begun = time.monotonic()
    while True:
        await asyncio.sleep(15)
        states = Counter(task.state.value for task in await patiently(lambda: store.list(limit=1000)))
        told = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        seconds = time.monotonic() - begun
        print(f"{seconds:4.0f} s: {len(people.asked)} asked; {told}; {processes.kills} kills", flush=True)


async def _first_fault(work: list["asyncio.Task[None]"]) -> None:
    await asyncio.wait(work, return_when=asyncio.FIRST_EXCEPTION)


async def _ended(store: Store, people: People) -> None:
    """Wait until no task waits or runs; what has stopped is tried again by a person, as people do."""
    while True:
        tasks = await patiently(lambda: store.list(limit=1000))
        stopped = [task for task in tasks if task.state in AGAIN]
        for task in stopped:
            await _press(people, task)
        if tasks and not stopped and all(task.state is TaskState.IN_REVIEW for task in tasks):
            return
        await asyncio.sleep(1.0)


async def _press(people: People, task: Task) -> None:
    if task.thread is not None and task.thread.ts is not None:
        await people.retry(task.thread.ts, task.requester.id)


async def _settled(running: Stack, store: Store, people: People) -> None:
    """Faults are over: wait until every thread shows the latest."""
    async with aiohttp.ClientSession() as session:
        for url in (running.gitlab, running.model):
            path = "reset_calls" if url == running.gitlab else "reset"
            async with session.post(f"{url}/_control/{path}", json={}) as answer:
                answer.raise_for_status()
    await _ended(store, people)
    while not await said_and_tidy(store):
        await asyncio.sleep(0.5)


def _specs(plan: Plan) -> list[Spec]:
    specs = [cheap(number) for number in range(1, plan.tasks - plan.full + 1)]
    step = max(1, len(specs) // max(plan.full, 1))
    for number in range(plan.full):
        specs.insert(number * step, full(number + 1))
    return specs


@contextmanager
def _notes() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cg-notes-", dir="/var/tmp") as name:
        folder = Path(name)
        (folder / "README.md").write_text("# Notes\n")
        (folder / "notes").mkdir()
        (folder / "notes" / "first.txt").write_text("the first\n")
        yield folder


def _missing(plan: Plan, people: People, findings: Findings) -> None:
    for spec in _specs(plan):
        if spec.title not in people.asked:
            findings.lost.append(f"{spec.title!r} was never accepted")


def _tell(processes: Processes, boundaries: Boundaries, trouble: Trouble, people: People) -> None:
    blows = ", ".join(f"{number} × {name}" for name, number in sorted(processes.did.items()))
    at = ", ".join(f"{name} {number}" for name, number in sorted(boundaries.struck.items()))
    faults = ", ".join(f"{number} {name}" for name, number in sorted(trouble.did.items()))
    print(f"blows: {blows}; of these at boundaries: {at}")
    print(f"faults set: {faults}; pressed Retry {people.pressed} times")
    if missing := [name for name, number in boundaries.left.items() if number > 0]:
        print(f"boundaries struck less often than planned: {', '.join(missing)}")


def _keep_logs(running: Stack) -> None:
    kept = Path(tempfile.mkdtemp(prefix="cg-chaos-logs-", dir="/var/tmp"))
    for log in (running.folder / "logs").iterdir():
        (kept / log.name).write_bytes(log.read_bytes())
    print(f"logs: {kept}")


def _last_line(plan: Plan, kills: int, findings: Findings, *, seconds: float) -> int:
    for name, found in (
        ("lost", findings.lost),
        ("doubled", findings.doubled),
        ("wrong", findings.wrong),
    ):
        for one in found:
            print(f"{name}: {one}")
    print(f"chaos: took {seconds:.0f} s, wrong {len(findings.wrong)}")
    print(
        f"chaos: {plan.tasks} tasks, {kills} kills, lost {len(findings.lost)}, "
        f"doubled {len(findings.doubled)}, worst recovery {findings.gaps.worst:.1f} s"
    )
    return 0 if findings.clean else 1
