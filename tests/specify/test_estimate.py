"""What a spec will probably cost, and on what that rests."""

from jobs.domain.estimate import Basis, Outcome, Range
from jobs.domain.outcome import Ended
from jobs.domain.prompts import PromptPin
from jobs.domain.run import RunState
from jobs.domain.spec import Kind
from jobs.domain.task import TaskState
from jobs.queue import outcomes
from jobs.queue.store import Store
from jobs.specify.estimate import NO_HISTORY, estimate
from jobs.worker.moves import begun, settled
from tests.factories import NOON, a_merge_request, a_spec, a_spend, a_task

PIN = PromptPin(library="abcd", trial=True)


def an_outcome(usd: float, *, kind: Kind = Kind.BUGFIX, repository: str = "payments/api") -> Outcome:
    return Outcome(
        kind=kind,
        repository=repository,
        state="delivered",
        usd=usd,
        tokens=1000,
        minutes=usd * 10,
        rounds=1,
        at=NOON,
    )


def test_the_narrowest_group_with_enough_runs_decides() -> None:
    near = [an_outcome(usd) for usd in (0.1, 0.2, 0.3, 0.4, 9.0)]
    far = [an_outcome(5, repository="other/place"), an_outcome(7, kind=Kind.DOCS)]
    found = estimate(Kind.BUGFIX, "payments/api", [*near, *far])
    assert (found.basis, found.runs) == (Basis.KIND_AND_REPOSITORY, 5)
    assert found.usd == Range(median=0.3, p80=0.4)
    assert estimate(Kind.BUGFIX, "new/place", [*near, *far]).basis is Basis.KIND
    assert estimate(Kind.TESTS, "new/place", [*near, *far]).basis is Basis.ALL
    assert estimate(Kind.TESTS, "new/place", near[:2]) == NO_HISTORY


async def test_outcomes_are_kept_with_the_end_of_a_run(store: Store) -> None:
    ends = (RunState.DELIVERED, RunState.CANCELLED, RunState.STOPPED)
    for number, state in enumerate(ends):
        task, _ = await store.create(a_task(origin=str(number), spec=a_spec(kind=Kind.DOCS)))
        await store.change(task.id, lambda now: begun(now, NOON) or now)
        facts = {"merge_request": a_merge_request()} if state is RunState.DELIVERED else {}
        for step in (RunState.GENERATING, RunState.VERIFYING, RunState.OPENING):
            await store.change(task.id, lambda now, to=step: settled(now, now.run.to(to), NOON))  # type: ignore[misc]
        ended = await store.change(
            task.id,
            lambda now, to=state, more=facts: settled(
                now, now.run.to(to, spend=a_spend(), prompts=PIN, **more), NOON
            ),  # type: ignore[misc]
        )
        assert ended.state is not TaskState.RUNNING
    past = await outcomes.past(store.connection, Kind.DOCS, "payments/api")
    assert sorted(one.state for one in past) == ["delivered", "stopped"]
    assert {(one.usd, one.tokens) for one in past} == {(0.12, 9800)}
    runs, ended_as = await outcomes.ended(store.connection)
    assert [(one.state, one.library, one.trial) for one in runs] == [
        ("stopped", "abcd", True),
        ("cancelled", "abcd", True),
        ("delivered", "abcd", True),
    ]
    assert [ended_as.get(one.task) for one in runs] == [Ended.STOPPED, None, None]
