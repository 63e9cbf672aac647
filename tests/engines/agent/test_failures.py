"""What a model does that leads nowhere is bounded, and said in a sentence."""

from decimal import Decimal
from pathlib import Path

import pytest

from jobs.adapters.model import ProviderModel
from jobs.domain.brief import Brief
from jobs.domain.budget import Cap, Spend
from jobs.engines.agent import AgentEngine
from jobs.errors import Exhausted, Stop
from playground.model import ModelStandIn
from tests.engines.agent.conftest import WAITS
from tests.engines.agent.notes import Notes
from tests.engines.folder import FolderWorkspace


async def test_a_rate_limit_is_waited_for(
    brief: Brief, scripted: ProviderModel, stand_in: ModelStandIn, tmp_path: Path
) -> None:
    stand_in.faults.rate_limit, stand_in.faults.retry_after = 3, 7.0
    await AgentEngine(scripted).work(brief, FolderWorkspace.of_sample(tmp_path), Notes())
    assert WAITS == [7.0, 7.0, 7.0]


async def test_garbage_is_asked_for_again_and_a_cut_call_is_sent_whole(
    brief: Brief, scripted: ProviderModel, stand_in: ModelStandIn, tmp_path: Path
) -> None:
    stand_in.faults.garbage, stand_in.faults.cut, stand_in.faults.fail = 2, 2, 1
    workspace = FolderWorkspace.of_sample(tmp_path)
    work = await AgentEngine(scripted).work(brief, workspace, Notes())
    assert len(work.proofs) == 3
    assert b"cut off" in (work.conversation or b"")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"rate_limit": 99, "retry_after": 9999.0}, "is rate limited"),
        ({"garbage": 99}, "something that is not an answer"),
        ({"fail": 99, "status": 503}, "HTTP status 503"),
        ({"refuse": True}, "refused to answer, 5 times in a row"),
        ({"loop": True}, "runs in circles"),
        ({"cut": 99}, "made calls that cannot be read"),
    ],
    ids=["rate limit", "garbage", "down", "refusal", "loop", "cut off"],
)
async def test_nonsense_without_end_is_a_stop(
    fault: dict[str, int],
    sentence: str,
    brief: Brief,
    scripted: ProviderModel,
    stand_in: ModelStandIn,
    tmp_path: Path,
) -> None:
    for name, value in fault.items():
        setattr(stand_in.faults, name, value)
    workspace = FolderWorkspace.of_sample(tmp_path)
    with pytest.raises(Stop) as caught:
        await AgentEngine(scripted).work(brief, workspace, Notes())
    assert sentence in caught.value.reason
    assert "openai-compatible:scripted" in caught.value.reason
    assert caught.value.remedy
    assert stand_in.calls.requests <= 8
    assert all(seconds <= 60 for seconds in WAITS)
    assert (await workspace.patch()).empty


@pytest.mark.parametrize(
    ("cap", "spent", "sentence"),
    [
        (Cap(requests=3), Spend(requests=1), "3 model calls"),
        (Cap(tokens=6000), Spend(), "6,000 tokens"),
        (Cap(usd=Decimal(1)), Spend(usd=Decimal(1)), "1 US dollars"),
        (Cap(minutes=1), Spend(seconds=60), "1 minutes"),
    ],
    ids=["requests", "tokens", "usd", "minutes"],
)
async def test_a_cap_ends_the_work(
    cap: Cap, spent: Spend, sentence: str, brief: Brief, scripted: ProviderModel, tmp_path: Path
) -> None:
    limited, notes = brief.model_copy(update={"cap": cap, "spent": spent}), Notes()
    with pytest.raises(Exhausted, match=sentence):
        await AgentEngine(scripted).work(limited, FolderWorkspace.of_sample(tmp_path), notes)
    assert (spent + notes.spend).requests <= 3
