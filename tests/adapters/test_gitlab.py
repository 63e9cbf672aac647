"""The worker's side of a merge request against the GitLab stand-in: one per branch, people's choices kept."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from jobs.adapters.gitlab import (
    TITLE,
    GitLabConnection,
    GitLabFiles,
    GitLabForge,
    GitLabIssues,
    GitLabRequests,
    GitLabWatch,
)
from jobs.domain.review import MergeRequestState, PipelineStatus, Proposal
from jobs.errors import Stop, StopKind, Transient
from playground.gitlab import GitLabStandIn
from playground.gitlab.records import MergeRequest, Project
from playground.gitlab.seed import BOT_KEY
from playground.serve import serving
from tests.gitlab import a_gitlab

BRANCH = "codegen/cg-1"


@dataclass
class GitLab:
    """The stand-in, and the forge that speaks to it."""

    standin: GitLabStandIn
    project: Project
    url: str
    session: ClientSession
    connections: list[GitLabConnection] = field(default_factory=list)

    def forge(self, token: str = BOT_KEY, *, url: str | None = None, timeout: float = 20.0) -> GitLabForge:
        self.connections.append(GitLabConnection(url or self.url, SecretStr(token), timeout=timeout))
        return GitLabForge(self.connections[-1])

    async def control(self, order: str, **body: object) -> dict[str, Any]:
        async with self.session.post(f"{self.url}/_control/{order}", json=body) as answer:
            told: dict[str, Any] = await answer.json()
            assert answer.status == 200, told
            return told

    def calls(self, method: str, ending: str) -> int:
        calls = self.standin.state.faults.calls
        return sum(one["method"] == method and str(one["path"]).endswith(ending) for one in calls)

    @property
    def merge_request(self) -> MergeRequest:
        (only,) = self.project.merge_requests
        return only


@pytest.fixture
async def gitlab(tmp_path: Path) -> AsyncIterator[GitLab]:
    with a_gitlab(tmp_path) as standin:
        project = await standin.add_project("payments/api", None)
        async with serving(standin.app) as url, ClientSession() as session:
            found = GitLab(standin, project, url, session)
            await found.control(
                "push", project="payments/api", branch=BRANCH, user="codegen", files={"a.txt": "a\n"}
            )
            yield found
            for one in found.connections:
                one.close()


def proposal(**fields: object) -> Proposal:
    given = {
        "project": "payments/api",
        "source_branch": BRANCH,
        "target_branch": "main",
        "title": "Round half up",
        "description": "What changed.",
        "draft": True,
        "labels": ("codegen::bugfix",),
        "reviewers": ("ben",),
    }
    return Proposal.model_validate(given | fields)


async def test_one_merge_request_per_branch_opened_then_brought_up_to_date(gitlab: GitLab) -> None:
    forge = gitlab.forge()
    assert await forge.find_merge_request("payments/api", BRANCH) is None
    opened = await forge.put_merge_request(proposal())
    assert (opened.draft, opened.title, opened.state) == (
        True,
        "Draft: Round half up",
        MergeRequestState.OPENED,
    )
    again = await forge.put_merge_request(proposal(draft=False, description="More.", labels=("extra",)))
    assert (again.iid, again.draft, again.title) == (opened.iid, False, "Round half up")
    stored = gitlab.merge_request
    assert stored.description.splitlines()[1:] == ["More.", "<!-- codegen:end -->"]
    assert {"codegen", "codegen::bugfix", "extra"} <= set(stored.labels)
    assert [one.username for one in stored.reviewers] == ["ben"]
    found = await forge.find_merge_request("payments/api", BRANCH)
    assert found is not None and found.iid == opened.iid and found.url == opened.url
    assert found.sha == await forge.branch_head("payments/api", BRANCH)


async def test_two_workers_at_once_open_one(gitlab: GitLab) -> None:
    await gitlab.control("slow", method="POST", path="/merge_requests", seconds=0.3, times=2)
    both = await asyncio.gather(*(gitlab.forge().put_merge_request(proposal()) for _ in range(2)))
    assert {one.iid for one in both} == {1}
    assert gitlab.calls("POST", "/merge_requests") == 2
    assert gitlab.merge_request.iid == 1


async def test_an_answer_that_got_lost_is_no_second_merge_request(gitlab: GitLab) -> None:
    await gitlab.control("fail", method="POST", path="/merge_requests", status=502, after_commit=True)
    with pytest.raises(Transient):
        await gitlab.forge().put_merge_request(proposal())
    assert (await gitlab.forge().put_merge_request(proposal())).iid == 1


@pytest.mark.parametrize(("order", "state"), [("close", "closed"), ("merge", "merged")])
async def test_what_a_person_ended_stays_ended(gitlab: GitLab, order: str, state: str) -> None:
    opened = await gitlab.forge().put_merge_request(proposal(draft=False))
    await gitlab.control(order, project="payments/api", iid=opened.iid, user="ben")
    with pytest.raises(Stop, match=f"!1 for this task is {state} already"):
        await gitlab.forge().put_merge_request(proposal())
    found = await gitlab.forge().find_merge_request("payments/api", BRANCH)
    assert found is not None and found.state == state


async def test_reviewers_that_a_person_chose_are_kept(gitlab: GitLab) -> None:
    await gitlab.forge().put_merge_request(proposal())
    gitlab.merge_request.reviewers[:] = [gitlab.standin.state.user("ana")]
    await gitlab.forge().put_merge_request(proposal())
    assert [one.username for one in gitlab.merge_request.reviewers] == ["ana"]
    gitlab.merge_request.reviewers.clear()
    await gitlab.forge().put_merge_request(proposal(reviewers=("nobody", "ben")))
    assert [one.username for one in gitlab.merge_request.reviewers] == ["ben"]


async def test_titles_of_any_length_fit(gitlab: GitLab) -> None:
    opened = await gitlab.forge().put_merge_request(proposal(title="long\n" * 100))
    assert len(opened.title) == TITLE and "\n" not in opened.title and opened.title.startswith("Draft: ")


async def test_what_is_not_there(gitlab: GitLab) -> None:
    assert await gitlab.forge().branch_head("payments/api", "nowhere") is None
    with pytest.raises(Stop, match="no payments/nothing") as caught:
        await gitlab.forge().repository("payments/nothing")
    assert caught.value.kind is StopKind.INPUT
    with pytest.raises(Stop, match="no payments/api"):
        await gitlab.forge("glpat-eve-token").repository("payments/api")


async def test_the_catalogue_names_branches_and_members(gitlab: GitLab) -> None:
    (only,) = await gitlab.forge().catalogue()
    assert (only.path, only.default_branch, set(only.branches)) == ("payments/api", "main", {"main", BRANCH})
    assert {"ana", "ben"} <= set(only.members)


@pytest.mark.parametrize("token", ["glpat-wrong", "glpat-expired-token"])
async def test_a_refused_token_is_a_stop_that_does_not_repeat_it(gitlab: GitLab, token: str) -> None:
    with pytest.raises(Stop, match="GitLab refused the token") as caught:
        await gitlab.forge(token).put_merge_request(proposal())
    assert "GITLAB_TOKEN" in caught.value.remedy and token not in str(caught.value)


async def test_a_token_without_the_right_names_the_right(gitlab: GitLab) -> None:
    with pytest.raises(Stop, match="does not let the bot do this in payments/api") as caught:
        await gitlab.forge("glpat-read-only-token").put_merge_request(proposal())
    assert "Developer" in caught.value.remedy


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_write_that_fails_in_passing_is_not_repeated_blindly(gitlab: GitLab, status: int) -> None:
    await gitlab.control("fail", method="POST", path="/merge_requests", status=status)
    with pytest.raises(Transient, match=str(status)):
        await gitlab.forge().put_merge_request(proposal())
    assert gitlab.calls("POST", "/merge_requests") == 1


async def test_a_rate_limit_tells_how_long_to_wait(gitlab: GitLab) -> None:
    await gitlab.control("rate_limit", method="POST", path="/merge_requests", retry_after=17)
    with pytest.raises(Transient) as caught:
        await gitlab.forge().put_merge_request(proposal())
    assert caught.value.retry_after == 17


async def test_a_read_that_fails_in_passing_is_repeated(gitlab: GitLab) -> None:
    await gitlab.control("fail", method="GET", path="/branches", status=502)
    assert await gitlab.forge().branch_head("payments/api", BRANCH)


async def test_a_gitlab_that_is_slow_or_not_there_is_passing(gitlab: GitLab) -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        await gitlab.forge(url="http://127.0.0.1:9").repository("payments/api")
    await gitlab.control("slow", path="/projects", seconds=1.5, times=9)
    with pytest.raises(Transient, match="cannot be reached"):
        await gitlab.forge(timeout=0.2).put_merge_request(proposal())


async def test_the_pipeline_of_exactly_this_commit(gitlab: GitLab) -> None:
    head = await gitlab.forge().branch_head("payments/api", BRANCH)
    assert head is not None
    assert await gitlab.forge().pipeline_status("payments/api", head) is PipelineStatus.NONE


async def test_whose_token_it_is(gitlab: GitLab) -> None:
    token = await gitlab.forge().token()
    assert (token.user, set(token.scopes)) == ("codegen", {"api", "write_repository"})
    assert token.days_left in (179, 180)


async def test_open_merge_requests_are_listed_for_whoever_repeats_one(gitlab: GitLab) -> None:
    await gitlab.forge().put_merge_request(proposal())
    requests = GitLabRequests(gitlab.connections[-1])

    [found] = await requests.open_requests("payments/api")
    assert found.title == "Draft: Round half up"

    await gitlab.control("close", project="payments/api", iid=1, user="ben")
    assert await requests.open_requests("payments/api") == ()


async def test_an_issue_is_read_as_its_author_wrote_it(gitlab: GitLab) -> None:
    gitlab.forge()
    issues = GitLabIssues(gitlab.connections[-1])
    created = {"title": "Off by a cent", "description": "Totals are off.\n/close @all"}
    headers = {"PRIVATE-TOKEN": BOT_KEY}
    url = f"{gitlab.url}/api/v4/projects/1/issues"
    async with gitlab.session.post(url, json=created, headers=headers) as sent:
        assert sent.status == 201, await sent.text()

    issue = await issues.issue("payments/api", 1)

    assert (issue.title, issue.text) == ("Off by a cent", "Totals are off.\n/close @all")
    assert issue.url.endswith("/payments/api/-/issues/1")
    with pytest.raises(Stop, match="issue #9 of payments/api"):
        await issues.issue("payments/api", 9)


async def test_what_people_write_into_a_merge_request_stays(gitlab: GitLab) -> None:
    await gitlab.forge().put_merge_request(proposal())
    stored = gitlab.merge_request
    stored.description = f"Read this first.\n{stored.description}\nAnd this last."
    stored.title = "Draft: Rounding, as finance wants it"
    for text in ("Second.", "Third."):
        await gitlab.forge().put_merge_request(proposal(draft=False, description=text))
    assert stored.title == "Rounding, as finance wants it"
    lines = stored.description.splitlines()
    assert (lines[0], lines[2], lines[-1]) == ("Read this first.", "Third.", "And this last.")


async def test_who_wrote_a_file_and_how_much_they_review(gitlab: GitLab) -> None:
    for user, text in (("ana", "rate = 1\nbase = 2\n"), ("ben", "rate = 1\nbase = 3\n")):
        files = {"src/tax.py": text}
        await gitlab.control("push", project="payments/api", branch="side", user=user, files=files)
    gitlab.forge()
    watch = GitLabWatch(gitlab.connections[-1])
    head = await gitlab.forge().branch_head("payments/api", "side")
    assert head is not None
    for lines, wrote in (((1, 1), ("ana",)), ((2, 2), ("ben",)), ((1, 2), ("ana", "ben"))):
        assert await watch.authors("payments/api", head, {"src/tax.py": lines}) == wrote
    await gitlab.forge().put_merge_request(proposal())
    assert (await watch.open_reviews("ben"), await watch.open_reviews("ana")) == (1, 0)


async def test_a_file_of_a_branch_is_read_without_a_checkout(gitlab: GitLab) -> None:
    gitlab.forge()
    files = GitLabFiles(gitlab.connections[-1])
    assert await files.file("payments/api", BRANCH, "a.txt") == b"a\n"
    assert await files.file("payments/api", "main", "no/such.yml") is None
