"""What the stand-in says is what GitLab's published types say, and every route has a type or a reason."""

import json

import pytest

from playground.contracts.generate import rendered, trimmed
from playground.contracts.sources import GITLAB, HERE, SOURCES
from playground.gitlab.api import ROUTES
from playground.gitlab.contracts import Contract, problems
from playground.gitlab.differing import NOT_SENT, OTHERWISE
from playground.gitlab.operations import EVENTS, OPERATIONS, WITHOUT_TYPE
from tests.playground.gitlab.conftest import BRANCH, Site


def test_every_route_has_its_types_or_stands_in_the_list_of_those_without() -> None:
    plain = {(one.method, one.path.replace(":.+}", "}").replace(r":\d+}", "}")) for one in ROUTES}
    with_types = {(one.method, one.path) for one in OPERATIONS}
    assert with_types <= plain
    assert {one for one in plain - with_types if one[0] != "DELETE"} == set(WITHOUT_TYPE) & plain


def test_the_document_holds_every_type_and_nothing_unreachable() -> None:
    text = GITLAB.target.read_text()
    definitions = json.loads(text)["definitions"]
    assert rendered(trimmed(definitions, GITLAB)) == text
    named = {one.answer.removesuffix("[]") for one in OPERATIONS} | {one.options for one in OPERATIONS}
    assert named | set(EVENTS.values()) == set(GITLAB.roots) | {""}


def test_the_packages_are_pinned_by_hash_and_no_address_stands_there() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert all("integrity" in one and "resolved" not in one for name, one in lock.items() if name)
    pinned = {name: lock[f"node_modules/{name}"]["version"] for name in lock[""]["dependencies"]}
    assert pinned == json.loads((HERE / "package.json").read_text())["dependencies"]
    assert {name for source in SOURCES for name in source.packages} <= pinned.keys()


def test_what_is_known_to_differ_is_about_types_that_are_checked() -> None:
    names = json.loads(GITLAB.target.read_text())["definitions"]
    for pattern in (*NOT_SENT, *OTHERWISE):
        kind = pattern.partition(":")[0]
        assert "*" in kind or kind in names, pattern


async def test_hooks_of_merge_requests_issues_pushes_and_pipelines_are_as_published(site: Site) -> None:
    witness = site.standin.state.witness
    assert witness is not None
    request = await site.open_mr(labels="risk")
    number = request["iid"]
    await site.control("comment", project="payments/api", iid=number, user="ben", body="Why?")
    await site.control("pipeline", project="payments/api", mr=number, status="failed", failed=["test"])
    await site.control("approve", project="payments/api", iid=number, user="ben")
    issue = await site.api("POST", "/projects/1/issues", {"title": "Off by a cent", "labels": "codegen"})
    assert isinstance(issue.body, dict)
    await site.api("POST", "/projects/1/issues/1/notes", {"body": "/codegen go"})
    await site.api("PUT", "/projects/1/issues/1", {"state_event": "close"})
    assert EVENTS.keys() <= witness.seen


@pytest.mark.parametrize(
    ("name", "value"), [("iid", "7"), ("state", None), ("labels", {}), ("author", {"id": 5})]
)
async def test_an_answer_that_differs_is_told(site: Site, name: str, value: object) -> None:
    request = await site.open_mr()
    (told, *_) = problems({**request, name: value}, "ExpandedMergeRequestSchema")
    assert told.startswith(f"/{name}")


def test_a_call_that_differs_is_told() -> None:
    contract, route = Contract(), "/projects/{project}/merge_requests"
    contract.call("POST", route, query={}, body='{"title": "T", "source_branch": "a", "reviewers": [3]}')
    contract.call("POST", route, query={}, body=f'{{"squash": "yes", "source_branch": "{BRANCH}"}}')
    contract.call("GET", route, query={"author": "ben", "per_page": "20", "iids[]": "7"}, body="")
    assert contract.problems == [
        f"POST {route}: reviewers is no parameter",
        f"POST {route}: /squash: 'yes' is not of type 'boolean'",
        f"GET {route}: author is no parameter",
    ]
