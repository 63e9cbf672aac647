"""Real JavaScript changes through the real sandbox, with node from /usr."""

import pytest

from jobs.domain.verdict import Author, CheckStatus, EvidenceStatus, Outcome, Strength, VerdictStatus
from tests.verification import Workshop, check, proof, spec, told

WRONG = """export function cents(amount) {
  return Math.floor(amount * 100 + 0.4) / 100;
}

export function double(number) {
  if (number === 0) {
    return 0;
  }
  return number * 2;
}
"""
RIGHT = WRONG.replace("+ 0.4", "+ 0.5")
HEAD = 'import assert from "node:assert/strict";\nimport { describe, it, test } from "node:test";\n'
OLD_TESTS = (
    HEAD
    + """import { cents, double } from "../src/totals.js";

test("whole", () => {
  assert.equal(cents(2), 2);
});

describe("double", () => {
  it("doubles", () => {
    assert.equal(double(4), 8);
  });
});
"""
)
NEW_TESTS = (
    HEAD
    + """import { cents } from "../src/totals.js";

test("half up", () => {
  assert.equal(cents(0.125), 0.13);
});
"""
)
BASE = {
    "package.json": '{"name": "totals", "type": "module", "scripts": {"test": "node --test"}}',
    "src/totals.js": WRONG,
    "test/totals.test.js": OLD_TESTS,
}
NODE = "test/half.test.js::half up"


async def test_a_fix_is_proven_and_strong(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    head = await shop.commit({"src/totals.js": RIGHT, "test/half.test.js": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
    one = proof(verdict)
    assert (one.status, one.strength) == (EvidenceStatus.PROVEN, Strength.STRONG), told(verdict)
    assert (one.base, one.head, one.proof.by) == (Outcome.FAILED, Outcome.PASSED, Author.ENGINE)
    assert "by assertion" in one.reason
    suite = check(verdict, "suite")
    assert (suite.status, suite.command) == (CheckStatus.PASSED, "node --test"), told(verdict)
    assert suite.summary == "2 tests pass on the target base and on the head."
    assert "A random order is not available" in check(verdict, "acceptance").summary


@pytest.mark.cases
async def test_a_test_that_asserts_nothing_proves_nothing(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    nothing = NEW_TESTS.replace("assert.equal(cents(0.125), 0.13)", "cents(0.125); assert.ok(true)")
    head = await shop.commit({"src/totals.js": RIGHT, "test/half.test.js": nothing}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.UNPROVEN, told(verdict)
    assert proof(verdict).strength is None


@pytest.mark.cases
async def test_a_broken_neighbour_is_named_by_its_whole_id(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    broken = RIGHT.replace("number * 2", "number * 3")
    head = await shop.commit({"src/totals.js": broken, "test/half.test.js": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert "test/totals.test.js::double::doubles" in check(verdict, "suite").findings[0].text


@pytest.mark.cases
async def test_a_feature_is_shown_by_the_name_it_exports(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    more = WRONG + "\nexport function triple(number) {\n  return number * 3;\n}\n"
    test = HEAD + 'import { triple } from "../src/totals.js";\n\n'
    test += 'test("triples", () => {\n  assert.equal(triple(5), 15);\n});\n'
    head = await shop.commit({"src/totals.js": more, "test/triple.test.js": test}, on=base)
    verdict = await shop.verify(spec("feature"), base, head, {"AC1": "test/triple.test.js::triples"})
    one = proof(verdict)
    assert (one.status, one.strength) == (EvidenceStatus.PROVEN, Strength.STRONG), told(verdict)
    assert one.base is Outcome.ERROR


async def test_a_process_that_ends_early_and_forged_passes_are_seen(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    quit_ = RIGHT + "\nif (process.env.NODE_TEST_CONTEXT) process.exit(0);\n"
    head = await shop.commit({"src/totals.js": quit_, "test/half.test.js": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert verdict.status is VerdictStatus.REJECTED, told(verdict)
    assert {one.rule for one in check(verdict, "suite").findings} == {"suite-missing"}


@pytest.mark.cases
async def test_a_special_cased_input_is_not_believed(shop: Workshop) -> None:
    base = await shop.commit(BASE)
    cheat = WRONG.replace("(amount) {\n", "(amount) {\n  if (amount === 0.125) return 0.13;\n")
    head = await shop.commit({"src/totals.js": cheat, "test/half.test.js": NEW_TESTS}, on=base)
    verdict = await shop.verify(spec(), base, head, {"AC1": NODE})
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN, told(verdict)
    assert "special-cased" in {one.rule for one in check(verdict, "integrity").findings}


@pytest.mark.cases
async def test_dead_code_may_go_together_with_its_test(shop: Workshop) -> None:
    more = WRONG + "\nexport function unused() {\n  return 7;\n}\n"
    unused = HEAD + 'import { unused } from "../src/totals.js";\n\n'
    unused += 'test("unused", () => {\n  assert.equal(unused(), 7);\n});\n'
    base = await shop.commit({**BASE, "src/totals.js": more, "test/unused.test.js": unused})
    head = await shop.commit({"src/totals.js": WRONG, "test/unused.test.js": None}, on=base)
    verdict = await shop.verify(spec("refactor"), base, head)
    assert verdict.status is not VerdictStatus.REJECTED, told(verdict)
    assert check(verdict, "suite").status is CheckStatus.WARNING
