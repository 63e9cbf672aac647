"""vitest and jest themselves, installed from the registry that npm knows, through the proxy."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.adapters.environments import BuiltEnvironments
from jobs.adapters.environments.registries import Registry
from jobs.domain.environment import Ecosystem
from jobs.domain.verdict import CheckStatus, EvidenceStatus, Strength, VerdictStatus
from jobs.stages.setup import plan_of
from tests.verification import STORE, Workshop, check, proof, spec, told, workshop

pytestmark = [pytest.mark.cases, pytest.mark.enable_socket]

HALF = "export function half(cents) {\n  return Math.floor(cents / 2);\n}\n"
TEST = """import { expect, test } from 'vitest';
import { half } from '../src/half.js';

test('NAME', () => {
  expect(half(INPUT)).toBe(WANTED);
});
"""
JEST = """const { half } = require('../src/half.js');

test('NAME', () => {
  expect(half(INPUT)).toBe(WANTED);
});
"""


async def registry_of_npm() -> str:
    process = await asyncio.create_subprocess_exec(
        "npm", "config", "get", "registry", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode().strip().rstrip("/")


@pytest.fixture
def bare() -> Iterator[Workshop]:
    with workshop(None) as one:
        yield one


@pytest.mark.parametrize(("runner", "version"), [("vitest", "^3"), ("jest", "^29")])
async def test_a_fix_is_proven_by_the_real_runner(bare: Workshop, runner: str, version: str) -> None:
    package = {"type": "module" if runner == "vitest" else "commonjs", "devDependencies": {runner: version}}
    source = HALF if runner == "vitest" else HALF.replace("export ", "") + "module.exports = { half };\n"
    test = TEST if runner == "vitest" else JEST
    old = test.replace("NAME", "even").replace("INPUT", "4").replace("WANTED", "2")
    new = test.replace("NAME", "odd").replace("INPUT", "5").replace("WANTED", "3")
    base = await bare.commit(
        {"package.json": json.dumps(package), "src/half.js": source, "test/even.test.js": old}
    )
    fix = {"src/half.js": source.replace("floor", "ceil"), "test/odd.test.js": new}
    head = await bare.commit(fix, on=base)

    async def read(path: str) -> bytes | None:
        return await bare.workspaces.file(bare.repository, base, path)

    plan = await plan_of(read)
    assert plan is not None
    registries = {Ecosystem.NPM: Registry(await registry_of_npm())}
    built = await BuiltEnvironments(Path(STORE) / "built", registries).build(plan)
    bare.environment = built.path
    verdict = await bare.verify(spec(), base, head, {"AC1": "test/odd.test.js::odd"})
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
    assert (proof(verdict).status, proof(verdict).strength) == (EvidenceStatus.PROVEN, Strength.STRONG)
    assert check(verdict, "suite").status is CheckStatus.PASSED, told(verdict)
    assert "once in random order" in check(verdict, "acceptance").summary, told(verdict)
