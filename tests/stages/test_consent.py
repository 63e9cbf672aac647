"""A change that only a person may allow: the run is held, and what they say decides how it goes on."""

from datetime import UTC, datetime

import pytest

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import CheckStatus, VerdictStatus
from jobs.pipeline import execute
from jobs.settings import OperatorFile
from jobs.worker.consenting import answered, withdrawn
from tests.fakes import RIGHT, SUITE, FakeEngine, FakeJournal, World
from tests.stages.test_pipeline import a_started_task

CI = {".gitlab-ci.yml": "job: {script: [make]}\n"}
OTHER_CI = {".gitlab-ci.yml": "job: {script: [make, again]}\n"}


def a_world(*rounds: dict[str, str], **own: object) -> World:
    repository = {"suite": SUITE, "maintainers": ["U0EVE"], **own}
    operator = OperatorFile.model_validate({"repositories": {"payments/api": repository}})
    return World(FakeEngine(list(rounds)), operator=operator)


async def held(world: World) -> tuple[Task, Run]:
    """A task whose run is held."""
    task = a_started_task()
    run = await execute(task, world.tools, FakeJournal())
    assert run.state is RunState.HELD, run
    return task.note(run=run), run


def said(world: World, task: Task, *, allow: bool, person: str = "U0EVE") -> tuple[Task, str]:
    hold = task.run.hold if task.run else None
    act = Act(
        id="1",
        task=task.id,
        kind=ActKind.CONSENT,
        person=Person(id=person, name="Eve"),
        payload={"hold": hold.id if hold else "", "allow": allow},
        at=datetime.now(UTC),
    )
    return answered(act, task, world.operator, now=datetime.now(UTC))


async def test_a_held_run_has_run_nothing_and_pushed_nothing() -> None:
    world = a_world({**RIGHT, **CI})
    task, run = await held(world)
    assert run.hold is not None
    assert ([one.path for one in run.hold.asks], run.hold.people) == ([".gitlab-ci.yml"], ("U0EVE",))
    assert world.workspaces.ran.count(" ".join(SUITE)) == 2, "the suite on the target base alone"
    assert (world.remote.pushes, len(world.engine.briefs)) == ([], 1)
    assert not task.at_work


async def test_allowed_it_is_verified_and_opened_without_a_word_of_the_engine() -> None:
    world = a_world({**RIGHT, **CI})
    task, outcome = said(world, (await held(world))[0], allow=True)
    assert (outcome, task.at_work) == ("act.allow", True)
    run = await execute(task, world.tools, FakeJournal())
    assert run.state is RunState.DELIVERED
    assert run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    policy = next(one for one in run.verdict.checks if one.name == "policy")
    assert policy.status is CheckStatus.WARNING and "a person allowed it" in policy.findings[0].text
    assert "## Allowed by a person\n\n- `.gitlab-ci.yml`, by Eve" in world.forge.put[0].description
    assert len(world.engine.briefs) == 1


async def test_refused_the_task_is_rejected_and_says_by_whom() -> None:
    world = a_world({**RIGHT, **CI})
    task, outcome = said(world, (await held(world))[0], allow=False)
    assert (outcome, task.state) == ("act.refuse", TaskState.REJECTED)
    assert task.run is not None and task.run.reason == "Eve refused the change of .gitlab-ci.yml."
    assert said(world, task, allow=True) == (task, "act.late")


async def test_the_requester_has_no_say_unless_the_operator_says_so() -> None:
    world = a_world({**RIGHT, **CI}, maintainers=["U0EVE", "U0ANA"])
    task, run = await held(world)
    assert run.hold is not None and run.hold.people == ("U0EVE",)
    assert said(world, task, allow=True, person="U0ANA") == (task, "act.refused")
    alone = a_world({**RIGHT, **CI}, maintainers=["U0ANA"], self_consent=True)
    task, _ = await held(alone)
    assert said(alone, task, allow=True, person="U0ANA")[1] == "act.allow"


async def test_where_nobody_may_consent_it_is_rejected_with_what_to_do() -> None:
    world = a_world({**RIGHT, **CI}, maintainers=[])
    run = await execute(a_started_task(), world.tools, FakeJournal())
    assert run.state is RunState.REJECTED
    assert "named in codegen.toml" in run.reason


@pytest.mark.parametrize(("second", "state"), [(CI, RunState.DELIVERED), (OTHER_CI, RunState.HELD)])
async def test_other_content_is_asked_for_again_the_same_is_not(
    second: dict[str, str], state: RunState
) -> None:
    world = a_world(CI, {**RIGHT, **second})
    task, _ = said(world, (await held(world))[0], allow=True)
    run = await execute(task, world.tools, FakeJournal())
    assert (run.state, run.round) == (state, 2)


async def test_a_held_run_is_cancelled_without_a_worker() -> None:
    task, outcome = withdrawn((await held(a_world({**RIGHT, **CI})))[0], datetime.now(UTC))
    assert (task.state, outcome) == (TaskState.CANCELLED, "act.cancel")
