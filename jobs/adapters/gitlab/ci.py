"""CI jobs and pipelines as GitLab's API shows them, see https://docs.gitlab.com/api/jobs/."""

import re
from collections.abc import Iterator
from typing import Any

from jobs.domain.observed import FailedJob
from jobs.domain.review import PipelineStatus

LOG = 6_000
"""Characters kept of the end of a log."""

TESTS = 20
"""Failed tests of one job that are named."""

_PASSED = frozenset({"success", "skipped"})
_FAILED = frozenset({"failed", "canceled"})
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|section_(?:start|end):\d+:[^\r\n]*\r?")

Fields = dict[str, Any]


def pipeline_status(status: str) -> PipelineStatus:
    """What a pipeline's status means for the change."""
    if status in _PASSED:
        return PipelineStatus.PASSED
    return PipelineStatus.FAILED if status in _FAILED else PipelineStatus.PENDING


def failed_job(job: Fields, *, trace: str, report: Fields) -> FailedJob:
    """A failed job with the end of its log and what the pipeline's test report says of it."""
    return FailedJob(
        id=job["id"],
        name=job["name"],
        stage=job.get("stage") or "",
        reason=job.get("failure_reason") or "",
        log=_COLOUR.sub("", trace).replace("\r", "\n").strip()[-LOG:],
        tests=tuple(_failed_tests(report, job["name"]))[:TESTS],
        url=job.get("web_url") or "",
    )


def _failed_tests(report: Fields, job: str) -> Iterator[str]:
    for suite in report.get("test_suites") or ():
        if suite.get("name") != job:
            continue
        for case in suite.get("test_cases") or ():
            if case.get("status") in ("failed", "error"):
                said = " ".join(str(case.get("system_output") or "").split())[:300]
                name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
                yield f"{name}: {said}" if said else name
