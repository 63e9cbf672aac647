"""One question, one typed answer, over HTTP: what it costs, and what comes of answers in another shape."""

from collections.abc import AsyncIterator

import pytest

from jobs.adapters.model import model
from jobs.adapters.model_answers import TRIES, AnsweringModel
from jobs.checks.blind_writing import BlindFile
from jobs.checks.readback.reading import Reading
from jobs.domain.base_model import Frozen
from jobs.ports import Prompt, Unanswered
from playground.model import KEY, ModelStandIn
from playground.serve import serving

DIFF = """<<< change 1 0123456789ab
diff --git a/src/invoices/money.py b/src/invoices/money.py
--- a/src/invoices/money.py
+++ b/src/invoices/money.py
@@ -27,2 +27,2 @@ def to_cents(value):
     \"\"\"An amount as it stands on paper: two decimals.\"\"\"
-    return value.quantize(CENT)
+    return value.quantize(CENT, rounding=ROUND_HALF_UP)
>>> 0123456789ab"""


class Other(Frozen):
    """A shape that the stand-in does not know."""

    needed: str
    """Never there."""


async def no_pause(seconds: float) -> None:
    del seconds


@pytest.fixture
async def stand_in() -> ModelStandIn:
    return ModelStandIn()


@pytest.fixture
async def asked(stand_in: ModelStandIn) -> AsyncIterator[AnsweringModel]:
    async with serving(stand_in.app) as url:
        environment = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": KEY}
        yield AnsweringModel(model("openai-compatible:scripted", environment, pause=no_pause))


async def test_a_change_is_read_and_paid_for(asked: AnsweringModel) -> None:
    answered = await asked.ask(Prompt(system="You read.", text=DIFF), Reading)
    (claim,) = answered.value.does
    assert (claim.path, claim.line, claim.names) == ("src/invoices/money.py", 28, ("to_cents",))
    assert answered.value.could_break
    assert answered.spend.requests == 1
    assert answered.spend.input_tokens > 0


async def test_an_answer_in_another_shape_is_asked_for_again_and_then_there_is_none(
    asked: AnsweringModel, stand_in: ModelStandIn
) -> None:
    with pytest.raises(Unanswered, match="shape") as caught:
        await asked.ask(Prompt(system="You judge.", text="Well?"), Other)
    assert stand_in.calls.requests == TRIES
    assert stand_in.calls.refused == 0
    assert caught.value.spend.requests == TRIES


async def test_a_refusal_and_an_outage_are_a_sentence(asked: AnsweringModel, stand_in: ModelStandIn) -> None:
    stand_in.faults.refuse = True
    with pytest.raises(Unanswered):
        await asked.ask(Prompt(system="You read.", text=DIFF), BlindFile)
    stand_in.faults.refuse, stand_in.faults.fail = False, 100
    with pytest.raises(Unanswered, match="HTTP status 500") as caught:
        await asked.ask(Prompt(system="You read.", text=DIFF), Reading)
    assert KEY not in caught.value.reason
