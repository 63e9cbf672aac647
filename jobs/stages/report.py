"""What the reviewer finds in GitLab beside the description: files, a status, threads on doubtful lines."""

import hashlib
from collections.abc import Iterator
from functools import partial

from jobs.checks.diff import added_lines
from jobs.domain.remark import CommitState, Remark, mark
from jobs.domain.review import MergeRequest
from jobs.domain.risk import SURVIVED, UNCOVERED
from jobs.domain.run import Run
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, CheckStatus, Finding, VerdictStatus
from jobs.errors import Stop
from jobs.messages import request_words
from jobs.ports import Tools
from jobs.redaction import scrub
from jobs.render import render
from jobs.reports import reports

MOST = 10
"""Threads on lines of one merge request; what is beyond them stands in the note."""
LISTED = 30
"""Findings in that note."""
NOTE = "findings"
"""Key of that note."""

_DOUBTS = frozenset({CheckStatus.FAILED, CheckStatus.WARNING})


async def upload_reports(spec: Spec, run: Run, project: str, tools: Tools) -> tuple[tuple[str, ...], str]:
    """Links to the run's reports, and why there are fewer; the same content is put up once."""
    if run.verdict is None:
        return (), ""
    links: list[str] = []
    for name, content in reports(spec, run.verdict).items():
        key = f"{run.id}/report/{name}/{hashlib.sha256(content).hexdigest()[:16]}"
        known = await tools.artifacts.get(key)
        if known is None:
            try:
                known = (await tools.reports.upload(project, name=name, content=content)).encode()
            except Stop as stop:
                return tuple(links), f"{name} could not be put up: {stop.reason}"
            await tools.artifacts.put(key, known)
        links.append(known.decode())
    return tuple(links), ""


async def report(run: Run, request: MergeRequest, tools: Tools, *, diff: str) -> tuple[str, ...]:
    """Set the commit status and remark on lines of the whole change; what GitLab did not take, in words.

    The merge request is open by now: a status that GitLab refuses must not take it back.
    """
    troubles = []
    for what, doing in (
        ("The commit status could not be set", partial(report_status, run, request, tools)),
        ("Findings could not be put on their lines", partial(_remark, run, request, tools, diff)),
    ):
        try:
            await doing()
        except Stop as stop:
            troubles.append(f"{what}: {stop}")
    return tuple(troubles)


async def report_status(run: Run, request: MergeRequest, tools: Tools) -> None:
    """Say on the run's head commit what verification says of it."""
    verdict = run.verdict
    if verdict is None or run.head is None:
        return
    state = {
        VerdictStatus.PASSED: CommitState.SUCCESS,
        VerdictStatus.REJECTED: CommitState.FAILED,
        VerdictStatus.UNPROVEN: CommitState.PENDING,  # somebody still has to look
    }[verdict.status]
    text = f"{verdict.status}: {verdict.proven} of {len(verdict.evidence)} criteria proven"
    await tools.reports.status(request.project, run.head, state, text=text, url=request.url)


async def _remark(run: Run, request: MergeRequest, tools: Tools, diff: str) -> None:
    if run.head is None:
        return
    found = remarks(run, diff)
    known = await tools.reports.remarked(request.project, request.iid)
    left = MOST - len(known - {NOTE, request_words.NOTE})
    unplaced = []
    for one in found:
        if one.key in known:
            continue
        placed = left > 0 and await tools.reports.remark(request.project, request.iid, one, head=run.head)
        left -= placed
        if not placed:
            unplaced.append(one)
    if unplaced or NOTE in known:
        listed = [(f"{one.path}:{one.line}", _in_one_line(one)) for one in unplaced[:LISTED]]
        body = render("merge_request/findings.md.j2", findings=listed, more=len(unplaced) - LISTED)
        await tools.reports.note(request.project, request.iid, key=NOTE, body=scrub(body))


def remarks(run: Run, diff: str) -> list[Remark]:
    """One thread for each line and rule that findings name, the most important first.

    `diff` is the whole change's: a thread is known again by the text of its line, wherever it moves to,
    whatever a later run adds, and however a model words it then.
    """
    texts = {(one.path, one.number): one.text for one in added_lines(diff)}
    made: dict[str, list[tuple[Check, Finding]]] = {}
    for check, one in sorted(_findings(run), key=lambda pair: _rank(*pair)):
        if one.path and one.line:
            facts = (check.name, one.rule, one.path, texts.get((one.path, one.line), one.text))
            key = hashlib.sha256("\0".join(facts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
            made.setdefault(key, []).append((check, one))
    return [_remark_of(key, found) for key, found in made.items()]


def _remark_of(key: str, found: list[tuple[Check, Finding]]) -> Remark:
    check, first = found[0]
    texts = list(dict.fromkeys(one.text for _, one in found))
    words = render("merge_request/finding.md.j2", check=check.name, rule=first.rule, texts=texts)
    body = f"{scrub(words)}\n\n{mark(key)}"
    return Remark(key=key, path=first.path or "", line=first.line or 0, body=body)


def _findings(run: Run) -> Iterator[tuple[Check, Finding]]:
    for check in run.verdict.checks if run.verdict else ():
        if check.status in _DOUBTS:
            yield from ((check, one) for one in check.findings)


def _rank(check: Check, finding: Finding) -> int:
    if check.status is CheckStatus.FAILED:
        return 0
    return {UNCOVERED: 1, SURVIVED: 2}.get(finding.rule, 3)


def _in_one_line(one: Remark) -> str:
    words = one.body.partition("\n\n<!--")[0].splitlines()
    return " ".join(line.removeprefix("- ") for line in words if line)
