"""python-gitlab against the stand-in: what the product does with a forge."""

import gitlab
import pytest
import requests
from gitlab.v4.objects import Project

from tests.playground.gitlab.conftest import BRANCH, Site


async def test_who_am_i_and_how_long(site: Site) -> None:
    def ask(project: Project) -> tuple[object, ...]:
        remote = project.manager.gitlab
        remote.auth()
        token = remote.personal_access_tokens.get("self")
        members = {one.username: one.access_level for one in project.members_all.list(get_all=True)}
        assert remote.user is not None
        return remote.user.username, remote.version()[0], token.scopes, token.active, members

    username, version, scopes, active, members = await site.client(ask)

    assert (username, version, active) == ("codegen", "18.5.0", True)
    assert scopes == ["api", "write_repository"]
    assert members == {"ana": 30, "ben": 40, "codegen": 30}


async def test_a_merge_request_from_draft_to_merged(site: Site) -> None:
    await site.push({"app.py": "one\n2\nthree\n"})

    def live(project: Project) -> None:
        mr = project.mergerequests.create(
            {
                "source_branch": BRANCH,
                "target_branch": "main",
                "title": "Draft: Round half up",
                "description": "Why.",
                "labels": ["codegen"],
                "reviewer_ids": [3],
                "assignee_ids": [2],
            }
        )
        assert (mr.iid, mr.draft, mr.detailed_merge_status) == (1, True, "draft_status")
        assert ([one["username"] for one in mr.reviewers], mr.labels) == (["ben"], ["codegen"])
        with pytest.raises(gitlab.GitlabCreateError) as twice:
            project.mergerequests.create({"source_branch": BRANCH, "target_branch": "main", "title": "Again"})
        assert twice.value.response_code == 409
        found = project.mergerequests.list(source_branch=BRANCH, state="opened", get_all=True)
        assert [one.iid for one in found] == [1]

        mr = project.mergerequests.get(1)  # a list that was read would be sent back by `save`
        mr.title, mr.description = "Round half up", "Better."
        mr.save(add_labels="bugfix", remove_labels="codegen")
        mr = project.mergerequests.get(1)
        assert (mr.draft, mr.labels, mr.description) == (False, ["bugfix"], "Better.")
        assert [one.title for one in mr.commits()] == ["Change files"]
        assert [
            one["new_path"]
            for one in project.manager.gitlab.http_list("/projects/1/merge_requests/1/diffs", get_all=True)
        ] == ["app.py"]

        merged = mr.merge(sha=mr.sha, should_remove_source_branch=True, squash=True)
        assert merged["state"] == "merged"
        assert project.files.get("app.py", ref="main").decode() == b"one\n2\nthree\n"
        assert [one.name for one in project.branches.list(get_all=True)] == ["main"]
        head = project.commits.get("main")
        assert len(head.parent_ids) == 2
        assert head.message.startswith(f"Merge branch '{BRANCH}' into 'main'")

    await site.client(live)


async def test_notes_and_discussions_on_lines(site: Site) -> None:
    await site.open_mr()

    def talk(project: Project) -> None:
        mr = project.mergerequests.get(1)
        note = mr.notes.create({"body": "one"})
        note.body = "two"
        note.save()
        assert [one.body for one in mr.notes.list(get_all=True) if not one.system] == ["two"]
        place = {"position_type": "text", "old_path": "app.py", "new_path": "app.py", "new_line": 2}
        thread = mr.discussions.create({"body": "here", "position": place | mr.diff_refs})
        first = thread.attributes["notes"][0]
        assert (first["type"], first["position"]["new_line"], first["resolved"]) == ("DiffNote", 2, False)
        thread.notes.create({"body": "answer"})
        again = mr.discussions.get(thread.id)
        assert [one["body"] for one in again.attributes["notes"]] == ["here", "answer"]
        again.resolved = True
        again.save()
        for wrong in (1, 77):
            with pytest.raises(gitlab.GitlabCreateError) as fault:
                mr.discussions.create({"body": "x", "position": place | mr.diff_refs | {"new_line": wrong}})
            assert fault.value.response_code == 400
            assert "line_code" in str(fault.value.error_message)
        note.delete()

    await site.client(talk)


async def test_an_unchanged_line_needs_both_numbers(site: Site) -> None:
    opened = await site.open_mr()
    refs = opened["diff_refs"]
    assert isinstance(refs, dict)
    place = refs | {"position_type": "text", "new_path": "app.py", "old_path": "app.py", "new_line": 1}
    where = "/projects/1/merge_requests/1/discussions"
    assert (await site.api("POST", where, {"body": "x", "position": place})).status == 400
    assert (await site.api("POST", where, {"body": "x", "position": place | {"old_line": 1}})).status == 201


async def test_quick_actions_are_carried_out(site: Site) -> None:
    await site.open_mr()
    where = "/projects/1/merge_requests/1"
    kept = await site.api("POST", f"{where}/notes", {"body": "```\n/close\n```"})
    assert kept.status == 201
    only = await site.api("POST", f"{where}/notes", {"body": "/close"})
    assert only.status == 202
    shown = await site.api("GET", where)
    assert isinstance(shown.body, dict)
    assert shown.body["state"] == "closed"


async def test_pipelines_jobs_traces_and_reports(site: Site) -> None:
    await site.open_mr()
    failed = {
        "name": "unit",
        "status": "failed",
        "trace": "boom\n",
        "failure_reason": "script_failure",
        "tests": [{"name": "test_a", "status": "failed", "output": "assert 1 == 2"}],
    }
    lint = {"name": "lint", "status": "success"}
    await site.control("pipeline", project="payments/api", mr=1, status="failed", jobs=[failed, lint])

    def look(project: Project) -> None:
        mr = project.mergerequests.get(1)
        assert mr.head_pipeline["status"] == "failed"
        pipeline = project.pipelines.get(mr.pipelines.list(get_all=True)[0].id)
        jobs = {one.name: one for one in pipeline.jobs.list(get_all=True)}
        assert jobs["unit"].failure_reason == "script_failure"
        assert project.jobs.get(jobs["unit"].id).trace() == b"boom\n"
        report = pipeline.test_report.get()
        assert (report.failed_count, report.test_suites[0]["test_cases"][0]["name"]) == (1, "test_a")
        project.jobs.get(jobs["unit"].id).retry()
        assert project.pipelines.get(pipeline.id).status == "pending"
        status = project.commits.get(mr.sha).statuses.create({"state": "success", "name": "codegen"})
        assert status.status == "success"

    await site.client(look)


async def test_auto_merge_waits_for_the_pipeline_and_a_push_cancels_it(site: Site) -> None:
    await site.control("settings", project="payments/api", ci="pending")
    opened = await site.open_mr()
    where = "/projects/1/merge_requests/1"
    waits = await site.api("PUT", f"{where}/merge", {"auto_merge": True, "sha": opened["sha"]})
    assert isinstance(waits.body, dict)
    assert (waits.body["state"], waits.body["merge_when_pipeline_succeeds"]) == ("opened", True)
    await site.push({"more.txt": "x\n"}, user="ana")
    await site.control("pipeline", project="payments/api", mr=1, status="success")
    assert site.standin.state.project("1").merge_requests[0].state == "opened"

    await site.control("pipeline", project="payments/api", mr=1, status="running")
    await site.api("PUT", f"{where}/merge", {"auto_merge": True})
    await site.control("pipeline", project="payments/api", mr=1, status="success")
    assert site.standin.state.project("1").merge_requests[0].state == "merged"


async def test_rebase_puts_the_branch_on_the_target(site: Site) -> None:
    await site.open_mr()
    await site.push({"README.md": "# Changed\n"}, branch="main", user="ben")
    assert (await site.api("PUT", "/projects/1/merge_requests/1/rebase", {})).status == 202
    project = site.standin.state.project("1")
    branches = await project.repository.branches()
    assert await project.repository.contains(branches[BRANCH], branches["main"])
    assert project.merge_requests[0].sha == branches[BRANCH]


async def test_a_push_of_the_head_to_the_target_merges(site: Site) -> None:
    opened = await site.open_mr()
    project = site.standin.state.project("1")
    status, out = await site.git("clone", f"{site.url}/payments/api.git", "work", token="glpat-ben-token")
    assert status == 0, out
    work = site.home / "work"
    status, out = await site.git(
        "push", "origin", f"{opened['sha']}:refs/heads/main", cwd=work, token="glpat-ben-token"
    )
    assert status == 0, out
    assert project.merge_requests[0].state == "merged"


async def test_lists_come_in_pages(site: Site) -> None:
    for number in range(5):
        await site.push({f"{number}.txt": "x\n"}, branch=f"b/{number}")
    first = await site.api("GET", "/projects/1/repository/branches?per_page=2")
    assert first.headers["X-Total"] == "6"
    assert first.headers["X-Next-Page"] == "2"
    assert 'rel="next"' in first.headers["Link"]

    def every(project: Project) -> list[str]:
        return [one.name for one in project.branches.list(iterator=True, per_page=2)]

    assert await site.client(every) == ["b/0", "b/1", "b/2", "b/3", "b/4", "main"]


async def test_files_trees_comparisons_issues_labels_and_uploads(site: Site) -> None:
    await site.open_mr()

    def look(project: Project) -> None:
        assert [one["path"] for one in project.repository_tree(ref=BRANCH, get_all=True)] == [
            "README.md",
            "app.py",
            "new.txt",
        ]
        assert project.files.raw("app.py", ref="main") == b"one\ntwo\nthree\n"
        compared = project.repository_compare("main", BRANCH)
        assert isinstance(compared, dict)
        assert [one["new_path"] for one in compared["diffs"]] == ["app.py", "new.txt"]
        assert compared["diffs"][1]["new_file"] is True
        project.labels.create({"name": "risk", "color": "#ff0000"})
        issue = project.issues.create({"title": "Totals", "description": "Wrong", "labels": ["risk"]})
        issue.notes.create({"body": "more"})
        assert [one.title for one in project.issues.list(labels=["risk"], get_all=True)] == ["Totals"]
        base = project.repository_merge_base(["main", BRANCH])
        assert isinstance(base, dict)
        assert base["id"] == project.branches.get("main").commit["id"]
        uploaded = project.upload("log.txt", filedata=b"hello")
        assert uploaded["markdown"].startswith("[log.txt](/uploads/")

        served = project.manager.gitlab.http_get(f"{site.url}{uploaded['url']}")
        assert isinstance(served, requests.Response)
        assert served.content == b"hello"

    await site.client(look)


async def test_odd_names_keep_their_spelling(site: Site) -> None:
    name = "100%25 & more/ü %20.txt"
    await site.push({name: "x\n"}, branch="odd/branch%2F1")

    def look(project: Project) -> bytes:
        assert project.branches.get("odd/branch%2F1").name == "odd/branch%2F1"
        return project.files.get(name, ref="odd/branch%2F1").decode()

    assert await site.client(look) == b"x\n"


async def test_approvals_by_people(site: Site) -> None:
    await site.open_mr()
    await site.control("settings", project="payments/api", approvals_required=1)
    await site.control("approve", project="payments/api", iid=1, user="ben")
    told = await site.api("GET", "/projects/1/merge_requests/1/approvals")
    assert isinstance(told.body, dict)
    assert (told.body["approved"], told.body["approvals_left"]) == (True, 0)
    assert told.body["approved_by"][0]["user"]["username"] == "ben"


async def test_a_closed_merge_request_is_reopened_only_on_request(site: Site) -> None:
    await site.open_mr()
    await site.control("close", project="payments/api", iid=1, user="ben")
    assert (await site.api("PUT", "/projects/1/merge_requests/1/merge", {})).status == 405
    again = await site.api("PUT", "/projects/1/merge_requests/1", {"state_event": "reopen"})
    assert isinstance(again.body, dict)
    assert again.body["state"] == "opened"
