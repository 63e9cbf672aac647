"""At the end: exactly one of everything for every task, the right spend, an unbroken chain."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from bench.chaos.money import Run, ledger_faults
from bench.chaos.recovery import Blow, Gaps, gaps_of
from jobs.domain.event import Event, first_broken
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.queue.store import Store
from playground.stack import BOT_TOKEN, GITLAB_TOKEN, Stack

Payload = dict[str, Any]
MANY = 1000
FAULTS_LEFT = 200


@dataclass
class Findings:
    """What is wrong, and how long struck runs stood still."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    gaps: Gaps = field(default_factory=Gaps)

    def one(self, what: str, found: int) -> None:
        """There must be exactly one."""
        if found != 1:
            (self.doubled if found else self.lost).append(f"{what}: {found}")

    @property
    def clean(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.doubled or self.wrong)


async def audited(stack: Stack, store: Store, asked: Mapping[str, Spec], struck: Sequence[Blow]) -> Findings:
    """Look at the store, GitLab and Slack."""
    findings = Findings()
    tasks = await store.list(limit=MANY)
    by_title = Counter(task.spec.title for task in tasks)
    for title in asked:
        findings.one(f"tasks for {title!r}", by_title[title])
    runs: list[Run] = []
    async with aiohttp.ClientSession() as session:
        outside = _Outside(stack, session)
        heads = await outside.heads()
        for task in tasks:
            history = await store.history(task.id)
            _inside(task, history, findings)
            findings.gaps.found += gaps_of(history, struck)
            runs += [(task, last) for last in _last_of_runs(history).values()]
            await outside.check(task, heads, findings)
        for key in sorted(set(heads) - {f"{task.id}/head" for task in tasks}):
            findings.wrong.append(f"a head message of nothing: {key}")
    findings.wrong += await ledger_faults(store, runs)
    return findings


def _last_of_runs(history: tuple[Event, ...]) -> dict[str, Event]:
    """Run id → the last event about it that says what it spent."""
    return {str(event.facts["run"]): event for event in history if "run" in event.facts}


def _inside(task: Task, history: tuple[Event, ...], findings: Findings) -> None:
    kinds = Counter(event.kind for event in history)
    if task.state is not TaskState.IN_REVIEW:
        reason = task.run.reason or task.run.reference if task.run else ""
        findings.lost.append(f"{task.id} ended as {task.state} {reason}")
        return
    if (broken := first_broken(history)) is not None:
        findings.wrong.append(f"{task.id}: the chain breaks at {broken}")
    for kind in ("task.created", "run.delivered"):
        findings.one(f"{task.id} {kind}", kinds[kind])
    if kinds["run.preparing"] != task.runs:
        findings.wrong.append(f"{task.id}: {kinds['run.preparing']} beginnings of {task.runs} runs")
    _spend(task, history, findings)


def _spend(task: Task, history: tuple[Event, ...], findings: Findings) -> None:
    run = task.run
    if run is None:
        return
    ended: dict[str, Payload] = {}
    verified: dict[str, Payload] = {}
    for event in history:
        spend, run_id = event.facts.get("spend"), str(event.facts.get("run", ""))
        if run_id and isinstance(spend, dict):
            ended[run_id] = _paid(spend)
            if event.kind == "run.verifying":
                verified[run_id] = _paid(spend)
    if sum(int(one.get("requests", 0)) for one in ended.values()) != task.spend.requests:
        findings.wrong.append(f"{task.id}: spent {task.spend.requests} requests, its runs {ended}")
    if verified.get(run.id) != ended.get(run.id):
        findings.wrong.append(f"{task.id}: spent after the change was made: {verified} then {ended}")
    if task.spend.requests < 3 or task.spend.input_tokens <= 0:
        findings.wrong.append(f"{task.id}: spent next to nothing: {task.spend}")


def _paid(spend: Payload) -> Payload:
    """What the model cost; seconds go on counting while a change is checked."""
    return {name: spend.get(name, 0) for name in ("requests", "input_tokens", "output_tokens", "usd")}


@dataclass
class _Outside:
    stack: Stack
    session: aiohttp.ClientSession

    async def heads(self) -> Mapping[str, list[str]]:
        """Key of each head message → timestamps of the messages that carry it."""
        found: dict[str, list[str]] = {}
        for message in await self._slack("conversations.history", channel="C0PAY", limit=MANY):
            if key := _key(message):
                found.setdefault(key, []).append(message["ts"])
        return found

    async def check(self, task: Task, heads: Mapping[str, list[str]], findings: Findings) -> None:
        """One head message, one summary per run, one branch with one commit, one merge request."""
        stamps = heads.get(f"{task.id}/head", [])
        findings.one(f"{task.id} head message", len(stamps))
        thread = task.thread.ts if task.thread else None
        if thread not in stamps:
            findings.wrong.append(f"{task.id}: its thread {thread} is not at its head message {stamps}")
            return
        replies = await self._slack("conversations.replies", channel="C0PAY", ts=str(thread), limit=200)
        keys = Counter(_key(message) for message in replies)
        for number in range(1, task.runs + 1):
            findings.one(f"{task.id} summary of run {number}", keys[f"{task.id}-r{number}/summary"])
        if "In review" not in replies[0]["text"]:
            findings.wrong.append(f"{task.id}: its head message says {replies[0]['text']!r}")
        await self._gitlab(task, findings)

    async def _gitlab(self, task: Task, findings: Findings) -> None:
        project = task.spec.repository.replace("/", "%2F")
        branch = f"codegen/{task.id}"
        branches = await self._rest(f"projects/{project}/repository/branches?search={branch}")
        findings.one(f"{task.id} branch", len(branches))
        requests = await self._rest(f"projects/{project}/merge_requests?source_branch={branch}&state=all")
        findings.one(f"{task.id} merge request", len(requests))
        if len(requests) == 1:
            commits = await self._rest(f"projects/{project}/merge_requests/{requests[0]['iid']}/commits")
            findings.one(f"{task.id} commit", len(commits))

    async def _rest(self, path: str) -> list[Payload]:
        url = f"{self.stack.gitlab}/api/v4/{path}"
        headers = {"PRIVATE-TOKEN": GITLAB_TOKEN}
        async with self.session.get(URL(url, encoded=True), headers=headers) as answer:
            answer.raise_for_status()
            found: list[Payload] = await answer.json()
        return found

    async def _slack(self, method: str, **query: str | int) -> list[Payload]:
        headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
        found: list[Payload] = []
        cursor = ""
        while True:
            params = {**query, "include_all_metadata": "true", **({"cursor": cursor} if cursor else {})}
            url = f"{self.stack.slack}/api/{method}"
            page = await self._page(url, params, headers)
            found += page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return found

    async def _page(self, url: str, params: Payload, headers: Mapping[str, str]) -> Payload:
        """One answer; faults that nobody has met yet are met here."""
        for _ in range(FAULTS_LEFT):
            async with self.session.get(url, params=params, headers=headers) as answer:
                page: Payload = await answer.json() if answer.content_type == "application/json" else {}
            if page.get("ok"):
                return page
            await asyncio.sleep(0.1)
        raise RuntimeError(f"Slack goes on failing: {url}")


def _key(message: Payload) -> str | None:
    payload: Payload = (message.get("metadata") or {}).get("event_payload") or {}
    key = payload.get("key")
    return str(key) if key else None
