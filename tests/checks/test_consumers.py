"""What dependent repositories say of a change."""

import pytest

from jobs.checks import consumers
from jobs.checks.consumer_runs import FOLDER, Consumed, pointed
from jobs.cli.local import LocalForge
from jobs.domain.verdict import CheckStatus
from jobs.ports import Command
from jobs.settings import OperatorFile, RepositorySettings
from jobs.stages.consuming import consumers_of
from tests.checks.contexts import context, run
from tests.checks.trials import with_trials
from tests.factories import a_repository
from tests.fakes import FakeEngine, World

FINE = Consumed("shop/web", passing=4)
BROKEN = Consumed("shop/app", passing=4, broken=(("tests/test_a.py::test_a", "assert 1 == 2"),))
SILENT = Consumed("shop/old", problem="its suite cannot be run")


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ((), CheckStatus.SKIPPED),
        ((FINE,), CheckStatus.PASSED),
        ((FINE, SILENT), CheckStatus.NOT_AVAILABLE),
        ((FINE, SILENT, BROKEN), CheckStatus.FAILED),
    ],
)
def test_the_worst_counts(found: tuple[Consumed, ...], status: CheckStatus) -> None:
    check = run(consumers.check, with_trials(context({}, {"a.py": "a = 1\n"}), consumed=found))
    assert check.status is status
    assert check.blocking


def test_a_broken_test_is_named_with_its_repository() -> None:
    check = run(consumers.check, with_trials(context({}, {"a.py": "a = 1\n"}), consumed=(BROKEN,)))
    assert check.summary == "1 test newly fails in shop/app."
    assert check.findings[0].text == "shop/app: tests/test_a.py::test_a fails with this change: assert 1 == 2"


def test_the_dependency_comes_before_an_installed_copy_and_after_our_own_programs() -> None:
    command = pointed(Command(argv=("pytest",), env={"PYTHONPATH": "{in}:src:."}))
    assert command.env["PYTHONPATH"] == f"{{in}}:{FOLDER}/src:{FOLDER}:src:."
    assert command.env["CODEGEN_DEPENDENCY"] == FOLDER


async def test_a_consumer_that_cannot_be_reached_comes_with_its_reason() -> None:
    world = World(FakeEngine([{}]))
    names = RepositorySettings(consumers=("shop/web",))
    operator = OperatorFile(repositories={"payments/api": names})
    (one,) = await consumers_of(operator, "payments/api", world.forge)
    assert one.repository is not None
    assert await consumers_of(operator, "shop/web", world.forge) == ()
    local = LocalForge(a_repository(path="api"))
    (unreachable,) = await consumers_of(operator, "payments/api", local)
    assert unreachable.problem == "it cannot be reached from here"
