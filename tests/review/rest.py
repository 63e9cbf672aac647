"""GitLab's REST API in memory, under the real adapters: all that is written is kept, calls fail."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr
from requests import ConnectionError as Unreachable
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from jobs.adapters.gitlab import GitLabConnection
from jobs.domain.review import DRAFT, MergeRequestState, PipelineStatus
from tests.factories import NOON
from tests.fakes import Remote

Json = dict[str, Any]
URL = "http://gitlab.memory"
BOT = "codegen"
PROJECT = {
    "id": 1,
    "path_with_namespace": "payments/api",
    "web_url": f"{URL}/payments/api",
    "http_url_to_repo": f"{URL}/payments/api.git",
    "default_branch": "main",
    "archived": False,
}
IDS = {BOT: 9, "ben": 2, "eve": 3}
_STATUS = {
    PipelineStatus.PASSED: "success",
    PipelineStatus.FAILED: "failed",
    PipelineStatus.PENDING: "running",
}


@dataclass
class Thread:
    """One discussion, or one plain note."""

    id: str
    notes: list[Json]


@dataclass
class Request:
    """One merge request as it is now."""

    iid: int
    fields: Json
    threads: list[Thread] = field(default_factory=list)
    approvers: tuple[str, ...] = ()
    pipeline: Json | None = None
    failed: list[Json] = field(default_factory=list)

    @property
    def notes(self) -> list[Json]:
        """Everything that was ever written in it."""
        return [note for one in self.threads for note in one.notes]


@dataclass
class Trouble:
    """What befalls the call after `calls` more, counting writes alone or all of them."""

    calls: int
    fault: type[BaseException] = Unreachable
    applied: bool = True
    """True: it was carried out, only the answer is lost."""
    reading: bool = False


@dataclass
class MemoryGitLab:
    """One project with its merge requests; its branches are those of `remote`."""

    remote: Remote
    requests: list[Request] = field(default_factory=list)
    trouble: Trouble | None = None
    numbers: int = 1000
    now: datetime = NOON

    def connection(self) -> GitLabConnection:
        """What the adapters speak through; nothing leaves the process."""
        made = GitLabConnection(URL, SecretStr("glpat-memory"))
        made.api.session.mount(URL, cast(BaseAdapter, self))
        return made

    def send(self, request: PreparedRequest, **_: object) -> Response:
        """One call, as `requests` hands it over."""
        fault = self._due(request.method or "GET")
        if fault is not None and not fault.applied:
            raise fault.fault
        status, body = self._answered(request)
        if fault is not None:
            raise fault.fault
        response = Response()
        response.status_code, response.request, response.url = status, request, request.url or ""
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(body).encode()
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _due(self, method: str) -> Trouble | None:
        one = self.trouble
        if one is None or (method == "GET" and not one.reading):
            return None
        one.calls -= 1
        if one.calls > 0:
            return None
        self.trouble = None
        return one

    def _answered(self, request: PreparedRequest) -> tuple[int, object]:
        address = urlsplit(request.url or "")
        path = address.path.removeprefix("/api/v4")
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        raw = request.body
        body = json.loads(raw) if isinstance(raw, bytes | str) and raw[:1] in ("{", b"{") else {}
        for method, pattern, handler in self._routes():
            found = re.fullmatch(pattern, path)
            if method == request.method and found:
                return handler(found.groupdict(), query | body)
        raise AssertionError(f"nothing answers {request.method} {path}")

    def _routes(self) -> list[tuple[str, str, Callable[[Mapping[str, str], Json], tuple[int, object]]]]:
        project = r"/projects/[^/]+"
        mr = rf"{project}/merge_requests/(?P<iid>\d+)"
        return [
            ("GET", "/user", lambda _, __: (200, {"id": IDS[BOT], "username": BOT})),
            ("GET", "/users", lambda _, query: (200, [user(query["username"])])),
            ("GET", project, lambda _, __: (200, PROJECT)),
            ("GET", rf"{project}/repository/branches/(?P<name>[^/]+)", self._branch),
            ("GET", "/merge_requests", lambda _, __: (200, [])),
            ("GET", rf"{project}/merge_requests", self._list),
            ("POST", rf"{project}/merge_requests", self._create),
            ("GET", mr, lambda found, _: (200, self._shown(self._of(found)))),
            ("PUT", mr, self._update),
            ("GET", rf"{mr}/approvals", self._approvals),
            ("GET", rf"{mr}/reviewers", lambda found, _: (200, [])),
            ("GET", rf"{mr}/discussions", lambda found, _: (200, self._discussions(self._of(found)))),
            ("GET", rf"{mr}/discussions/(?P<id>\w+)", self._discussion),
            ("POST", rf"{mr}/discussions/(?P<id>\w+)/notes", self._reply),
            ("GET", rf"{mr}/notes", lambda found, _: (200, self._of(found).notes)),
            ("POST", rf"{mr}/notes", self._note),
            ("PUT", rf"{mr}/notes/(?P<note>\d+)", self._rewrite),
            ("GET", rf"{project}/pipelines", lambda _, __: (200, [])),
            ("GET", rf"{project}/pipelines/(?P<id>\d+)/jobs", self._jobs),
            ("GET", rf"{project}/pipelines/\d+/test_report", lambda _, __: (200, {"test_suites": []})),
            ("GET", rf"{project}/jobs/\d+/trace", lambda _, __: (200, {})),
            ("POST", rf"{project}/jobs/(?P<id>\d+)/retry", self._retry),
            ("POST", rf"{project}/statuses/\w+", lambda _, __: (201, {})),
            ("GET", rf"{project}/repository/commits/\w+/statuses", lambda _, __: (200, [])),
            ("POST", rf"{project}/uploads", lambda _, __: (201, {"markdown": "[report](/uploads/r)"})),
        ]

    # what people and pipelines do

    def stamp(self) -> str:
        """A later moment each time."""
        self.now += timedelta(seconds=1)
        return self.now.isoformat()

    def change(self, one: Request, **fields: object) -> None:
        """Something about it is otherwise from now on."""
        one.fields |= {**fields, "updated_at": self.stamp()}

    def comment(self, one: Request, text: str, *, by: str, discussion: str = "") -> int:
        """A new thread, or one more note in one."""
        self.numbers += 1
        thread = next((known for known in one.threads if known.id == discussion), None)
        if thread is None:
            thread = Thread(f"d{self.numbers}", [])
            one.threads.append(thread)
        note = {
            "id": self.numbers,
            "body": text,
            "author": user(by),
            "created_at": self.stamp(),
            "system": False,
            "resolvable": True,
            "resolved": False,
        }
        thread.notes.append(note)
        self.change(one)
        return self.numbers

    def run_pipeline(self, one: Request, status: PipelineStatus) -> None:
        """A pipeline of the present head; GitLab does not count it as a change."""
        self.numbers += 1
        known = {"id": self.numbers, "sha": self._head(one), "status": _STATUS[status], "web_url": ""}
        one.pipeline, one.failed = known, []
        if status is PipelineStatus.FAILED:
            job = {"id": self.numbers, "name": "test", "stage": "test", "allow_failure": False}
            one.failed = [{**job, "failure_reason": "script_failure", "web_url": ""}]

    # what the bot asks for

    def _branch(self, found: Mapping[str, str], _: Json) -> tuple[int, object]:
        name = unquote(found["name"])
        head = self.remote.branches.get(name)
        if head is None:
            return 404, {"message": "404 Branch Not Found"}
        return 200, {"name": name, "commit": {"id": head}}

    def _list(self, _: Mapping[str, str], query: Json) -> tuple[int, object]:
        shown = [self._shown(one) for one in self.requests]
        wanted = [one for one in shown if one["source_branch"] == query.get("source_branch")]
        return 200, wanted[::-1]

    def _create(self, _: Mapping[str, str], body: Json) -> tuple[int, object]:
        open_ = [one for one in self.requests if one.fields["state"] == MergeRequestState.OPENED]
        if any(one.fields["source_branch"] == body["source_branch"] for one in open_):
            return 409, {"message": ["Another open merge request already exists for this source branch"]}
        people = [name for name, number in IDS.items() if number in body["reviewer_ids"]]
        fields = {name: body[name] for name in ("source_branch", "target_branch", "title", "description")}
        one = Request(len(self.requests) + 1, {**fields, "state": "opened", "reviewers": people})
        self.requests.append(one)
        self.change(one)
        return 201, self._shown(one)

    def _update(self, found: Mapping[str, str], body: Json) -> tuple[int, object]:
        one = self._of(found)
        given: Json = {name: body[name] for name in ("title", "description", "target_branch") if name in body}
        if "reviewer_ids" in body:
            given["reviewers"] = [name for name, number in IDS.items() if number in body["reviewer_ids"]]
        self.change(one, **given)
        return 200, self._shown(one)

    def _approvals(self, found: Mapping[str, str], _: Json) -> tuple[int, object]:
        return 200, {"approved_by": [{"user": user(name)} for name in self._of(found).approvers]}

    def _discussions(self, one: Request) -> list[Json]:
        return [{"id": thread.id, "notes": thread.notes} for thread in one.threads]

    def _discussion(self, found: Mapping[str, str], _: Json) -> tuple[int, object]:
        known = self._discussions(self._of(found))
        return 200, next(one for one in known if one["id"] == found["id"])

    def _reply(self, found: Mapping[str, str], body: Json) -> tuple[int, object]:
        number = self.comment(self._of(found), body["body"], by=BOT, discussion=found["id"])
        return 201, {"id": number}

    def _note(self, found: Mapping[str, str], body: Json) -> tuple[int, object]:
        return 201, {"id": self.comment(self._of(found), body["body"], by=BOT)}

    def _rewrite(self, found: Mapping[str, str], body: Json) -> tuple[int, object]:
        one = self._of(found)
        note = next(known for known in one.notes if str(known["id"]) == found["note"])
        note["body"] = body["body"]
        self.change(one)
        return 200, note

    def _jobs(self, found: Mapping[str, str], _: Json) -> tuple[int, object]:
        known = [one for one in self.requests if one.pipeline and str(one.pipeline["id"]) == found["id"]]
        return 200, known[0].failed if known else []

    def _retry(self, found: Mapping[str, str], _: Json) -> tuple[int, object]:
        for one in self.requests:
            if any(str(job["id"]) == found["id"] for job in one.failed) and one.pipeline is not None:
                one.pipeline["status"], one.failed = "running", []
                return 201, {}
        return 403, {"message": "403 Forbidden - Job is not retryable"}

    def _of(self, found: Mapping[str, str]) -> Request:
        return self.requests[int(found["iid"]) - 1]

    def _head(self, one: Request) -> str:
        return self.remote.branches[one.fields["source_branch"]]

    def _shown(self, one: Request) -> Json:
        if one.fields.get("sha") != self._head(one):  # somebody pushed: what was approved was another head
            self.change(one, sha=self._head(one))
            one.approvers = ()
        reviewers = [user(name) for name in one.fields["reviewers"]]
        about = {
            "iid": one.iid,
            "project_id": PROJECT["id"],
            "draft": one.fields["title"].startswith(DRAFT),
            "web_url": f"{URL}/payments/api/-/merge_requests/{one.iid}",
            "references": {"full": f"payments/api!{one.iid}"},
            "author": user(BOT),
            "has_conflicts": False,
            "diff_refs": None,
        }
        pipeline = one.pipeline if one.pipeline and one.pipeline["sha"] == one.fields["sha"] else None
        return {**one.fields, **about, "reviewers": reviewers, "head_pipeline": pipeline}


def user(name: str) -> Json:
    """A user as GitLab shows one."""
    return {"id": IDS[name], "username": name}
