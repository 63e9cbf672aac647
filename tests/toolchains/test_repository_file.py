"""`.codegen.yml`: what is refused, all at once, and what counts."""

import pytest

from jobs.checks import policy
from jobs.checks.gates import Gates
from jobs.domain.repository_file import Gate, RepositoryFile
from jobs.domain.verdict import Check, CheckStatus
from jobs.errors import Stop, StopKind
from jobs.stages.repository_file import read, repository_file
from tests.checks.contexts import context, rules, run
from tests.verification import workshop


def refused(text: str) -> Stop:
    with pytest.raises(Stop) as raised:
        read(text.encode(), branch="main")
    return raised.value


def test_every_problem_is_named_at_once_with_the_file_and_the_branch() -> None:
    stop = refused(
        "version: 2\nsuite: {junit: /etc/x}\nservices: {db: {run: x}}\n"
        "checks: {Bad Name: {run: y}}\nspeed: fast\n"
    )
    assert stop.kind is StopKind.INPUT
    for said in (
        ".codegen.yml on main cannot be used",
        "version: ",
        "suite.command: is missing",
        "services.db: give port, ready or both",
        "checks.Bad Name",
        "speed: is not a field",
    ):
        assert said in stop.reason
    assert "docs/codegen-yml.md" in stop.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "gates: {policy: warn, secrets: 'off'}",
            "only the operator's codegen.toml may loosen policy, secrets",
        ),
        ("suite: [", "document: line 1"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("setup: [a]\nsetup: [b]", "setup: stands twice"),
        ("just text", "must be a mapping"),
        ("suite: {command: x, junit: ../../out.xml}", "junit must be a path inside the repository"),
    ],
)
def test_what_is_not_accepted(text: str, said: str) -> None:
    assert said in refused(text).reason


async def test_only_the_default_branch_counts() -> None:
    with workshop(None) as shop:
        base = await shop.commit({"a.py": ""})
        await shop.commit({".codegen.yml": "gates: {suite: 'off'}\n"}, on=base)
        known = frozenset({"suite"})
        assert await repository_file(shop.workspaces, shop.repository, checks=known) == RepositoryFile()


async def test_a_gate_for_a_check_that_does_not_exist_is_refused() -> None:
    with workshop(None) as shop:
        await shop.commit({".codegen.yml": "gates: {siute: warn}\nchecks: {suite: {run: x}}\n"})
        with pytest.raises(Stop, match=r"gates\.siute: is no built-in check; checks\.suite: is the name"):
            await repository_file(shop.workspaces, shop.repository, checks=frozenset({"suite"}))


def test_an_empty_file_says_nothing() -> None:
    assert read(b"# nothing yet\n", branch="main") == RepositoryFile()


def test_the_operator_wins_and_the_reason_is_said() -> None:
    gates = Gates(repository={"suite": Gate.WARN}, operator={"suite": Gate.BLOCK, "policy": Gate.WARN})
    failed = Check(name="suite", status=CheckStatus.FAILED, summary="Broken.")
    assert gates.apply(failed) == failed
    warned = gates.apply(failed.model_copy(update={"name": "policy"}))
    assert (warned.status, warned.blocking) == (CheckStatus.WARNING, False)
    assert "codegen.toml" in warned.summary


def test_the_repositorys_own_paths_bind_every_spec() -> None:
    ctx = context({"db/a.sql": "1\n"}, {"db/a.sql": "2\n"})
    settings = RepositoryFile.model_validate({"paths": {"deny": ["db/**"]}})
    held = run(policy.check, type(ctx)(**{**vars(ctx), "repository": settings}))
    assert held.status is CheckStatus.FAILED
    assert "denied" in rules(held)
    assert ".codegen.yml's denied paths" in held.findings[0].text
