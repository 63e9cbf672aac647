"""A whole worker between GitLab and the thread: commits of a person and an issue, each by a hint."""

import asyncio
from dataclasses import replace

from jobs.adapters.gitlab import GitLabInbound, GitLabReports, GitLabReview, GitLabWatch
from jobs.domain.task import TaskState
from playground.gitlab.issue_acts import open_issue
from tests.review.conftest import PROJECT, Review
from tests.worker.fakes import Fakes, a_settings, at_work

CRITERION = "Totals are off by a cent.\n\n- `round(2.5)` is 3, not 2: it fails today\n"


async def test_commits_of_a_person_are_told_and_an_issue_becomes_a_task(review: Review) -> None:
    fakes = Fakes(review.store, messenger=review.messenger)
    shop = fakes.workshop()
    tools = replace(
        shop.tools, review=GitLabReview(review.connection), reports=GitLabReports(review.connection)
    )
    shop = replace(
        shop, tools=tools, watch=GitLabWatch(review.connection), inbound=GitLabInbound(review.connection)
    )
    settings = a_settings("")
    operator = settings.operator.model_copy(update={"people": {"ben": "U0MAX"}})
    settings = settings.model_copy(update={"operator": operator})
    ben = review.standin.state.users["ben"]
    async with at_work(review.store, review.queue, shop, settings), asyncio.timeout(60):
        told = await review.control(
            "push", branch=review.request.source_branch, user="ben", files={"b": "b\n"}
        )
        await review.store.hear(f"{PROJECT}!1")
        open_issue(
            review.standin.state,
            review.project,
            user=ben,
            title="Half up",
            description=CRITERION,
            labels=["codegen"],
        )
        await review.store.hear(f"{PROJECT}#1")
        while not any(told["sha"][:8] in str(one.blocks) for one in review.messenger.versions):
            review.messenger.spoke.clear()
            await review.messenger.spoke.wait()
        async with review.store.changes() as news:
            while len(found := await review.store.list()) < 2:
                await anext(news)
    (proposed,) = [one for one in found if one.id != review.task.id]
    assert (proposed.origin, proposed.state) == (f"gitlab/{PROJECT}/issues/1", TaskState.PROPOSED)
