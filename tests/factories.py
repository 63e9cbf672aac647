"""Nouns for tests: every field sensible, every field replaceable."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from jobs.domain.budget import Spend
from jobs.domain.patch import ChangeStatus, FileChange, Patch
from jobs.domain.people import Person
from jobs.domain.review import MergeRequest, Repository
from jobs.domain.run import Run
from jobs.domain.spec import Criterion, Kind, Proof, Spec
from jobs.domain.task import Task, TaskState, Thread, Waiting, task_id
from jobs.domain.verdict import (
    Author,
    Check,
    CheckStatus,
    Evidence,
    EvidenceStatus,
    ExecutedProof,
    Outcome,
    ProofKind,
    Strength,
    Verdict,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHA = "1" * 40
TREE = "2" * 40


def a_spec(**fields: Any) -> Spec:
    return Spec.model_validate(
        {
            "kind": Kind.BUGFIX,
            "title": "Round half up in invoice totals",
            "repository": "payments/api",
            "target": "main",
            "goal": "Totals use banker's rounding; finance expects half up.",
            "criteria": (
                Criterion(
                    id="AC1",
                    text="A line of 2.675 at two decimals totals 2.68",
                    proof=Proof(tests=("tests/test_totals.py::test_half_up",)),
                ),
            ),
        }
        | fields
    )


def a_task(**fields: Any) -> Task:
    origin = fields.get("origin", "T0PLAY/V1")
    return Task.model_validate(
        {
            "id": task_id(origin),
            "origin": origin,
            "spec": a_spec(),
            "requester": Person(id="U0ANA", name="Ana"),
            "thread": Thread(channel="C0PAY", ts="1700000000.000100"),
            "state": TaskState.WAITING,
            "waiting": Waiting.WORKER,
            "created_at": NOON,
            "updated_at": NOON,
        }
        | fields
    )


def a_run(task: Task | None = None, **fields: Any) -> Run:
    task = task or a_task()
    return Run.model_validate(
        {"id": f"{task.id}-r1", "task": task.id, "number": 1, "started_at": NOON} | fields
    )


def a_patch(**fields: Any) -> Patch:
    change = FileChange(path="src/totals.py", status=ChangeStatus.MODIFIED, added=1, removed=1)
    return Patch.model_validate(
        {"start": SHA, "tree": TREE, "diff": "diff --git …", "files": (change,)} | fields
    )


def an_evidence(**fields: Any) -> Evidence:
    proof = ExecutedProof(
        kind=ProofKind.TESTS,
        command="pytest tests/test_totals.py::test_half_up",
        tests=("tests/test_totals.py::test_half_up",),
        by=Author.PERSON,
    )
    return Evidence.model_validate(
        {
            "criterion": "AC1",
            "status": EvidenceStatus.PROVEN,
            "strength": Strength.STRONG,
            "base": Outcome.FAILED,
            "head": Outcome.PASSED,
            "proof": proof,
            "reason": "failed by assertion before, passes now",
        }
        | fields
    )


def a_verdict(**fields: Any) -> Verdict:
    suite = Check(name="suite", status=CheckStatus.PASSED, summary="12 tests pass before and after")
    return Verdict.model_validate({"checks": (suite,), "evidence": (an_evidence(),)} | fields)


def a_merge_request(**fields: Any) -> MergeRequest:
    return MergeRequest.model_validate(
        {
            "project": "payments/api",
            "iid": 7,
            "url": "https://gitlab.example/payments/api/-/merge_requests/7",
            "title": "Round half up in invoice totals",
            "source_branch": "codegen/cg-1a2b3c4d",
            "target_branch": "main",
            "sha": SHA,
        }
        | fields
    )


def a_repository(**fields: Any) -> Repository:
    return Repository.model_validate(
        {"path": "payments/api", "url": "https://gitlab.example/payments/api.git"} | fields
    )


def a_spend(**fields: Any) -> Spend:
    return Spend.model_validate(
        {"requests": 4, "input_tokens": 9000, "output_tokens": 800, "usd": Decimal("0.12")} | fields
    )
