"""Merging a branch into a tree with real git: cleanly, with conflicts, and with what the tree could try."""

from datetime import UTC, datetime

from jobs.adapters.workspaces import GitWorkspaces
from tests.adapters.checkouts import Remote, shell

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BRANCH = "codegen/cg-1"
BEFORE = {"totals.py": "def total():\n    return 1\n", "docs/a.md": "one\ntwo\n", ".gitignore": "*.log\n"}


def fork(remote: Remote, *, theirs: dict[str, str], main: dict[str, str]) -> tuple[str, str]:
    """Two heads that grew apart: the branch's and main's."""
    remote.git("update-ref", f"refs/heads/{BRANCH}", remote.head)
    branch = remote.commit({**BEFORE, **theirs}, branch=BRANCH)
    return branch, remote.commit({**BEFORE, **main})


async def test_a_merge_without_conflicts_is_the_tree_of_both(
    workspaces: GitWorkspaces, remote: Remote
) -> None:
    branch, main = fork(
        remote, theirs={"totals.py": "def total():\n    return 2\n"}, main={"new.txt": "new\n"}
    )
    async with workspaces.open(remote.repository, main, environment=None) as workspace:
        assert await workspace.merge(branch) == ()
        patch = await workspace.patch()
        assert [one.path for one in patch.files] == ["totals.py"], "main's own changes are not ours"
        head = await workspace.commit(message="Merge\n", at=AT, parent=branch, merged=main)
        await workspace.push(branch=BRANCH, commit=head, expect=branch)
    assert remote.git("log", "-1", "--format=%P", BRANCH) == f"{branch} {main}"
    assert remote.git("show", f"{BRANCH}:new.txt") == "new"
    assert "return 2" in remote.git("show", f"{BRANCH}:totals.py")


async def test_a_conflict_is_named_and_left_with_its_markers(
    workspaces: GitWorkspaces, remote: Remote
) -> None:
    odd = "line\nbreak.txt"
    branch, main = fork(
        remote,
        theirs={"totals.py": "def total():\n    return 2\n", odd: "ours\n", "clean.txt": "x\n"},
        main={"totals.py": "def total():\n    return 3\n", odd: "main's\n"},
    )
    async with workspaces.open(remote.repository, main, environment=None) as workspace:
        assert set(await workspace.merge(branch)) == {"totals.py", odd}
        assert await workspace.read("clean.txt") == b"x\n"
        text = (await workspace.read("totals.py") or b"").decode()
        assert all(one in text for one in ("<<<<<<< ", "return 2", "=======", "return 3", ">>>>>>> "))
        patch = await workspace.patch()
    async with workspaces.open(remote.repository, main, environment=None) as other:
        await other.apply(patch.diff)
        assert await other.patch() == patch, "a run that is resumed finds the same tree"


async def test_attributes_of_a_branch_run_nothing_while_it_is_merged(
    workspaces: GitWorkspaces, remote: Remote
) -> None:
    attributes = "*.py merge=evil filter=evil\n"
    branch, main = fork(
        remote,
        theirs={".gitattributes": attributes, "totals.py": "def total():\n    return 2\n"},
        main={".gitattributes": attributes, "totals.py": "def total():\n    return 3\n"},
    )
    async with workspaces.open(remote.repository, main, environment=None) as workspace:
        # what a hostile configuration inside the tree would say; git's own directory is elsewhere
        script = "mkdir .git; printf '[merge \"evil\"]\\n driver = touch /code/ran\\n' >.git/config"
        await shell(workspace, script)
        assert await workspace.merge(branch) == ("totals.py",)
        assert await workspace.read("ran") is None


async def test_the_same_merge_gives_the_same_commit(workspaces: GitWorkspaces, remote: Remote) -> None:
    branch, main = fork(remote, theirs={"a.txt": "a\n"}, main={"b.txt": "b\n"})
    made = []
    for _ in range(2):
        async with workspaces.open(remote.repository, main, environment=None) as workspace:
            await workspace.merge(branch)
            made.append(await workspace.commit(message="Merge\n", at=AT, parent=branch, merged=main))
    assert made[0] == made[1]
