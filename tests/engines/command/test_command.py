"""A coding agent's program as engine, in the real sandbox: only its tree is believed, and it gets nowhere."""

import asyncio

import pytest

from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.budget import Cap, Spend
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.errors import Exhausted, Stop
from jobs.ports import Workspace
from playground.model import KEY, ModelStandIn
from tests.adapters.checkouts import Remote, processes_with, shell
from tests.engines.agent.notes import Notes
from tests.engines.command.conftest import Made, brief
from tests.engines.command.program import VERSION
from tests.factories import NOON, a_spec

SAID = Feedback(id="note-1", kind=FeedbackKind.COMMENT, by="Ben", text="Why two?", at=NOON)


async def test_it_works_through_the_gateway_and_is_believed_its_tree(
    engine: Made, workspace: Workspace, stand_in: ModelStandIn
) -> None:
    work = await engine("work").work(brief(feedback=(SAID,)), workspace, Notes())
    assert [one.path for one in (await workspace.patch()).files] == ["totals.py"]
    assert (work.summary, work.engine) == ("Two it is.", f"agent-x:scripted {VERSION}")
    assert [one.tests for one in work.proofs] == [("test_a.py::test_a",)]
    assert [(one.to, one.text) for one in work.answers] == [("note-1", "Done.")]
    assert [(one.id, one.chosen, one.tree) for one in work.assumptions] == [("Q1", "two", None)]
    assert (stand_in.calls.completions, work.spend.requests, work.spend.priced) == (1, 1, False)
    assert work.spend.input_tokens > 0 and work.spend.output_tokens > 0
    told = await shell(workspace, "cat told.log")
    assert a_spec().goal in told and "Why two?" in told and "/tmp/report.json" in told


async def test_what_leaves_nothing_to_verify_is_a_stop_with_its_last_words(
    engine: Made, workspace: Workspace, stand_in: ModelStandIn
) -> None:
    for way, told in (
        ("idle", "ended without changing anything. Its last words: All done, every test passes."),
        ("unable", "says that it cannot do this: There is no such module."),
        ("breaks", "ended with exit status 3. Its last words: Traceback: it broke"),
    ):
        with pytest.raises(Stop) as stop:
            await engine(way).work(brief(), workspace, Notes())
        assert (type(stop.value), stop.value.reason) == (Stop, f"agent-x {told}") and stop.value.remedy


async def test_an_answer_in_place_of_a_change_is_taken_and_nonsense_beside_it_left_out(
    engine: Made, workspace: Workspace
) -> None:
    work = await engine("answers").work(brief(feedback=(SAID,)), workspace, Notes())
    assert [one.text for one in work.answers] == ["It is right as it is."]
    assert work.proofs == ()


async def test_a_cancelled_run_takes_its_programs_with_it(
    engine: Made, workspace: Workspace, marker: str
) -> None:
    async def cancelling(**facts: object) -> None:
        if facts["step"] == "waiting for ever":
            assert processes_with(marker), "it has started something by now"
            working.cancel()

    told = brief(cap=Cap(requests=100_000))
    working = asyncio.ensure_future(engine("hangs").work(told, workspace, cancelling))
    await asyncio.wait((working,))
    assert working.cancelled()
    assert processes_with(marker) == []


async def test_at_the_end_of_its_time_all_of_it_is_killed(
    engine: Made, workspace: Workspace, marker: str
) -> None:
    with pytest.raises(Exhausted):
        await engine("hangs").work(brief(cap=Cap(minutes=0.03)), workspace, Notes())
    assert processes_with(marker) == []


async def test_noise_is_only_noise_and_what_it_leaves_running_ends_with_it(
    engine: Made, workspace: Workspace, marker: str
) -> None:
    work = await engine("garbage").work(brief(), workspace, Notes())
    assert work.summary == "Two it is." and processes_with(marker) == []


async def test_a_budget_is_held_from_outside(
    engine: Made, workspace: Workspace, stand_in: ModelStandIn
) -> None:
    used = Spend(requests=1)
    with pytest.raises(Exhausted, match="used its 3 model calls"):
        await engine("greedy").work(brief(cap=Cap(requests=3), spent=used), workspace, Notes())
    assert stand_in.calls.requests == 2


async def test_it_gets_nowhere_but_to_its_model_and_sees_no_key(
    engine: Made, workspace: Workspace, stand_in: ModelStandIn
) -> None:
    await engine("roams").work(brief(), workspace, Notes())
    passed, _, seen = (await shell(workspace, "cat totals.py")).partition("\n")
    assert passed == "passed: []" and stand_in.calls.requests == 1
    assert "OPENAI_API_KEY=outside" in seen and KEY not in seen


async def test_hooks_settings_and_a_linked_report_lead_nowhere(
    engine: Made, remote: Remote, workspaces: GitWorkspaces
) -> None:
    brought = remote.commit({".codex/config.toml": "hook", ".mcp.json": "{}", "made.log": ""})
    async with workspaces.open(remote.repository, brought, environment=None) as workspace:
        work = await engine("meddles").work(brief(), workspace, Notes())
        paths = [one.path for one in (await workspace.patch()).files]
        assert paths == [".gitlab-ci.yml"], "hooks are no part of a change, and CI files are judged as one"
        assert work.summary == "agent-x says nothing of its change."
        await shell(workspace, "ln -s /usr .opencode")
        with pytest.raises(Stop, match=r"has a link at \.opencode"):
            await engine("meddles").work(brief(), workspace, Notes())


async def test_a_folder_that_the_sandbox_cannot_enter_is_named(engine: Made, workspace: Workspace) -> None:
    closed = engine("work", closed=True)
    with pytest.raises(Stop, match="cannot enter the folder of the engine agent-x"):
        await closed.check(workspace)


async def test_trying_it_out_tells_the_version_or_what_is_missing(
    engine: Made, workspace: Workspace, stand_in: ModelStandIn
) -> None:
    assert await engine("idle").check(workspace) == VERSION
    stand_in.faults.fail, stand_in.faults.status = 9, 401
    with pytest.raises(Stop, match="The key for the model scripted was refused"):
        await engine("idle").check(workspace)
