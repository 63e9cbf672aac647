"""Dividing a spec: the parts are a batch that can be read, or there is a sentence."""

import pytest

from jobs.ports.model import Unanswered
from jobs.specify.batch_file import read_batch
from jobs.specify.split import split
from tests.factories import a_spec
from tests.specify.test_intake import FakeModel

PART = {
    "name": "one",
    "title": "Round line totals",
    "goal": "They are off.",
    "criteria": ["2.665 totals 2.67"],
}


async def test_parts_become_a_batch_with_what_the_large_spec_says_of_all() -> None:
    second = {**PART, "name": "two", "title": "Round VAT", "depends_on": ["one"]}
    large = a_spec(paths={"allow": ["src/**", "tests/**"]}, target="main")

    batch = read_batch(await split(large, FakeModel({"parts": [PART, second]})))

    assert [one.name for one in batch.tasks] == ["one", "two"]
    assert batch.tasks[1].depends_on == ("one",)
    assert {one.spec.kind for one in batch.tasks} == {large.kind}
    assert all(one.spec.paths == large.paths and one.spec.target == "main" for one in batch.tasks)


@pytest.mark.parametrize("second", [PART, {**PART, "name": "two", "depends_on": ["gone"]}])
async def test_parts_that_do_not_fit_together_are_no_answer(second: dict[str, object]) -> None:
    with pytest.raises(Unanswered, match="do not fit together"):
        await split(a_spec(), FakeModel({"parts": [PART, second]}))
