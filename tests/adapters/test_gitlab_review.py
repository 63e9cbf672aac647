"""What is done to an open merge request, against the GitLab stand-in: once each, refusals in words."""

import pytest
from pydantic import SecretStr

from jobs.adapters.gitlab import GitLabConnection, GitLabReview
from jobs.domain.review import MergeRequestState
from jobs.errors import Stop
from playground.gitlab.records import Access
from playground.gitlab.seed import BOT_KEY
from tests.adapters.test_gitlab import BRANCH, GitLab, gitlab, proposal

__all__ = ["gitlab"]

PROJECT = "payments/api"


def review(gitlab: GitLab) -> GitLabReview:
    connection = GitLabConnection(gitlab.url, SecretStr(BOT_KEY))
    gitlab.connections.append(connection)
    return GitLabReview(connection)


async def opened(gitlab: GitLab, **fields: object) -> str:
    """The head of a merge request that is open."""
    await gitlab.forge().put_merge_request(proposal(**({"draft": False} | fields)))
    return gitlab.merge_request.sha


async def discussion(gitlab: GitLab) -> str:
    await gitlab.control(
        "comment", project=PROJECT, iid=1, user="ben", body="@codegen please", discussion=True
    )
    return gitlab.merge_request.discussions[-1].id


async def test_a_discussion_is_answered_once_per_key(gitlab: GitLab) -> None:
    await opened(gitlab)
    where, desk = await discussion(gitlab), review(gitlab)
    for key in ("run-1", "run-1", "run-2"):
        await desk.answer(PROJECT, 1, discussion=where, text=f"Done for {key}.", key=key)
    told = [one.body.split("\n")[0] for one in gitlab.merge_request.discussions[-1].notes]
    assert told == ["@codegen please", "Done for run-1.", "Done for run-2."]


async def test_a_lost_answer_is_no_second_one(gitlab: GitLab) -> None:
    await opened(gitlab)
    where, desk = await discussion(gitlab), review(gitlab)
    await gitlab.control("fail", method="POST", path="/notes", status=502, after_commit=True)
    with pytest.raises(Exception, match="502"):
        await desk.answer(PROJECT, 1, discussion=where, text="Done.", key="run-1")
    await desk.answer(PROJECT, 1, discussion=where, text="Done.", key="run-1")
    assert len(gitlab.merge_request.discussions[-1].notes) == 2


async def test_a_discussion_is_resolved_where_it_can_be(gitlab: GitLab) -> None:
    await opened(gitlab)
    where, desk = await discussion(gitlab), review(gitlab)
    await desk.resolve(PROJECT, 1, discussion=where)
    assert all(one.resolved_by is not None for one in gitlab.merge_request.discussions[-1].notes)
    await gitlab.control("comment", project=PROJECT, iid=1, user="ben", body="plain", discussion=False)
    await desk.resolve(PROJECT, 1, discussion=gitlab.merge_request.discussions[-1].id)


async def test_the_merge_is_asked_for_with_its_head(gitlab: GitLab) -> None:
    gitlab.project.protected.clear()
    sha, desk = await opened(gitlab), review(gitlab)
    with pytest.raises(Stop, match="Somebody pushed to !1 after it was verified"):
        await desk.merge_when_approved(PROJECT, 1, sha="0" * 40)
    assert (await desk.merge_when_approved(PROJECT, 1, sha=sha)).state is MergeRequestState.MERGED
    assert (await desk.merge_when_approved(PROJECT, 1, sha=sha)).state is MergeRequestState.MERGED
    with pytest.raises(Stop, match="!1 is merged already"):
        await desk.close(PROJECT, 1)


async def test_a_missing_right_to_merge_is_named(gitlab: GitLab) -> None:
    sha = await opened(gitlab)
    gitlab.project.merge_access = Access.MAINTAINER
    with pytest.raises(Stop, match=r"may not merge into the target branch of !1.*ask your operator"):
        await review(gitlab).merge_when_approved(PROJECT, 1, sha=sha)


@pytest.mark.parametrize(
    ("fields", "approvals", "words"),
    [({"draft": True}, 0, "!1 is a draft"), ({}, 1, "!1 is not approved yet")],
)
async def test_what_stands_against_a_merge_is_named(
    gitlab: GitLab, fields: dict[str, object], approvals: int, words: str
) -> None:
    gitlab.project.protected.clear()
    gitlab.project.approvals_required = approvals
    sha = await opened(gitlab, **fields)
    with pytest.raises(Stop, match=words):
        await review(gitlab).merge_when_approved(PROJECT, 1, sha=sha)


async def test_a_conflict_stands_against_a_merge(gitlab: GitLab) -> None:
    gitlab.project.protected.clear()
    sha = await opened(gitlab)
    await gitlab.control("push", project=PROJECT, branch="main", user="ben", files={"a.txt": "other\n"})
    with pytest.raises(Stop, match=r"cannot be merged into its target branch as it is.*Bring up to date"):
        await review(gitlab).merge_when_approved(PROJECT, 1, sha=sha)


async def test_closing_and_retargeting_are_done_once(gitlab: GitLab) -> None:
    await opened(gitlab)
    await gitlab.control("push", project=PROJECT, branch="release", user="ben", files={"b.txt": "b\n"})
    desk = review(gitlab)
    for _ in range(2):
        await desk.retarget(PROJECT, 1, branch="release")
    assert gitlab.merge_request.target_branch == "release"
    for _ in range(2):
        assert (await desk.close(PROJECT, 1)).state is MergeRequestState.CLOSED
    assert gitlab.calls("PUT", "/merge_requests/1") == 2
    with pytest.raises(Stop, match="!1 is closed"):
        await desk.merge_when_approved(PROJECT, 1, sha=gitlab.merge_request.sha)
    assert gitlab.merge_request.source_branch == BRANCH
