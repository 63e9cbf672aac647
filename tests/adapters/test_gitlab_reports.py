"""Uploads, statuses and threads on lines, against a GitLab that refuses what GitLab refuses."""

from dataclasses import dataclass

import pytest

from jobs.adapters.gitlab import GitLabReports
from jobs.domain.remark import CommitState, Remark, mark
from jobs.domain.review import PipelineStatus
from jobs.errors import Stop
from tests.adapters.test_gitlab import BRANCH, GitLab, gitlab, proposal

__all__ = ["gitlab"]
KEY = "0123456789abcdef"


@dataclass
class Opened:
    gitlab: GitLab
    reports: GitLabReports
    iid: int
    head: str


@pytest.fixture
async def opened(gitlab: GitLab) -> Opened:
    request = await gitlab.forge().put_merge_request(proposal())
    return Opened(gitlab, GitLabReports(gitlab.connections[0]), request.iid, request.sha or "")


def remark(line: int = 1, path: str = "a.txt", key: str = KEY) -> Remark:
    return Remark(key=key, path=path, line=line, body=f"**lint**: too long\n\n{mark(key)}")


async def test_a_file_is_put_up_and_linked(opened: Opened) -> None:
    link = await opened.reports.upload("payments/api", name="junit.xml", content=b"<testsuites/>")
    (path,) = opened.gitlab.project.uploads
    assert link == f"[junit.xml]({path})"
    assert opened.gitlab.project.uploads[path] == b"<testsuites/>"


async def test_a_status_is_set_changed_and_set_again(opened: Opened) -> None:
    url = "https://ci.example/1"
    for state in (CommitState.PENDING, CommitState.SUCCESS, CommitState.SUCCESS):
        await opened.reports.status("payments/api", opened.head, state, text="x" * 300, url=url)
    jobs = [job for one in opened.gitlab.project.pipelines for job in one.jobs if job.external]
    assert [(one.name, one.status, len(one.description or "")) for one in jobs] == [
        ("codegen/verify", "success", 255)
    ]


async def test_our_own_status_is_not_ci(opened: Opened) -> None:
    await opened.reports.status("payments/api", opened.head, CommitState.PENDING, text="open", url="")
    assert await opened.gitlab.forge().pipeline_status("payments/api", opened.head) is PipelineStatus.NONE


async def test_an_unknown_commit_is_a_stop(opened: Opened) -> None:
    with pytest.raises(Stop):
        await opened.reports.status("payments/api", "9" * 40, CommitState.SUCCESS, text="", url="")


async def test_a_finding_stands_on_its_line_and_is_known_even_when_resolved(opened: Opened) -> None:
    assert await opened.reports.remarked("payments/api", opened.iid) == frozenset()
    assert await opened.reports.remark("payments/api", opened.iid, remark(), head=opened.head)
    (thread,) = opened.gitlab.merge_request.discussions
    assert (thread.notes[0].position or {})["new_line"] == 1
    thread.notes[0].resolved_by = thread.notes[0].author
    assert await opened.reports.remarked("payments/api", opened.iid) == {KEY}


@pytest.mark.parametrize(("line", "path"), [(7, "a.txt"), (1, "no-such-file.txt")])
async def test_a_line_that_is_not_shown_takes_no_thread(opened: Opened, line: int, path: str) -> None:
    assert not await opened.reports.remark("payments/api", opened.iid, remark(line, path), head=opened.head)
    assert opened.gitlab.merge_request.discussions == []


async def test_a_head_that_somebody_pushed_over_takes_no_thread(opened: Opened) -> None:
    files = {"b.txt": "b\n"}
    await opened.gitlab.control("push", project="payments/api", branch=BRANCH, user="ana", files=files)
    assert not await opened.reports.remark("payments/api", opened.iid, remark(), head=opened.head)


async def test_a_note_is_written_once_and_rewritten(opened: Opened) -> None:
    for body in ("three findings", "three findings", "two findings"):
        await opened.reports.note("payments/api", opened.iid, key="findings", body=body)
    (note,) = [one for thread in opened.gitlab.merge_request.discussions for one in thread.notes]
    assert (note.body, note.resolvable) == (f"two findings\n\n{mark('findings')}", False)


async def test_a_mark_that_somebody_else_wrote_counts_for_nothing(opened: Opened) -> None:
    opened.gitlab.forge("glpat-ana-token")
    theirs = GitLabReports(opened.gitlab.connections[-1])
    await theirs.note("payments/api", opened.iid, key=KEY, body="nothing to see")
    assert await opened.reports.remarked("payments/api", opened.iid) == frozenset()
