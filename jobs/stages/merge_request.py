"""The branch and its merge request, fit for review: done again, it finds what is there already."""

import logging
from datetime import datetime

import yaml

from jobs.domain.confirmed import as_counted, counted
from jobs.domain.patch import Sha
from jobs.domain.repository_file import MergeRequestTable
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal
from jobs.domain.risk import risk
from jobs.domain.run import Run
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import VerdictStatus
from jobs.errors import Stop
from jobs.messages.figures import duration, money, prompts_told, tokens
from jobs.messages.look_first import Place, look_first
from jobs.messages.opinions import independent, questions, reading
from jobs.messages.request_words import standing_ci
from jobs.messages.summary import evidence_row
from jobs.ports import Tools, Workspace
from jobs.redaction import scrub
from jobs.render import neutral, render, unclosing
from jobs.stages.conventions import closing_line, subject, titled
from jobs.stages.report import report_status, upload_reports
from jobs.stages.repository_file import written_conventions
from jobs.stages.reviewers import reviewers
from jobs.stages.workspace import Ground, project_of

Links = tuple[tuple[str, ...], str]
"""Links to reports, and why some are missing."""
NO_LINKS: Links = ((), "")
"""No report was made."""
logger = logging.getLogger(__name__)

_CLOSING = "<!-- codegen:closing -->"
CI_FILE = ".gitlab-ci.yml"
"""Where GitLab looks for a pipeline."""


async def commit(task: Task, run: Run, ground: Ground, workspace: Workspace) -> Sha:
    """Commit the tree on the branch's head and what is merged with it; the same run gives the same id."""
    message = render(
        "commit/message.txt.j2",
        title=subject(task, ground.conventions),
        kind=task.spec.kind,
        goal=task.spec.goal,
        task=task.id,
        requester=task.requester.name or task.requester.id,
        chain=run.chain,
        purpose=run.purpose,
        target=ground.target,
    )
    # the branch's own line goes on: a merge never rewrites what people have seen or pushed
    parent, merged = (ground.merges, ground.start) if ground.merges else (ground.start, None)
    return await workspace.commit(
        message=scrub(unclosing(message)) + "\n", at=run.started_at, parent=parent, merged=merged
    )


async def open_merge_request(task: Task, run: Run, ground: Ground, tools: Tools) -> MergeRequest:
    """Open the merge request of the pushed branch, or bring the open one up to date."""
    run = as_counted(run, task)
    table = ground.conventions
    ask, wanted = await reviewers(run, ground, tools)
    links = await upload_reports(task.spec, run, ground.repository.path, tools)
    proposal = Proposal(
        project=ground.repository.path,
        source_branch=ground.branch,
        target_branch=ground.target,
        title=title(task, table),
        description=description(task, run, ground, now=tools.clock.now(), reports=links),
        draft=await _stays_draft(run, ground, tools),
        labels=(f"codegen::{task.spec.kind}", *table.labels),
        reviewers=ask,
        squash=table.squash,
        remove_source_branch=table.remove_source_branch,
    )
    opened = await tools.forge.put_merge_request(proposal)
    return opened.model_copy(update={"wanted": wanted})


async def rewrite_merge_request(task: Task, tools: Tools) -> MergeRequest | None:
    """Say in the open merge request what people said since; None when it is not in review."""
    run, request = counted(task), task.merge_request
    if task.state is not TaskState.IN_REVIEW or request is None or run is None or not run.ended:
        return None
    own = tools.operator.repositories.get(task.spec.repository)
    if run.start is None or run.target_base is None:
        return None
    repository = await tools.forge.repository(project_of(task))
    ground = Ground(
        repository=repository,
        conventions=await written_conventions(tools.workspaces, repository),
        target=request.target_branch,
        branch=request.source_branch,
        branch_head=run.head,
        target_base=run.target_base,
        start=run.start,
        environment=None,
        suite=(),
        reviewers=own.reviewers if own else (),
    )
    try:
        await report_status(run, request, tools)  # first: it is one of what the draft waits for
    except Stop as stop:
        logger.warning("the commit status of %s could not be set: %s", request.url, stop)
    return await open_merge_request(task, run, ground, tools)


def title(task: Task, table: MergeRequestTable) -> str:
    """The merge request's title: nothing in it acts, and no credential is in it."""
    return neutral(scrub(titled(task, table)))


def description(task: Task, run: Run, ground: Ground, *, now: datetime, reports: Links = NO_LINKS) -> str:
    """What the reviewer reads: summary, evidence, where to look, how to check, the spec; no credential."""
    verdict, closing = run.verdict, closing_line(task, ground.conventions)
    text = render(
        "merge_request/description.md.j2",
        summary=run.summary,
        ci=standing_ci(task, run.head),
        closing=_CLOSING if closing else "",
        status=verdict.status if verdict else "",
        reason=run.reason,
        proven=verdict.proven if verdict else 0,
        criteria=len(task.spec.criteria),
        evidence=[(*evidence_row(task.spec, one), one.reason) for one in verdict.evidence] if verdict else [],
        checks=verdict.checks if verdict else (),
        risk=risk(run),
        places=_places(run),
        questions=questions(run),
        reading=reading(run),
        independent=independent(run),
        assumptions=run.assumptions,
        consents=[(one.path, one.person.name or one.person.id) for one in task.consents],
        commands=_commands(run),
        reports=reports[0],
        report_trouble=reports[1],
        branch=ground.branch,
        spec=yaml.safe_dump(task.spec.model_dump(mode="json"), sort_keys=False, allow_unicode=True),
        spec_version=task.spec_version,
        task=task.id,
        requester=task.requester.name or task.requester.id,
        rounds=run.round,
        elapsed=duration((now - run.started_at).total_seconds()),
        money=money(run.spend),
        tokens=tokens(run.spend),
        engine=run.engine,
        prompts=prompts_told(run),
        target_base=run.target_base,
        chain=run.chain,
    )
    return scrub(_closing_once(text, closing))


def _closing_once(text: str, closing: str) -> str:
    """One line links the issue as the repository has it set; no other word in here closes any."""
    return unclosing(text).replace(_CLOSING, closing)


def _places(run: Run) -> list[Place]:
    """Where to look first; what has a list of its own is left to it."""
    listed = {one.text for one in (*questions(run), *reading(run))}
    return [(where, why) for where, why in look_first(run) if why not in listed][:8]


async def _stays_draft(run: Run, ground: Ground, tools: Tools) -> bool:
    if run.verdict is None or run.verdict.status is not VerdictStatus.PASSED or run.head is None:
        return True
    status = await tools.forge.pipeline_status(ground.repository.path, run.head)
    if status is not PipelineStatus.NONE:
        return status is not PipelineStatus.PASSED
    # a pipeline is created a moment after the push: where there is CI, draft until it is green
    return await tools.workspaces.file(ground.repository, ground.target_base, CI_FILE) is not None


def _commands(run: Run) -> list[str]:
    evidence = run.verdict.evidence if run.verdict else ()
    return list(dict.fromkeys(one.proof.command for one in evidence if one.proof.command))
