"""One look at a merge request, with what is done about it: acts first, then one write."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.domain.news import NewsKind
from jobs.domain.observed import FailedJob, Sight
from jobs.domain.owed import newly_told
from jobs.domain.task import Task, TaskState
from jobs.domain.watched import Watched
from jobs.errors import Stop
from jobs.metrics import METRICS
from jobs.ports import Reports, Review, Watch
from jobs.queue import keys, people, roster, watching
from jobs.queue.requests import is_watched
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.queue.watching import Judged
from jobs.review import pace
from jobs.review.fixing import Triage, triage
from jobs.review.news import Fact, numbered
from jobs.review.turning_away import turn_away
from jobs.review.watch import Observation, Seen, observed, refused, to_examine
from jobs.settings import OperatorFile
from jobs.worker.request_desk import RequestDesk

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Means:
    """What a look uses besides GitLab's eyes; what is None is left undone."""

    review: Review | None = None
    """How people without a role are answered."""
    reports: Reports | None = None
    """How the note in the merge request is put."""
    fixes: Callable[[str], Awaitable[int | None]] | None = None
    """What a repository says of runs that mend its pipeline; may raise Stop and Transient."""


class Looking:
    """Looks at one merge request at a time, each in its turn."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        watch: Watch,
        operator: OperatorFile,
        *,
        means: Means,
    ) -> None:
        self._store = store
        self._queue = queue
        self._watch = watch
        self._means = means
        self._operator = operator
        self._desk = RequestDesk(
            watch, means.review, means.reports, per_reviewer=operator.review.per_reviewer
        )

    async def look(self, task_id: str, *, hinted: bool = False) -> Judged | None:
        """See what is new and act on it; raises Transient when GitLab does not answer."""
        connection = self._store.connection
        task, known = await self._store.get(task_id), await watching.watched(connection, task_id)
        if task is None or task.merge_request is None or not is_watched(task):
            return None
        METRICS.count("codegen_looks_total")
        now = datetime.now(UTC)
        whole = pace.whole(known, hinted=hinted, now=now)
        request = task.merge_request
        try:
            sight = await self._watch.look(request, known=None if whole else known.sight)
        except Stop as stop:
            logger.info("%s!%d cannot be looked at: %s", request.project, request.iid, stop)
            return await self._refused(task_id, stop, now)
        seen, memory = await self._cared(task, known, sight, whole=whole, now=now)
        linked = await self._linked(known, sight)
        operator = await self._with_people()

        def judge(present: Task, remembered: Watched) -> Judged:
            kept = memory if remembered.version == memory.version else remembered
            found = observed(present, kept, seen, operator=operator, now=now)
            extra = (*linked, *_unwritten(remembered, kept, sight))
            return _judged(found, extra=extra, look=remembered.version + 1, at=now)

        judged = await watching.record(self._store, task_id, judge, now=now)
        if judged is not None:
            await self._turn_away(judged.task, seen.sight, operator)
        return await self._after(judged, before=task)

    async def _turn_away(self, task: Task, sight: Sight, operator: OperatorFile) -> None:
        if self._means.review is None:
            return
        try:
            await turn_away(task, sight, self._means.review, operator=operator)
        except Stop as stop:
            logger.warning("somebody without a role was not answered: %s", stop)

    async def _refused(self, task_id: str, stop: Stop, now: datetime) -> Judged | None:
        def judge(present: Task, remembered: Watched) -> Judged:
            found = refused(present, remembered, stop, now=now)
            return _judged(found, extra=(), look=remembered.version + 1, at=now)

        return await watching.record(self._store, task_id, judge, now=now)

    async def _cared(
        self, task: Task, known: Watched, sight: Sight, *, whole: bool, now: datetime
    ) -> tuple[Seen, Watched]:
        """Acts come before the write: done twice they change nothing, forgotten they would be missing."""
        project = sight.merge_request.project
        failed, plan = await self._triaged(task, known, sight)
        fixes = await self._fixes(project) if plan.code else 0
        sight, known = await self._desk.update(task, known, sight, now=now)
        return Seen(sight=sight, failed=failed, triage=plan, fixes=fixes, whole=whole), known

    async def _triaged(
        self, task: Task, known: Watched, sight: Sight
    ) -> tuple[tuple[FailedJob, ...] | None, Triage]:
        project, pipeline = sight.merge_request.project, to_examine(task, known, sight)
        if pipeline is None:
            return None, Triage()
        fresh = known.sight is None or known.sight.merge_request.sha != sight.merge_request.sha
        counts = known.model_copy(update={"retried": {}, "rerun": {}}) if fresh else known
        try:
            failed = await self._watch.failed_jobs(project, pipeline.id)
            plan = triage(failed, counts, retries=self._operator.review.retries)
            for job in plan.again:
                await self._watch.retry_job(project, job.id)
        except Stop as stop:  # that it failed is told all the same
            logger.warning("the failed jobs of %s cannot be cared for: %s", project, stop)
            return (), Triage()
        return failed, plan

    async def _fixes(self, project: str) -> int:
        """Runs in a row that may mend a pipeline: the operator's number, or fewer by its own file."""
        most, wanted = self._operator.review.fixes, None
        if self._means.fixes is not None:
            try:
                wanted = await self._means.fixes(project)
            except Stop as stop:  # a run says the same where people see it
                logger.warning("%s: %s", project, stop)
        return most if wanted is None else min(most, wanted)

    async def _with_people(self) -> OperatorFile:
        known = {**await people.linked(self._store.connection), **self._operator.people}
        operator = await roster.resolved(self._store.connection, self._operator)
        return operator.model_copy(update={"people": known})

    async def _linked(self, known: Watched, sight: Sight) -> tuple[Fact, ...]:
        before = {one.id for one in known.sight.comments} if known.sight else set()
        found = []
        for one in sight.comments:
            for code in () if one.ours or one.id in before else people.CODE.findall(one.text):
                if await people.link(self._store.connection, code, one.author):
                    found.append(Fact(kind=NewsKind.LINKED, who=(one.author,), url=one.url))
        return tuple(found)

    async def _after(self, judged: Judged | None, *, before: Task) -> Judged | None:
        if judged is None:
            return None
        task, connection = judged.task, self._store.connection
        if task.cancel is not None and before.cancel is None:
            await connection.call("PUBLISH", keys.CANCELS, task.id)
        if task.state is TaskState.WAITING and before.state is not TaskState.WAITING:
            await self._queue.submit(task.id)
        return judged


def _judged(found: Observation, *, extra: tuple[Fact, ...], look: int, at: datetime) -> Judged:
    told = tuple(one for one in (*found.facts, *extra) if not _code(one))
    return Judged(task=found.task, watched=found.watched, news=numbered(told, look=look, at=at))


def _unwritten(before: Watched, after: Watched, sight: Sight) -> tuple[Fact, ...]:
    if after.owed is None or not newly_told(before.owed, after.owed):
        return ()
    return (Fact(kind=NewsKind.UNWRITTEN, text=after.owed.reason, url=sight.merge_request.url),)


def _code(fact: Fact) -> bool:
    return fact.kind is NewsKind.COMMENT and people.CODE.search(fact.text) is not None
