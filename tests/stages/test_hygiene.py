"""Title, commit, labels and reviewers by the repository's own conventions."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from jobs.domain.repository_file import CommitStyle, MergeRequestTable
from jobs.domain.run import RunState
from jobs.pipeline import execute
from jobs.stages.conventions import closing_line, subject, titled
from jobs.stages.reviewers import reviewers
from jobs.stages.workspace import Ground
from tests.factories import a_patch, a_repository, a_run, a_spec, a_task
from tests.fakes import RIGHT, FakeEngine, FakeJournal, World
from tests.stages.test_pipeline import a_started_task


class People:
    """ports.Reviewing: who has how much to review, and who wrote the code."""

    def __init__(self, load: dict[str, int], authors: tuple[str, ...] = ()) -> None:
        self.load = Counter(load)
        self.wrote = authors

    async def open_reviews(self, username: str) -> int:
        return self.load[username]

    async def authors(
        self, project: str, commit: str, lines: Mapping[str, tuple[int, int]]
    ) -> tuple[str, ...]:
        assert lines == {"src/totals.py": (1, 3)}
        return self.wrote


async def chosen(
    *, owners: str = "", named: tuple[str, ...] = (), load: dict[str, int] | None = None, authors: Any = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    world = World(FakeEngine([]))
    tree = {"CODEOWNERS": owners} if owners else {"README.md": "x"}
    base = world.remote.commit(tree, None)
    ground = Ground(
        repository=a_repository(),
        target="main",
        branch="codegen/x",
        branch_head=None,
        target_base=base,
        start=base,
        environment=None,
        suite=(),
        reviewers=named,
    )
    tools = replace(world.tools, reviewing=People(load or {}, authors))
    diff = "--- a/src/totals.py\n+++ b/src/totals.py\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"
    run = a_run(patch=a_patch(diff=diff))
    return await reviewers(run, ground, tools)


async def test_owners_are_asked_as_many_as_have_to_approve() -> None:
    assert await chosen(owners="[Core][2] @ana @ben @eve\n*\n") == (("ana", "ben"), ())
    assert await chosen(owners="* @ana\n^[Style]\n*.py @eve\n") == (("ana",), ())


async def test_who_has_no_room_is_passed_over_and_when_all_are_full_nobody_is_asked() -> None:
    assert await chosen(owners="* @ana @ben", load={"ana": 8}) == (("ben",), ())
    assert await chosen(owners="* @ana @ben", load={"ana": 8, "ben": 9}) == ((), ("ana", "ben"))


async def test_of_several_owners_who_wrote_the_lines_is_asked_then_who_has_least_to_do() -> None:
    assert await chosen(owners="* @ana @ben @eve", authors=("eve",)) == (("eve",), ())
    assert await chosen(owners="* @ana @ben @eve", load={"ana": 3, "ben": 1, "eve": 2}) == (("ben",), ())
    full = {"ana": 8, "ben": 9, "eve": 8}
    assert await chosen(owners="* @ana @ben", load=full, authors=("ben",)) == ((), ("ben", "ana"))


async def test_codegen_toml_names_reviewers_and_without_any_an_author_is_asked() -> None:
    assert await chosen(named=("ana", "ben"), authors=("eve",)) == (("ana", "ben"), ())
    assert await chosen(authors=("eve", "ana")) == (("eve",), ())
    assert await chosen() == ((), ())


def test_titles_and_subjects_follow_the_repository() -> None:
    goal = "Totals use banker's rounding, unlike #9. Fixes #12."
    task = a_task(spec=a_spec(goal=goal))
    table = MergeRequestTable(title="[{issue}] {type}: {title}", commit=CommitStyle.CONVENTIONAL)
    assert titled(task, table) == "[#12] fix: Round half up in invoice totals"
    assert subject(task, table) == "fix: round half up in invoice totals"
    assert subject(task, MergeRequestTable()) == "Round half up in invoice totals"
    assert closing_line(task, table) == "Closes #12"
    assert closing_line(task, MergeRequestTable(closing=None)) == "For #12"
    assert closing_line(a_task(), table) == ""
    made = a_task(origin="gitlab/payments/api/issues/4", spec=a_spec(goal=goal))
    assert closing_line(made, table) == "Closes #4", "the issue that a task was made from comes first"


@pytest.mark.parametrize("title", ["{nothing} {title}", "no place", "{title", "{title.__class__}", "{}"])
def test_a_template_that_cannot_be_filled_is_refused(title: str) -> None:
    with pytest.raises(ValidationError, match="title"):
        MergeRequestTable(title=title)


async def test_a_run_opens_what_the_default_branch_asks_for() -> None:
    world = World(FakeEngine([RIGHT]))
    table = "version: 1\nmerge_request: {title: '{type}: {title}', labels: [bot], squash: true}\n"
    head = world.remote.branches["main"]
    world.remote.branches["main"] = world.remote.commit(
        {**world.remote.trees[head], ".codegen.yml": table}, head
    )
    run = await execute(a_started_task(), world.tools, FakeJournal())
    (proposal,) = world.forge.put
    assert proposal.title == "fix: Round half up in invoice totals"
    assert proposal.labels == ("codegen::bugfix", "bot")
    assert (proposal.squash, proposal.remove_source_branch) == (True, True)
    assert run.state is RunState.DELIVERED


@pytest.mark.parametrize(("closing", "line"), [("Closes", "Closes #12"), (None, "For #12")])
async def test_only_the_line_that_the_repository_set_closes_an_issue(closing: str | None, line: str) -> None:
    world = World(FakeEngine([RIGHT]))
    task = a_started_task()
    task = task.note(spec=task.spec.model_copy(update={"goal": "Half is rounded up. Fixes #12."}))
    table = f"version: 1\nmerge_request: {{closing: {closing or 'null'}}}\n"
    head = world.remote.branches["main"]
    world.remote.branches["main"] = world.remote.commit(
        {**world.remote.trees[head], ".codegen.yml": table}, head
    )
    await execute(task, world.tools, FakeJournal())
    (proposal,) = world.forge.put
    closes = re.findall(r"\b(?:Closes|Fixes) #12", proposal.description)
    assert line in proposal.description and closes == ([line] if closing else [])
