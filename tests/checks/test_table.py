"""Every check has the one shape: a name as its file, what it needs, one function."""

from dataclasses import fields

from jobs.checks.context import Trials
from jobs.stages.verify import CHECKS


def test_each_check_is_named_as_its_module_and_needs_what_there_is() -> None:
    there = {field.name for field in fields(Trials)}
    for module in CHECKS:
        assert module.__name__.rpartition(".")[2] == module.NAME
        assert set(module.NEEDS) <= there
        assert callable(module.check)
