"""A GitLab in memory: merge requests that people act on, with the rules that matter to a watcher."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobs.domain.observed import FailedJob, Listed, Pipeline, Sight
from jobs.domain.review import MergeRequest, MergeRequestState, PipelineStatus
from jobs.errors import Stop, StopKind
from jobs.ports import Edit
from tests.factories import NOON
from tests.review.sights import a_comment, a_sight


@dataclass
class Request:
    """One merge request as it is now."""

    sight: Sight
    failed: tuple[FailedJob, ...] = ()
    hidden: bool = False
    """True while GitLab does not show it."""


@dataclass
class FakeGitLab:
    """ports.Watch in memory, counting its calls."""

    requests: dict[int, Request] = field(default_factory=dict)
    now: datetime = NOON
    calls: int = 0
    retried: list[int] = field(default_factory=list)
    load: int = 0
    numbers: int = 1000

    async def look(self, request: MergeRequest, *, known: Sight | None = None) -> Sight:
        self.calls += 1
        present = self.requests[request.iid]
        if present.hidden:
            raise Stop(f"GitLab has no {request.project}!{request.iid}.", kind=StopKind.INPUT)
        if known is None or known.updated_at != present.sight.updated_at:
            self.calls += 6
        return present.sight

    async def changed_since(self, moment: datetime) -> tuple[Listed, ...]:
        self.calls += 1
        shown = [(iid, one.sight.updated_at) for iid, one in self.requests.items() if not one.hidden]
        return tuple(
            Listed(project="payments/api", iid=iid, updated_at=at) for iid, at in shown if at and at >= moment
        )

    async def failed_jobs(self, project: str, pipeline: int) -> tuple[FailedJob, ...]:
        self.calls += 3
        return next((one.failed for one in self.requests.values() if _pipeline(one) == pipeline), ())

    async def retry_job(self, project: str, job: int) -> None:
        self.calls += 1
        self.retried.append(job)
        for iid, one in self.requests.items():
            if job in [failed.id for failed in one.failed] and one.sight.pipeline:
                pending = one.sight.pipeline.model_copy(update={"status": PipelineStatus.PENDING})
                self.change(iid, pipeline=pending, stamp=False)

    async def edit(self, project: str, iid: int, edit: Edit) -> None:
        self.calls += 1
        if edit.title is not None:
            self.merge_request(iid, title=edit.title, draft=edit.title.startswith("Draft:"))
        if edit.description is not None:
            self.change(iid, description=edit.description)
        if edit.reviewers is not None:
            self.change(iid, reviewers=edit.reviewers)

    async def open_reviews(self, username: str) -> int:
        self.calls += 1
        return self.load

    def open(self, request: MergeRequest) -> None:
        self.requests[request.iid] = Request(
            a_sight(updated_at=self.now).model_copy(update={"merge_request": request})
        )

    def change(self, iid: int, *, stamp: bool = True, **fields: object) -> None:
        """Something happens; `stamp`: GitLab counts it as a change."""
        self.now += timedelta(seconds=1)
        request = self.requests[iid]
        stamped = {"updated_at": self.now} if stamp else {}
        request.sight = request.sight.model_copy(update={**fields, **stamped})

    def merge_request(self, iid: int, **fields: object) -> None:
        self.change(iid, merge_request=self.requests[iid].sight.merge_request.model_copy(update=fields))

    def comment(self, iid: int) -> None:
        self.numbers += 1
        fresh = a_comment(self.numbers, text=f"Remark {self.numbers}.", resolvable=True)
        self.change(iid, comments=(*self.requests[iid].sight.comments, fresh))

    def pipeline(self, iid: int, status: PipelineStatus, *failed: FailedJob) -> None:
        self.numbers += 1
        request = self.requests[iid]
        head = request.sight.merge_request.sha or ""
        self.change(iid, pipeline=Pipeline(id=self.numbers, commit=head, status=status), stamp=False)
        request.failed = failed

    def push(self, iid: int) -> str:
        self.numbers += 1
        head = f"{self.numbers:040x}"
        self.merge_request(iid, sha=head)
        self.change(iid, pipeline=None, approvers=())
        return head

    def state(self, iid: int) -> MergeRequestState:
        return self.requests[iid].sight.merge_request.state


def _pipeline(request: Request) -> int | None:
    return request.sight.pipeline.id if request.sight.pipeline else None
