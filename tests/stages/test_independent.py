"""Independent tests and dependent repositories, in the real sandbox."""

from dataclasses import dataclass, field, replace

import pytest

from jobs.checks.blind_writing import BlindFile, BlindTest
from jobs.checks.readback.reading import Claim, Reading
from jobs.domain.environment import BuiltEnvironment, EnvironmentPlan
from jobs.domain.verdict import Author, CheckStatus, EvidenceStatus, Strength, Verdict
from jobs.ports import Answered, Prompt
from jobs.stages.subject import Consumer
from jobs.stages.verify import verify
from tests.fakes import A, FakeModel
from tests.stages.test_verify import BASE, RIGHT
from tests.verification import Workshop, check, proof, spec, told, workshop

pytestmark = pytest.mark.asyncio(loop_scope="session")

HALF_UP = """def test_half_up():
    from billing import total

    assert str(total("2.665")) == "2.67"
"""
WRONG = HALF_UP.replace('"2.67"', '"2.70"')


class Opinions:
    """ports.Model that reads nothing into a change and gives the next test file each time it is asked."""

    def __init__(self, *sources: str) -> None:
        files = [
            BlindFile(source=one, tests=(BlindTest(criterion="AC1", test="test_half_up"),)) for one in sources
        ]
        self.tests = FakeModel([*files])
        self.reading = FakeModel(
            [Reading(does=(Claim(text="Half a cent is rounded up", path="billing.py"),))]
        )
        self.name = "fake:opinions"

    async def ask(self, prompt: Prompt, schema: type[A]) -> Answered[A]:
        return await (self.tests if schema is BlindFile else self.reading).ask(prompt, schema)


async def verified(shop: Workshop, model: Opinions, code: str = RIGHT) -> Verdict:
    base = await shop.commit(BASE)
    head = await shop.commit({"billing.py": code}, on=base)
    subject = await shop.subject(spec(), base, head)
    return await verify(subject, workspaces=shop.workspaces, cache=shop.cache, note=shop.steps, model=model)


async def test_a_test_that_never_saw_the_change_proves_an_open_criterion(
    shop: Workshop,
) -> None:
    model = Opinions(HALF_UP)
    verdict = await verified(shop, model)
    one = proof(verdict)
    assert (one.status, one.strength) == (EvidenceStatus.PROVEN, Strength.STRONG), told(verdict)
    assert one.proof.by is Author.BLIND
    assert "before:" in one.log and "2.66" in one.log and one.log.endswith("passed"), one.log
    assert check(verdict, "blind_tests").status is CheckStatus.PASSED
    assert "def test_half_up" in check(verdict, "blind_tests").log
    assert check(verdict, "readback").status is CheckStatus.SKIPPED
    (asked,) = model.tests.asked
    assert "ROUND_HALF_EVEN" in asked.text
    assert "ROUND_HALF_UP" not in asked.text, "the change must not be seen"
    again = await verified(shop, model)
    assert proof(again).proof.by is Author.BLIND
    assert len(model.tests.asked) == 1, "the same question is not paid twice"


@pytest.mark.cases
async def test_an_independent_test_that_disagrees_leaves_the_criterion_open(shop: Workshop) -> None:
    shop.cache.stored.clear()
    verdict = await verified(shop, Opinions(WRONG))
    one = proof(verdict)
    assert one.status is EvidenceStatus.NOT_PROVEN, told(verdict)
    assert "An independent test disagrees" in one.reason
    assert {item.rule for item in check(verdict, "blind_tests").findings} == {"blind-disagrees"}


@dataclass
class Given:
    """ports.Environments that has one environment for every plan."""

    path: str
    plans: list[EnvironmentPlan] = field(default_factory=list)

    async def build(self, plan: EnvironmentPlan) -> BuiltEnvironment:
        self.plans.append(plan)
        return BuiltEnvironment(path=self.path, fresh=False)


CONSUMER = {
    "requirements.txt": "pytest\n",
    "invoice.py": "from billing import double\n\n\ndef pair(number):\n    return double(number)\n",
    "tests/test_invoice.py": "from invoice import pair\n\n\ndef test_pair():\n    assert pair(4) == 8\n",
}


async def test_a_dependent_repository_that_newly_fails_rejects_the_change(shop: Workshop, built: str) -> None:
    base = await shop.commit(BASE)
    broken = await shop.commit({"billing.py": RIGHT.replace("number * 2", "number * 3")}, on=base)
    good = await shop.commit({"billing.py": RIGHT}, on=base)
    environments = Given(built)  # the system's Python has no pytest
    with workshop(built) as other:
        await other.commit(CONSUMER)
        named = other.repository.model_copy(update={"path": "shop/invoices"})
        consumers = (
            Consumer(name="shop/invoices", repository=named),
            Consumer(name="shop/gone", problem="There is no project shop/gone."),
        )
        verdicts = []
        for head in (broken, good):
            subject = replace(await shop.subject(spec(), base, head), consumers=consumers)
            verdict = await verify(
                subject,
                workspaces=shop.workspaces,
                cache=shop.cache,
                note=shop.steps,
                environments=environments,
            )
            verdicts.append(verdict)
    failed, silent = (check(one, "consumers") for one in verdicts)
    assert failed.status is CheckStatus.FAILED, told(verdicts[0])
    texts = [one.text for one in failed.findings]
    assert any(text.startswith("shop/invoices: tests/test_invoice.py::test_pair fails") for text in texts)
    assert silent.status is CheckStatus.NOT_AVAILABLE, told(verdicts[1])
    assert "shop/gone" in silent.summary
    assert [tuple(one.files) for one in environments.plans] == [("requirements.txt",)] * 2
