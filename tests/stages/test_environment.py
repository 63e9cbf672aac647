"""Environments in a run and in a verification: built for the target base, a second one for the change."""

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest

from jobs.adapters.environments import BuiltEnvironments
from jobs.domain.environment import BuiltEnvironment, EnvironmentPlan
from jobs.domain.repository_file import Gate
from jobs.domain.run import RunState
from jobs.domain.verdict import Check, CheckStatus, EvidenceStatus, Verdict, VerdictStatus
from jobs.errors import Exhausted, Stop
from jobs.pipeline import execute
from jobs.ports import NO_ENVIRONMENTS, BuildFailedError, Environments
from jobs.stages.environment import base_environment
from jobs.stages.subject import Subject
from jobs.stages.verify import verify
from tests.fakes import RIGHT, WRONG, FakeJournal
from tests.registry import StandIn, registry
from tests.stages.test_pipeline import a_started_task, a_world
from tests.verification import Steps, Workshop, check, proof, spec, told, workshop

LIST = {**WRONG, "requirements.txt": "shoplib==1.0\n"}


@dataclass
class FakeEnvironments:
    """Says where an environment is, or raises."""

    fault: Stop | None = None
    plans: list[EnvironmentPlan] = field(default_factory=list)

    async def build(self, plan: EnvironmentPlan) -> BuiltEnvironment:
        self.plans.append(plan)
        if self.fault is not None:
            raise self.fault
        return BuiltEnvironment(path=f"/environments/{plan.digest[:8]}/env", fresh=True, cpu_seconds=7.5)


async def run_with(environments: FakeEnvironments, journal: FakeJournal) -> RunState:
    world = a_world(RIGHT)
    world.remote.branches["main"] = world.remote.commit(LIST, None)
    tools = replace(world.tools, environments=environments)
    return (await execute(a_started_task(), tools, journal)).state


async def test_a_run_builds_before_its_first_test_says_so_and_pays_for_it() -> None:
    environments, journal = FakeEnvironments(), FakeJournal()
    assert await run_with(environments, journal) is RunState.DELIVERED
    steps = [run.step for run in journal.saved]
    assert steps.index("building the environment") < steps.index("running the tests on the target base")
    assert [plan.commands for plan in environments.plans] == [("python -m pip install -r requirements.txt",)]
    assert journal.saved[-1].spend.cpu_seconds >= 7.5


async def test_a_build_that_fails_stops_the_run_with_the_logs_end_and_what_to_do() -> None:
    fault = BuildFailedError("It failed.", remedy="Declare setup.", log="first\nNo matching distribution")
    with pytest.raises(Stop, match=r"cannot be built\. It failed\. The log ends: first\sNo matching") as stop:
        await run_with(FakeEnvironments(fault), FakeJournal())
    assert stop.value.remedy == "Declare setup."
    assert not isinstance(stop.value, Exhausted)


# A stand-in for pip that is quick: it takes the wheel from the index and unpacks it.
INSTALL = """
import pathlib, re, site, sys, urllib.request, zipfile
for line in pathlib.Path("requirements.txt").read_text().split():
    name, version = line.split("==")
    page = urllib.request.urlopen(sys.argv[1] + "/" + name + "/").read().decode()
    found = [link for link in re.findall('href="([^"#]+)', page) if f"/{name}-{version}-" in link]
    if not found:
        sys.exit(f"no {name} {version} in the registry")
    packed = pathlib.Path("/scratch/packed.whl")
    packed.write_bytes(urllib.request.urlopen(found[0]).read())
    zipfile.ZipFile(packed).extractall(site.getsitepackages()[0])
"""
TOTALS = "from shoplib import VERSION\n\n\ndef label():\n    return 'v1.0'\n"
TEST = """import unittest

from totals import label


class Label(unittest.TestCase):
    def test_NAME(self):
        self.assertEqual(label(), WANTED)
"""
BASE = {
    ".codegen.yml": "setup: ['python install.py $PIP_INDEX_URL']\n",
    "install.py": INSTALL,
    "requirements.txt": "shoplib==1.0\n",
    "totals.py": TOTALS,
    "tests/__init__.py": "",
    "tests/test_old.py": TEST.replace("NAME", "old").replace("WANTED", "label()"),
}
UNASKED = {"policy": Gate.WARN}
"""A changed list of packages needs a person's consent."""
NODE = "tests.test_new.Label.test_new"
UPGRADE = {
    "requirements.txt": "shoplib==2.0\n",
    "totals.py": TOTALS.replace("'v1.0'", "'v' + VERSION"),
    "tests/test_new.py": TEST.replace("NAME", "new").replace("WANTED", "'v2.0'"),
}


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    async with registry() as one:
        yield one


@pytest.fixture
def bare() -> Iterator[Workshop]:
    """No environment is given: what is needed is built."""
    with workshop(None) as one:
        yield one


async def verified(
    shop: Workshop,
    subject: Subject,
    environments: Environments,
    steps: Steps | None = None,
    gates: Mapping[str, Gate] = UNASKED,
) -> Verdict:
    note = steps or Steps()
    subject = replace(subject, gates=gates)
    found = await base_environment(
        shop.repository,
        subject.target_base,
        setup=("python install.py $PIP_INDEX_URL",),
        workspaces=shop.workspaces,
        environments=environments,
        note=note,
    )
    if isinstance(found, BuiltEnvironment):
        subject = replace(subject, environment=found.path, built=True)
    else:
        subject = replace(subject, unbuilt=found or "")
    return await verify(
        subject, workspaces=shop.workspaces, cache=shop.cache, note=note, environments=environments
    )


def environment_check(verdict: Verdict) -> Check:
    return check(verdict, "environment")


async def test_a_changed_list_gives_the_head_an_environment_of_its_own_once_a_person_allows_it(
    bare: Workshop, stand_in: StandIn
) -> None:
    base = await bare.commit(BASE)
    head = await bare.commit(UPGRADE, on=base)
    environments = BuiltEnvironments(bare.folder / "home", stand_in.registries)
    steps = Steps()
    subject = await bare.subject(spec(), base, head, {"AC1": NODE})
    held = await verified(bare, subject, environments, steps, gates={})
    asks = check(held, "policy").asks
    assert ([one.path for one in asks], held.status) == (["requirements.txt"], VerdictStatus.REJECTED)
    assert "building the environment of the change" not in steps.said
    allowed = replace(subject, consents=frozenset(one.key for one in asks))
    verdict = await verified(bare, allowed, environments, steps, gates={})
    one = environment_check(verdict)
    assert (one.status, one.findings[0].path) == (CheckStatus.WARNING, "requirements.txt"), told(verdict)
    assert "building the environment of the change" in steps.said
    # the new test sees 2.0 on the head; with the target base's environment it could not pass
    assert proof(verdict).status is EvidenceStatus.PROVEN, told(verdict)
    assert check(verdict, "suite").status is CheckStatus.PASSED, told(verdict)
    assert verdict.status is VerdictStatus.PASSED, told(verdict)


async def test_a_change_that_cannot_be_installed_is_rejected_with_the_logs_tail(
    bare: Workshop, stand_in: StandIn
) -> None:
    base = await bare.commit(BASE)
    head = await bare.commit({**UPGRADE, "requirements.txt": "shoplib==9.9\n"}, on=base)
    environments = BuiltEnvironments(bare.folder / "home", stand_in.registries)
    subject = await bare.subject(spec(), base, head, {"AC1": NODE})
    verdict = await verified(bare, subject, environments)
    one = environment_check(verdict)
    assert one.status is CheckStatus.FAILED
    assert "With requirements.txt as changed: The dependencies cannot be installed" in one.summary
    assert "no shoplib 9.9 in the registry" in one.log
    assert check(verdict, "suite").status is CheckStatus.SKIPPED
    assert verdict.status is VerdictStatus.REJECTED


async def test_without_a_registry_nothing_silently_passes(bare: Workshop) -> None:
    base = await bare.commit({**BASE, "totals.py": TOTALS.partition("\n")[2]})
    fix = TOTALS.partition("\n")[2].replace("v1.0", "v2.0")
    more = {**UPGRADE, "totals.py": fix}
    changed = await bare.commit(more, on=base)
    same = await bare.commit({**more, "requirements.txt": "shoplib==1.0\n"}, on=base)
    for head, status in ((changed, VerdictStatus.UNPROVEN), (same, VerdictStatus.PASSED)):
        subject = await bare.subject(spec(), base, head, {"AC1": NODE})
        verdict = await verified(bare, subject, NO_ENVIRONMENTS)
        one = environment_check(verdict)
        assert one.status is CheckStatus.NOT_AVAILABLE
        assert "No package registry for python is configured" in one.summary
        assert verdict.status is status, told(verdict)


async def test_the_operators_environment_stays_and_the_reviewer_is_told(bare: Workshop) -> None:
    plain = TOTALS.partition("\n")[2]
    base = await bare.commit({**BASE, "totals.py": plain})
    head = await bare.commit({**UPGRADE, "totals.py": plain.replace("v1.0", "v2.0")}, on=base)
    given = bare.folder / "given"
    (given / "bin").mkdir(parents=True)
    (given / "bin" / "python").symlink_to(shutil.which("python3", path="/usr/bin") or "")
    subject = replace(
        await bare.subject(spec(), base, head, {"AC1": NODE}), environment=str(given), gates=UNASKED
    )
    verdict = await verify(subject, workspaces=bare.workspaces, cache=bare.cache, note=Steps())
    assert environment_check(verdict).findings[0].rule == "operators-environment"
    assert verdict.status is VerdictStatus.PASSED, told(verdict)
