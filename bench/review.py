"""Five hundred open merge requests on a fake clock: GitLab calls, the worst delay of news, memory."""

import asyncio
import random
import resource
import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobs.domain.news import QUIET
from jobs.domain.observed import Sight
from jobs.domain.review import PipelineStatus
from jobs.domain.task import Task, TaskState
from jobs.domain.watched import Watched
from jobs.queue.watching import packed
from jobs.review import pace
from jobs.review.fixing import triage
from jobs.review.watch import Seen, observed, to_examine
from jobs.settings import OperatorFile
from jobs.worker.watching import LIST_EVERY, OVERLAP
from tests.factories import NOON
from tests.review.gitlab import FakeGitLab
from tests.review.sights import a_reviewed_task

OPEN = 500
"""Merge requests."""

HOURS = 2
"""Of fake time."""

FACTS = 400
"""Things that happen in these hours; two in five are pipelines, which GitLab's list does not show."""


@dataclass
class Watcher:
    """What workers do, without Redis and Slack: the same decisions in the same order."""

    gitlab: FakeGitLab
    tasks: dict[int, Task] = field(default_factory=dict)
    memory: dict[int, Watched] = field(default_factory=dict)
    due: dict[int, datetime] = field(default_factory=dict)
    happened: dict[int, datetime] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    listed: datetime = NOON

    async def step(self, now: datetime) -> None:
        """One glance: the list now and then, then everything that is due."""
        if now - self.listed >= timedelta(seconds=LIST_EVERY):
            for one in await self.gitlab.changed_since(self.listed - OVERLAP):
                sight = self.memory[one.iid].sight
                if sight is None or sight.updated_at != one.updated_at:
                    self.due[one.iid] = now
            self.listed = now
        for iid in [iid for iid, moment in self.due.items() if moment <= now]:
            await self.look(iid, now)

    async def look(self, iid: int, now: datetime) -> None:
        """One look, what it means, and when the next one is due."""
        task, known = self.tasks[iid], self.memory[iid]
        whole = pace.whole(known, hinted=False, now=now)
        assert task.merge_request is not None
        request = task.merge_request.model_copy(update={"iid": iid})
        sight = await self.gitlab.look(request, known=None if whole else known.sight)
        pipeline = to_examine(task, known, sight)
        failed = await self.gitlab.failed_jobs("payments/api", pipeline.id) if pipeline else None
        plan = triage(failed or (), known, retries=1)
        seen = Seen(sight=sight, failed=failed, triage=plan, fixes=2, whole=whole)
        found = observed(task, known, seen, operator=OperatorFile(), now=now)
        self.tasks[iid], self.memory[iid] = found.task, found.watched
        if found.task.state is not TaskState.IN_REVIEW:
            self.tasks[iid] = a_reviewed_task()  # the bench is about looking, not about runs
        happened = self.happened.pop(iid, None)  # what was undone before a look is no news
        if happened is not None and any(one.kind not in QUIET for one in found.facts):
            self.delays.append((now - happened).total_seconds())
        span = pace.pause(found.watched, watching=len(self.tasks), now=now)
        self.due[iid] = now + pace.spread(str(iid), span)


def main() -> None:
    """Print calls a minute, the worst delay, what a merge request costs in Redis, and memory."""
    asyncio.run(_measure())


async def _measure() -> None:
    chance = random.Random(7)
    gitlab = FakeGitLab()
    watcher = Watcher(gitlab)
    for iid in range(1, OPEN + 1):
        task = a_reviewed_task()
        assert task.merge_request is not None
        gitlab.open(task.merge_request.model_copy(update={"iid": iid}))
        age = timedelta(days=chance.choice([0.01, 0.1, 0.5, 1, 2, 4, 6, 9, 14]))
        watcher.tasks[iid] = task
        watcher.due[iid] = NOON + timedelta(seconds=chance.uniform(0, 1200))
        watcher.memory[iid] = Watched(sight=gitlab.requests[iid].sight, active_at=NOON - age, full_at=NOON)
    moments = sorted(chance.uniform(0, HOURS * 3600) for _ in range(FACTS))
    per_minute: Counter[int] = Counter()
    for second in range(0, HOURS * 3600, 5):
        now = NOON + timedelta(seconds=second)
        while moments and moments[0] <= second:
            _happens(watcher, chance, NOON + timedelta(seconds=moments.pop(0)))
        before = gitlab.calls
        await watcher.step(now)
        per_minute[second // 60] += gitlab.calls - before
    each = sum(len(packed(one)) for one in watcher.memory.values()) / OPEN / 1024
    settled = [count for minute, count in per_minute.items() if minute >= 20]
    print(f"review: {OPEN} open, {FACTS} facts in {HOURS} h, no hooks")
    print(f"review: GitLab calls a minute: mean {statistics.mean(settled):.0f}, worst {max(settled)}")
    delays = sorted(watcher.delays)
    told, middle = len(delays), statistics.median(delays)
    print(f"review: delay of {told} news: p50 {middle:.0f} s, worst {delays[-1]:.0f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"review: {each:.1f} KiB of Redis each, {peak:.0f} MiB of memory with all of GitLab in it")


def _happens(watcher: Watcher, chance: random.Random, at: datetime) -> None:
    gitlab, iid = watcher.gitlab, chance.randint(1, OPEN)
    gitlab.now = at
    acts: list[Callable[[], object]] = [
        lambda: gitlab.comment(iid),
        lambda: gitlab.change(iid, approvers=chance.choice([("ben",), ()])),
        lambda: gitlab.push(iid),
        lambda: gitlab.pipeline(iid, PipelineStatus.PENDING),
        lambda: gitlab.pipeline(iid, PipelineStatus.PASSED),
    ]
    before = _worth_telling(gitlab.requests[iid].sight)
    chance.choice(acts)()
    if _worth_telling(gitlab.requests[iid].sight) != before:
        watcher.happened.setdefault(iid, at)


def _worth_telling(sight: Sight) -> tuple[object, ...]:
    passed = sight.pipeline and sight.pipeline.status is PipelineStatus.PASSED and sight.pipeline.id
    return len(sight.comments), sight.approvers, sight.merge_request.sha, passed


if __name__ == "__main__":
    main()
