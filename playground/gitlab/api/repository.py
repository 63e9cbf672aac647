"""Commits, files, trees and comparisons."""

import base64
import hashlib
import re

from aiohttp import web

from playground.gitlab.call import Call, Route, answer
from playground.gitlab.diffs import FileDiff, file_diffs
from playground.gitlab.paging import paged
from playground.gitlab.records import Project
from playground.gitlab.refusal import bad_request, not_found
from playground.gitlab.repository import Commit, GitError
from playground.gitlab.shapes.projects import commit_shape


async def list_commits(call: Call) -> web.Response:
    """GET /repository/commits of `ref_name`, by `path`."""
    project, path = call.project(), call.params.text("path")
    sha = await _resolve(project, call.params.text("ref_name") or project.default_branch, "Commit")
    commits = await project.repository.log("--end-of-options", sha, "--", *([path] if path else []))

    async def shape(commit: Commit) -> object:
        return commit_shape(call.state, project, commit)

    return await paged(call, commits, shape)


async def show_commit(call: Call) -> web.Response:
    """GET /repository/commits/:sha."""
    project = call.project()
    sha = await _resolve(project, call.part("sha"), "Commit")
    commit = await project.repository.commit(sha)
    numbers = await project.repository.git("show", "--numstat", "--format=", "-m", "--first-parent", sha)
    rows = [row.split("\t") for row in numbers.splitlines()]
    added, deleted = (sum(int(row[i]) for row in rows if row[i].isdigit()) for i in (0, 1))
    stats = {"additions": added, "deletions": deleted, "total": added + deleted}
    return answer(commit_shape(call.state, project, commit) | {"stats": stats, "status": None})


async def commit_diff(call: Call) -> web.Response:
    """GET /repository/commits/:sha/diff."""
    project = call.project()
    sha = await _resolve(project, call.part("sha"), "Commit")
    parents = (await project.repository.commit(sha)).parents
    empty = await project.repository.git("hash-object", "-t", "tree", "--stdin")
    diffs = await file_diffs(project.repository, parents[0] if parents else empty, sha)

    async def shape(diff: FileDiff) -> object:
        return diff.shape()

    return await paged(call, diffs, shape)


async def compare(call: Call) -> web.Response:
    """GET /repository/compare from `from` to `to`; from their merge base unless `straight`."""
    project, git = call.project(), call.project().repository
    start, end = call.params.require("from"), call.params.require("to")
    straight = call.params.flag("straight")
    call.params.check()
    old, new = await _resolve(project, start, "Ref"), await _resolve(project, end, "Ref")
    base = old if straight else await git.merge_base(old, new) or old
    commits = [commit_shape(call.state, project, one) for one in await git.log(f"{old}..{new}")]
    return answer(
        {
            "commit": commits[0] if commits else None,
            "commits": list(reversed(commits)),
            "diffs": [diff.shape() for diff in await file_diffs(git, base, new)],
            "compare_timeout": False,
            "compare_same_ref": old == new,
            "web_url": call.state.web_url(project, "-/compare", f"{old}...{new}"),
        }
    )


async def merge_base(call: Call) -> web.Response:
    """GET /repository/merge_base of two `refs`."""
    project, refs = call.project(), call.params.names("refs") or []
    if len(refs) != 2:
        raise bad_request("Provide exactly 2 refs")
    one, other = [await _resolve(project, ref, "Commit") for ref in refs]
    base = await project.repository.merge_base(one, other)
    if base is None:
        raise not_found("Merge Base")
    return answer(commit_shape(call.state, project, await project.repository.commit(base)))


async def tree(call: Call) -> web.Response:
    """GET /repository/tree of `ref`, below `path`, `recursive` or not."""
    project = call.project()
    path = (call.params.text("path") or "").strip("/")
    recursive = call.params.flag("recursive")
    sha = await _resolve(project, call.params.text("ref") or project.default_branch, "Tree")
    flags = ["-r", "-t"] if recursive else []
    listing = await project.repository.raw("ls-tree", "-z", *flags, sha, *([f"{path}/"] if path else []))
    rows = [row for row in listing.decode(errors="replace").split("\0") if row]
    if path and not rows:
        raise not_found("invalid revision or path")

    async def shape(row: str) -> object:
        head, _, name = row.partition("\t")
        mode, kind, key = head.split()
        return {"id": key, "name": name.rpartition("/")[2], "type": kind, "path": name, "mode": mode}

    return await paged(call, rows, shape)


async def show_file(call: Call) -> web.Response:
    """GET /repository/files/:path at `ref`."""
    project, path = call.project(), call.part("path")
    ref = call.params.require("ref")
    call.params.check()
    sha, content = await _file(project, ref, path)
    return answer(
        {
            "file_name": path.rpartition("/")[2],
            "file_path": path,
            "size": len(content),
            "ref": ref,
            "encoding": "base64",
            "content": base64.b64encode(content).decode(),
            "commit_id": sha,
            "content_sha256": hashlib.sha256(content).hexdigest(),
            "last_commit_id": sha,
            "blob_id": await project.repository.git("rev-parse", f"{sha}:{path}"),
            "execute_filemode": False,
        }
    )


async def raw_file(call: Call) -> web.Response:
    """GET /repository/files/:path/raw at `ref` (the default branch when left out)."""
    project = call.project()
    ref = call.params.text("ref") or project.default_branch
    _, content = await _file(project, ref, call.part("path"))
    return web.Response(body=content, content_type="text/plain")


async def blame(call: Call) -> web.Response:
    """GET /repository/files/:path/blame at `ref`, of the lines in `range`."""
    project, path, params = call.project(), call.part("path"), call.params
    ref, asked = params.require("ref"), params.values.get("range")
    params.check()
    sha, _ = await _file(project, ref, path)
    span = ("-L", f"{asked['start']},{asked['end']}") if isinstance(asked, dict) else ()
    told = await project.repository.git("blame", "--line-porcelain", *span, sha, "--", path)
    found: list[tuple[str, list[str]]] = []
    for line in told.split("\n"):
        if re.match(r"[0-9a-f]{40} \d+ \d+", line):
            commit = line[:40]
        elif line.startswith("\t"):
            if not found or found[-1][0] != commit:
                found.append((commit, []))
            found[-1][1].append(line[1:])
    return answer([{"commit": await _blamed(call, project, one), "lines": lines} for one, lines in found])


async def _blamed(call: Call, project: Project, sha: str) -> object:
    shape = commit_shape(call.state, project, await project.repository.commit(sha))
    names = ("id", "parent_ids", "message", "authored_date", "author_name", "author_email")
    return {name: shape[name] for name in (*names, "committed_date", "committer_name", "committer_email")}


async def _file(project: Project, ref: str, path: str) -> tuple[str, bytes]:
    sha = await _resolve(project, ref, "Commit")
    try:
        return sha, await project.repository.raw("cat-file", "blob", f"{sha}:{path}")
    except GitError as fault:
        raise not_found("File") from fault


async def _resolve(project: Project, revision: str, what: str) -> str:
    sha = await project.repository.resolve(revision)
    if sha is None:
        raise not_found(what)
    return sha


ROUTES = (
    Route("GET", "/projects/{project}/repository/commits", list_commits),
    Route("GET", "/projects/{project}/repository/commits/{sha}", show_commit),
    Route("GET", "/projects/{project}/repository/commits/{sha}/diff", commit_diff),
    Route("GET", "/projects/{project}/repository/compare", compare),
    Route("GET", "/projects/{project}/repository/merge_base", merge_base),
    Route("GET", "/projects/{project}/repository/tree", tree),
    Route("GET", "/projects/{project}/repository/files/{path}", show_file),
    Route("GET", "/projects/{project}/repository/files/{path}/raw", raw_file),
    Route("GET", "/projects/{project}/repository/files/{path}/blame", blame),
)
