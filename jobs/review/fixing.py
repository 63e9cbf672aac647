"""What a failed pipeline calls for: infrastructure, flaky jobs and the code told apart; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.observed import FailedJob, Pipeline
from jobs.domain.order import ordered
from jobs.domain.run import Purpose
from jobs.domain.task import Task, TaskState
from jobs.domain.watched import Watched
from jobs.redaction import scrub

INFRASTRUCTURE = frozenset(
    {
        "api_failure",
        "stuck_or_timeout_failure",
        "runner_system_failure",
        "runner_unsupported",
        "stale_schedule",
        "scheduler_failure",
        "data_integrity_failure",
        "job_token_expired",
        "unmet_prerequisites",
        "server_error",
        "no_matching_runner",
        "ci_quota_exceeded",
        "deployment_rejected",
        "environment_creation_failure",
    }
)
"""GitLab's failure reasons that no change of the code mends, see https://docs.gitlab.com/api/jobs/."""

INFRASTRUCTURE_RETRIES = 2
"""How often a job is run again that infrastructure failed."""

NOT_FOR_ANYBODY = "ci_quota_exceeded"
"""A reason for which running again cannot help."""


class Triage(Frozen):
    """What is to be done about the failed jobs of one pipeline."""

    again: tuple[FailedJob, ...] = ()
    """To be run again."""
    code: tuple[FailedJob, ...] = ()
    """Failed by themselves, and again when they were run again."""
    infrastructure: tuple[FailedJob, ...] = ()
    """Failed for reasons outside, as often as they were run."""


def triage(failed: Sequence[FailedJob], watched: Watched, *, retries: int) -> Triage:
    """Tell the failed jobs apart; what may pass when it is run again comes first."""
    again: list[FailedJob] = []
    code: list[FailedJob] = []
    infrastructure: list[FailedJob] = []
    for job in failed:
        if job.reason in INFRASTRUCTURE:
            room = watched.rerun.get(job.name, 0) < INFRASTRUCTURE_RETRIES and job.reason != NOT_FOR_ANYBODY
            (again if room else infrastructure).append(job)
        else:
            (again if watched.retried.get(job.name, 0) < retries else code).append(job)
    return Triage(again=tuple(again), code=tuple(code), infrastructure=tuple(infrastructure))


def counted(watched: Watched, again: Sequence[FailedJob]) -> Watched:
    """What is remembered once jobs were run again."""
    outside = [job.name for job in again if job.reason in INFRASTRUCTURE]
    inside = [job.name for job in again if job.reason not in INFRASTRUCTURE]
    return watched.model_copy(
        update={"retried": _more(watched.retried, inside), "rerun": _more(watched.rerun, outside)}
    )


def flaky(watched: Watched, failed: Sequence[FailedJob]) -> tuple[str, ...]:
    """Names of jobs that failed on this head and passed when they were run again."""
    return tuple(sorted(set(watched.retried) - {job.name for job in failed}))


def fix(
    task: Task, pipeline: Pipeline, jobs: Sequence[FailedJob], *, fixes: int, most: int, now: datetime
) -> Task | None:
    """The task on its way to a run that mends what these jobs say; None when there may be none.

    Only what is in review is mended; `fixes` such runs were made in a row, `most` may be.
    """
    if task.state is not TaskState.IN_REVIEW or not jobs or fixes >= most:
        return None
    said = tuple(_feedback(pipeline, job, now) for job in jobs)
    return ordered(task, Purpose.FIX, feedback=said)


def _feedback(pipeline: Pipeline, job: FailedJob, now: datetime) -> Feedback:
    tests = "\n".join(f"- {one}" for one in job.tests)
    parts = [f"The job {job.name} (stage {job.stage or 'none'}) failed on commit {pipeline.commit}."]
    parts += [f"Failed tests:\n{tests}"] if tests else []
    parts += [f"The end of its log:\n{job.log}"] if job.log else []
    return Feedback(
        id=f"pipeline:{pipeline.id}:{job.id}",
        kind=FeedbackKind.PIPELINE,
        by="the pipeline",
        text=scrub("\n\n".join(parts)),
        at=now,
        url=job.url or pipeline.url,
    )


def _more(counts: Mapping[str, int], names: Sequence[str]) -> dict[str, int]:
    return {**counts, **{name: counts.get(name, 0) + 1 for name in names}}
