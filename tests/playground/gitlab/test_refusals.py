"""Wrong calls, each with the refusal that GitLab gives."""

import pytest

from tests.playground.gitlab.conftest import BOT, BRANCH, Site

MRS = "/projects/1/merge_requests"
NEW = {"source_branch": "other", "target_branch": "main", "title": "T"}
LINE = {"position_type": "text", "new_path": "app.py", "old_path": "app.py"}
ZERO = dict.fromkeys(("base_sha", "start_sha", "head_sha"), "0" * 40)
MISSING = "source_branch is missing, target_branch is missing, title is missing"
WORDS_255 = "is too long (maximum is 255 characters)"
EVE, BEN = "glpat-eve-token", "glpat-ben-token"
NO_PROJECT = "404 Project Not Found"
LINE_CODE = '400 Bad request - Note {:line_code=>["can\'t be blank", "must be a valid line code"]}'

WRONG: list[tuple[str, str, str, object, str | None, int, object]] = [
    ("no token", "GET", "/user", None, None, 401, "401 Unauthorized"),
    ("wrong token", "GET", "/user", None, "glpat-wrong", 401, "401 Unauthorized"),
    ("expired token", "GET", "/user", None, "glpat-expired-token", 401, "invalid_token"),
    ("version needs a token", "GET", "/version", None, None, 401, "401 Unauthorized"),
    ("read-only token writes", "POST", MRS, NEW, "glpat-read-only-token", 403, "insufficient_scope"),
    ("anonymous writes", "POST", MRS, NEW, None, 401, "401 Unauthorized"),
    ("unknown route", "GET", "/nonsense", None, BOT, 404, "404 Not Found"),
    ("unknown project", "GET", "/projects/99", None, BOT, 404, NO_PROJECT),
    ("unseen project", "GET", "/projects/payments%2Fapi", None, EVE, 404, NO_PROJECT),
    ("project of others", "GET", "/projects/web%2Fshop", None, BOT, 404, NO_PROJECT),
    ("private, no token", "GET", "/projects/1", None, None, 404, NO_PROJECT),
    ("unknown branch", "GET", "/projects/1/repository/branches/nope", None, BOT, 404, "404 Branch Not Found"),
    ("unknown commit", "GET", "/projects/1/repository/commits/nope", None, BOT, 404, "404 Commit Not Found"),
    (
        "unknown file",
        "GET",
        "/projects/1/repository/files/n.py?ref=main",
        None,
        BOT,
        404,
        "404 File Not Found",
    ),
    ("file without ref", "GET", "/projects/1/repository/files/app.py", None, BOT, 400, "ref is missing"),
    ("compare half", "GET", "/projects/1/repository/compare?from=main", None, BOT, 400, "to is missing"),
    (
        "delete default",
        "DELETE",
        "/projects/1/repository/branches/main",
        None,
        BOT,
        400,
        "400 Bad request - Cannot remove HEAD branch",
    ),
    (
        "branch twice",
        "POST",
        "/projects/1/repository/branches",
        {"branch": "main", "ref": "main"},
        BOT,
        400,
        "Branch already exists",
    ),
    (
        "branch of nothing",
        "POST",
        "/projects/1/repository/branches",
        {"branch": "x", "ref": "nope"},
        BOT,
        400,
        "Invalid reference name: nope",
    ),
    ("empty mr", "POST", MRS, {}, BOT, 400, MISSING),
    (
        "mr without title",
        "POST",
        MRS,
        {"source_branch": "other", "target_branch": "main"},
        BOT,
        400,
        "title is missing",
    ),
    ("title is a list", "POST", MRS, NEW | {"title": ["T"]}, BOT, 400, "title is invalid"),
    ("title too long", "POST", MRS, NEW | {"title": "x" * 256}, BOT, 400, {"title": [WORDS_255]}),
    (
        "description too long",
        "POST",
        MRS,
        NEW | {"description": "x" * 1_048_577},
        BOT,
        400,
        {"description": ["is too long (maximum is 1048576 characters)"]},
    ),
    (
        "no source branch",
        "POST",
        MRS,
        NEW | {"source_branch": "nope"},
        BOT,
        400,
        {"source_branch": ["does not exist"]},
    ),
    (
        "no target branch",
        "POST",
        MRS,
        NEW | {"target_branch": "nope"},
        BOT,
        400,
        {"target_branch": ["does not exist"]},
    ),
    (
        "same branches",
        "POST",
        MRS,
        NEW | {"source_branch": "main"},
        BOT,
        409,
        ["You can't use same project/branch for source and target"],
    ),
    (
        "second mr",
        "POST",
        MRS,
        NEW | {"source_branch": BRANCH},
        BOT,
        409,
        ["Another open merge request already exists for this source branch: !1"],
    ),
    ("reviewers are words", "POST", MRS, NEW | {"reviewer_ids": ["b"]}, BOT, 400, "reviewer_ids is invalid"),
    ("squash is a word", "POST", MRS, NEW | {"squash": "maybe"}, BOT, 400, "squash is invalid"),
    ("body is a list", "POST", MRS, [1], BOT, 400, "message body does not match declared format"),
    ("unknown mr", "GET", f"{MRS}/77", None, BOT, 404, "404 Not Found"),
    ("unknown state", "GET", f"{MRS}?state=done", None, BOT, 400, "state does not have a valid value"),
    ("page zero", "GET", f"{MRS}?page=0", None, BOT, 400, "page does not have a valid value"),
    ("page is a word", "GET", f"{MRS}?per_page=all", None, BOT, 400, "per_page is invalid"),
    ("draft is no parameter", "PUT", f"{MRS}/1", {"draft": False}, BOT, 400, "at least one parameter"),
    (
        "unknown event",
        "PUT",
        f"{MRS}/1",
        {"state_event": "merge"},
        BOT,
        400,
        "state_event does not have a valid value",
    ),
    ("empty title", "PUT", f"{MRS}/1", {"title": ""}, BOT, 400, {"title": ["can't be blank"]}),
    ("stale sha", "PUT", f"{MRS}/1/merge", {"sha": "0" * 40}, BOT, 409, "SHA does not match HEAD"),
    ("outsider merges", "PUT", f"{MRS}/1/merge", {}, EVE, 404, NO_PROJECT),
    ("author approves", "POST", f"{MRS}/1/approve", {}, BOT, 401, "401 Unauthorized"),
    ("approve another head", "POST", f"{MRS}/1/approve", {"sha": "0" * 40}, BEN, 409, "SHA does not"),
    ("unapprove nothing", "POST", f"{MRS}/1/unapprove", {}, BEN, 404, "404 Not Found"),
    ("note without body", "POST", f"{MRS}/1/notes", {}, BOT, 400, "body is missing"),
    ("empty note", "POST", f"{MRS}/1/notes", {"body": " "}, BOT, 400, "body is empty"),
    ("note too long", "POST", f"{MRS}/1/notes", {"body": "x" * 1_000_001}, BOT, 400, "is too long"),
    ("note on no mr", "POST", f"{MRS}/77/notes", {"body": "x"}, BOT, 404, "404 Not Found"),
    ("unknown note", "PUT", f"{MRS}/1/notes/9999", {"body": "x"}, BOT, 404, "404 Note Not Found"),
    (
        "position without shas",
        "POST",
        f"{MRS}/1/discussions",
        {"body": "x", "position": LINE},
        BOT,
        400,
        "position[base_sha] is missing",
    ),
    (
        "position elsewhere",
        "POST",
        f"{MRS}/1/discussions",
        {"body": "x", "position": LINE | ZERO},
        BOT,
        400,
        LINE_CODE,
    ),
    (
        "unknown discussion",
        "POST",
        f"{MRS}/1/discussions/abc/notes",
        {"body": "x"},
        BOT,
        404,
        "404 Discussion Not Found",
    ),
    ("label without color", "POST", "/projects/1/labels", {"name": "x"}, BOT, 400, "color is missing"),
    ("unknown pipeline", "GET", "/projects/1/pipelines/9999", None, BOT, 404, "404 Not Found"),
    ("unknown job", "GET", "/projects/1/jobs/9999/trace", None, BOT, 404, "404 Not Found"),
    ("status without state", "POST", "/projects/1/statuses/main", {}, BOT, 400, "state is missing"),
    (
        "unknown status",
        "POST",
        "/projects/1/statuses/main",
        {"state": "ok"},
        BOT,
        400,
        "state does not have a valid value",
    ),
    (
        "status of nothing",
        "POST",
        f"/projects/1/statuses/{'0' * 40}",
        {"state": "success"},
        BOT,
        404,
        "404 Commit Not Found",
    ),
    ("upload without file", "POST", "/projects/1/uploads", {}, BOT, 400, "file is missing"),
    ("issue without title", "POST", "/projects/1/issues", {}, BOT, 400, "title is missing"),
    ("hooks of a developer", "GET", "/projects/1/hooks", None, BOT, 403, "403 Forbidden"),
    ("hook to nowhere", "POST", "/projects/1/hooks", {"url": "nowhere"}, BEN, 422, "Invalid url given"),
]


async def test_every_wrong_call_is_refused_in_gitlabs_words(site: Site) -> None:
    await site.open_mr()
    await site.push({"other.txt": "x\n"}, branch="other")

    for name, method, path, body, token, status, words in WRONG:
        got = await site.api(method, path, body, token=token)

        assert isinstance(got.body, dict), name
        said = got.body.get("message", got.body.get("error"))
        assert got.status == status, (name, got)
        assert said == words or (isinstance(words, str) and words in str(said)), (name, got)

    listed = await site.api("GET", MRS)
    assert listed.headers["X-Total"] == "1"


async def test_a_body_of_another_kind_is_refused(site: Site) -> None:
    headers = {"PRIVATE-TOKEN": BOT, "Content-Type": "text/xml"}
    async with site.session.post(f"{site.url}/api/v4{MRS}", data=b"<x/>", headers=headers) as got:
        assert got.status == 415
    headers["Content-Type"] = "application/json"
    async with site.session.post(f"{site.url}/api/v4{MRS}", data=b"{", headers=headers) as got:
        assert got.status == 400


@pytest.mark.parametrize(
    ("settings", "status"),
    [({"pipeline_must_succeed": True}, 405), ({"approvals_required": 1}, 405), ({}, 200)],
)
async def test_a_merge_waits_for_what_the_project_asks(
    site: Site, settings: dict[str, object], status: int
) -> None:
    await site.open_mr()
    await site.control("settings", project="payments/api", **settings)

    assert (await site.api("PUT", f"{MRS}/1/merge", {})).status == status


async def test_drafts_conflicts_and_the_unentitled_do_not_merge(site: Site) -> None:
    await site.open_mr(title="Draft: Round half up")
    assert (await site.api("PUT", f"{MRS}/1/merge", {})).status == 405
    await site.api("PUT", f"{MRS}/1", {"title": "Round half up"})

    site.standin.state.project("1").merge_access = site.standin.state.project("1").members["ben"]
    assert (await site.api("PUT", f"{MRS}/1/merge", {})).status == 401

    await site.push({"app.py": "one\nTWO\nthree\n"}, branch="main", user="ben")
    shown = await site.api("GET", f"{MRS}/1")
    assert isinstance(shown.body, dict)
    assert (shown.body["has_conflicts"], shown.body["detailed_merge_status"]) == (True, "conflict")
    got = await site.api("PUT", f"{MRS}/1/merge", {}, token=BEN)
    assert (got.status, got.body) == (422, {"message": "Branch cannot be merged"})


async def test_a_status_cannot_be_set_twice(site: Site) -> None:
    sent = {"state": "success", "name": "codegen"}
    assert (await site.api("POST", "/projects/1/statuses/main", sent)).status == 201
    again = await site.api("POST", "/projects/1/statuses/main", sent)
    assert again.status == 400
    assert "Cannot transition status" in str(again.body)


async def test_a_revoked_token_is_told_so(site: Site) -> None:
    await site.control("token", token=BOT, revoked=True)
    got = await site.api("GET", "/user")
    assert got.status == 401
    assert "revoked" in str(got.body)
