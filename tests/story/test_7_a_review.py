"""Ben comments on the merge request: one rework, pushed on the same branch, answered where he spoke."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from jobs.domain.run import Purpose, RunState
from jobs.domain.task import TaskState
from tests.story.world import World, running, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running() as world, world.stack.bot(), world.stack.worker():
        await world.stack.ready()
        yield world


async def test_a_comment_becomes_a_rework_and_is_answered(world: World) -> None:
    task = await world.ended(await world.ask(sample()))
    assert task.state is TaskState.IN_REVIEW and task.run is not None and task.merge_request is not None
    before, iid = task.run.head, task.merge_request.iid
    words = "@codegen Please note in the changelog: Credit notes round the same way"
    comment = {"project": "payments/api", "iid": iid, "user": "ben", "body": words, "discussion": True}
    told = await world.control(world.stack.gitlab, "comment", **comment)

    task = await world.until(task, lambda now: now.runs == 2 and now.state is TaskState.IN_REVIEW)

    run = task.run
    assert run is not None
    assert (run.purpose, run.state) == (Purpose.REWORK, RunState.DELIVERED), run.reason
    assert run.start == before and run.head != before
    discussion = await world.gitlab(f"/merge_requests/{iid}/discussions/{told['discussion_id']}")
    asked, answered = [one["body"] for one in discussion["notes"]]
    assert asked == words
    assert "The changelog says it now" in answered and f"Done in {(run.head or '')[:12]}" in answered
    assert "`CHANGELOG.md` line" in answered
    assert not discussion["notes"][0]["resolved"], "resolving stays with people"
    assert len(await world.requests()) == 1
