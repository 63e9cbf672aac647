"""Git itself against the stand-in: clone, push, and the pushes that GitLab refuses."""

import asyncio
import base64
import gzip
import os
from pathlib import Path

from gitlab.v4.objects import Project

from tests.playground.gitlab.conftest import BRANCH, Site

PROTECTED = "GitLab: You are not allowed to push code to protected branches on this project."


async def _clone(site: Site, *, token: str = "glpat-playground-token") -> Path:
    status, out = await site.git("clone", f"{site.url}/payments/api.git", "work", token=token)
    assert status == 0, out
    return site.home / "work"


async def _commit(site: Site, work: Path, name: str, content: str) -> str:
    (work / name).write_text(content)
    await site.git("add", ".", cwd=work)
    await site.git("commit", "-m", f"feat: {name}", cwd=work)
    return (await site.git("rev-parse", "HEAD", cwd=work))[1].strip()


async def test_a_push_makes_a_branch_and_moves_the_merge_request(site: Site) -> None:
    work = await _clone(site)
    await site.git("checkout", "-b", BRANCH, cwd=work)
    first = await _commit(site, work, "one.txt", "1\n")
    assert (await site.git("push", "origin", BRANCH, cwd=work))[0] == 0

    def create(project: Project) -> tuple[object, object]:
        wanted = {"source_branch": BRANCH, "target_branch": "main", "title": "One"}
        made = project.mergerequests.create(wanted)
        return made.iid, made.sha

    assert await site.client(create) == (1, first)
    second = await _commit(site, work, "two.txt", "2\n")
    assert (await site.git("push", "origin", BRANCH, cwd=work))[0] == 0

    shown = await site.api("GET", "/projects/1/merge_requests/1")
    assert isinstance(shown.body, dict)
    assert shown.body["sha"] == second
    versions = await site.api("GET", "/projects/1/merge_requests/1/versions")
    assert versions.headers["X-Total"] == "2"


async def test_a_large_push_goes_through_with_options(site: Site) -> None:
    await site.control("settings", project="payments/api", ci="pending")
    work = await _clone(site)
    await site.git("checkout", "-b", BRANCH, cwd=work)
    await _commit(site, work, "large.txt", "\n".join(os.urandom(24).hex() for _ in range(60_000)))

    status, out = await site.git("push", "-o", "ci.skip", "origin", BRANCH, cwd=work)

    assert status == 0, out
    assert site.standin.state.project("1").pipelines == []
    assert [one.name for one in site.standin.state.project("1").directory.glob("push-options*")] == []


async def test_a_developer_does_not_push_to_the_protected_branch(site: Site) -> None:
    work = await _clone(site)
    await _commit(site, work, "one.txt", "1\n")

    status, out = await site.git("push", "origin", "main", cwd=work)

    assert status != 0
    assert PROTECTED in out
    assert (await site.git("push", "origin", "main", cwd=work, token="glpat-ben-token"))[0] == 0


async def test_nobody_deletes_the_default_branch(site: Site) -> None:
    work = await _clone(site)
    status, out = await site.git("push", "origin", ":main", cwd=work, token="glpat-ben-token")
    assert status != 0
    assert "The default branch of a project cannot be deleted." in out


async def test_wrong_expired_missing_and_weak_tokens(site: Site) -> None:
    address = f"{site.url}/payments/api.git"
    for token in ("glpat-wrong", "glpat-expired-token", None):
        status, out = await site.git("ls-remote", address, token=token)
        assert status != 0
        assert "HTTP Basic: Access denied" in out
    status, out = await site.git("ls-remote", address, token="glpat-eve-token")
    assert status != 0
    assert "could not be found or you don't have permission" in out
    work = await _clone(site, token="glpat-read-only-token")
    await _commit(site, work, "one.txt", "1\n")
    status, out = await site.git("push", "origin", "HEAD:x", cwd=work, token="glpat-read-only-token")
    assert status != 0
    assert "You are not allowed to push code to this project." in out


async def test_a_lease_that_is_out_of_date_is_refused(site: Site) -> None:
    work = await _clone(site)
    await site.git("checkout", "-b", BRANCH, cwd=work)
    await _commit(site, work, "one.txt", "1\n")
    await site.git("push", "origin", BRANCH, cwd=work)
    await site.push({"person.txt": "mine\n"}, user="ana")
    await _commit(site, work, "two.txt", "2\n")

    status, out = await site.git("push", "--force-with-lease", "origin", BRANCH, cwd=work)

    assert status != 0
    assert "stale info" in out or "rejected" in out


async def test_a_public_project_is_read_without_a_token(site: Site) -> None:
    site.standin.state.project("1").visibility = "public"
    assert (await site.git("ls-remote", f"{site.url}/payments/api.git", token=None))[0] == 0


async def test_an_existing_repository_keeps_its_history(site: Site) -> None:
    work = await _clone(site)
    head = await _commit(site, work, "one.txt", "1\n")
    project = await site.standin.add_project("copies/api", work)
    assert (await project.repository.branches())["main"] == head


async def test_packed_requests_are_read(site: Site) -> None:
    credentials = base64.b64encode(b"oauth2:glpat-playground-token").decode()
    headers = {
        "Authorization": f"Basic {credentials}",
        "Content-Encoding": "gzip",
        "Git-Protocol": "version=2",
        "Content-Type": "application/x-git-upload-pack-request",
    }
    body = gzip.compress(b"0014command=ls-refs\n0000")
    url = f"{site.url}/payments/api.git/git-upload-pack"
    async with site.session.post(url, data=body, headers=headers) as got:
        assert got.status == 200
        assert b"refs/heads/main" in await got.read()


async def test_two_pushes_at_once_are_both_seen(site: Site) -> None:
    work = await _clone(site)
    await _commit(site, work, "one.txt", "1\n")

    pushes = [site.git("push", "origin", f"HEAD:refs/heads/{name}", cwd=work) for name in ("a", "b", "c")]

    assert [status for status, _ in await asyncio.gather(*pushes)] == [0, 0, 0]
    assert {"refs/heads/a", "refs/heads/b", "refs/heads/c"} < set(site.standin.state.project("1").seen_refs)


async def test_a_fault_meets_git_too(site: Site) -> None:
    await site.control("fail", path="git-receive-pack", status=503, times=9)
    work = await _clone(site)
    await _commit(site, work, "one.txt", "1\n")
    status, out = await site.git("push", "origin", "HEAD:x", cwd=work)
    assert status != 0
    assert "503" in out
