"""A workspace from opening to pushing; read this first."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.adapters.workspaces import GitWorkspaces
from jobs.adapters.workspaces.strategy import Strategy
from jobs.domain.patch import ChangeStatus
from jobs.domain.review import Repository
from jobs.errors import Stop, StopKind
from jobs.ports import BranchMoved, Command, Workspace
from tests.adapters.checkouts import Remote, python, root_of, shell

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def test_a_change_becomes_a_patch_a_commit_and_a_branch(workspace: Workspace, remote: Remote) -> None:
    await shell(workspace, "echo three >>docs/a.md; rm totals.py; printf 'a\\0b' >new.bin; echo x >trace.log")

    patch = await workspace.patch()
    assert [(one.path, one.status, one.added, one.removed, one.binary) for one in patch.files] == [
        ("docs/a.md", ChangeStatus.MODIFIED, 1, 0, False),
        ("new.bin", ChangeStatus.ADDED, 0, 0, True),
        ("totals.py", ChangeStatus.DELETED, 0, 2, False),
    ]
    assert patch.start == workspace.start

    commit = await workspace.commit(message="Say three\n", at=AT, parent=workspace.start)
    await workspace.push(branch="codegen/cg-1", commit=commit, expect=None)
    assert remote.git("rev-parse", "codegen/cg-1^{tree}") == patch.tree
    assert remote.git("log", "-1", "--format=%an %cn %at %s", "codegen/cg-1") == (
        f"codegen-bot codegen-bot {int(AT.timestamp())} Say three"
    )


async def test_the_same_change_gives_the_same_commit(workspaces: GitWorkspaces, remote: Remote) -> None:
    made = []
    start = await workspaces.resolve(remote.repository, "main")
    for _ in range(2):
        async with workspaces.open(remote.repository, start, environment=None) as workspace:
            await shell(workspace, "echo 2 >totals.py")
            made.append(await workspace.commit(message="Two", at=AT, parent=start))
    assert made[0] == made[1]


async def test_a_diff_applies_and_comes_back(workspaces: GitWorkspaces, remote: Remote) -> None:
    start = await workspaces.resolve(remote.repository, "main")
    odd = (
        "os.makedirs(b'\\xff dir'); open(b'\\xff dir/\\xfe', 'w').write('1')\n"
        "open('-rf', 'w').write('2')\nopen('line\\nbreak \"q\"', 'w').write('3')\n"
        "os.symlink('/etc/passwd', 'link')\nos.rename('docs/a.md', 'docs/b.md')\nos.chmod('totals.py', 0o755)"
    )
    async with workspaces.open(remote.repository, start, environment=None) as one:
        await python(one, f"import os\n{odd}")
        patch = await one.patch()
    assert {file.mode for file in patch.files} == {"100644", "120000", "100755"}
    renamed = next(file for file in patch.files if file.status is ChangeStatus.RENAMED)
    assert (renamed.old_path, renamed.path) == ("docs/a.md", "docs/b.md")
    assert "\udcff dir/\udcfe" in [file.path for file in patch.files]
    async with workspaces.open(remote.repository, start, environment=None) as other:
        await other.apply(patch.diff)
        assert await other.patch() == patch


async def test_a_diff_that_does_not_fit_is_a_stop(workspace: Workspace) -> None:
    diff = "--- a/totals.py\n+++ b/totals.py\n@@ -1,1 +1,1 @@\n-nothing like it\n+new\n"
    with pytest.raises(Stop, match=r"does not apply: patch failed: totals\.py:1"):
        await workspace.apply(diff)
    assert (await workspace.patch()).empty


async def test_an_ignored_file_that_a_diff_adds_is_part_of_the_patch(workspace: Workspace) -> None:
    diff = (
        "diff --git a/x.log b/x.log\nnew file mode 100644\n--- /dev/null\n+++ b/x.log\n@@ -0,0 +1 @@\n+kept\n"
    )
    await workspace.apply(diff)
    assert [one.path for one in (await workspace.patch()).files] == ["x.log"]


async def test_total_is_counted_from_the_target_base(workspaces: GitWorkspaces, remote: Remote) -> None:
    base = await workspaces.resolve(remote.repository, "main")
    start = remote.commit({"totals.py": "def total():\n    return 2\n"})
    async with workspaces.open(remote.repository, start, environment=None) as workspace:
        await shell(workspace, "echo more >>totals.py")
        assert [one.path for one in (await workspace.patch()).files] == ["totals.py"]
        total = await workspace.patch(since=base)
    assert {one.path for one in total.files} == {".gitignore", "docs/a.md", "totals.py"}
    assert await workspaces.merge_base(remote.repository, base, start) == base
    assert (await workspaces.difference(remote.repository, base, start)).start == base


async def test_a_push_goes_only_onto_what_was_expected(workspace: Workspace, remote: Remote) -> None:
    await shell(workspace, "echo 2 >totals.py")
    first = await workspace.commit(message="First", at=AT, parent=workspace.start)
    second = await workspace.commit(message="Second", at=AT, parent=first)
    await workspace.push(branch="codegen/x", commit=first, expect=None)
    await workspace.push(branch="codegen/x", commit=first, expect=None)  # repeated after a crash
    with pytest.raises(BranchMoved):
        await workspace.push(branch="codegen/x", commit=second, expect=None)
    with pytest.raises(BranchMoved):
        await workspace.push(branch="codegen/x", commit=second, expect=workspace.start)
    await workspace.push(branch="codegen/x", commit=second, expect=first)
    assert remote.git("rev-parse", "codegen/x") == second


async def test_a_protected_branch_is_a_sentence(workspace: Workspace, remote: Remote) -> None:
    hook = remote.folder / "hooks" / "pre-receive"
    hook.write_text(
        "#!/bin/sh\necho 'GitLab: You are not allowed to push code to protected branches.'\nexit 1\n"
    )
    hook.chmod(0o755)
    with pytest.raises(Stop, match="does not let the token push to main"):
        await workspace.push(branch="main", commit=workspace.start, expect=workspace.start)
        await shell(workspace, "echo 2 >totals.py")
        commit = await workspace.commit(message="No", at=AT, parent=workspace.start)
        await workspace.push(branch="main", commit=commit, expect=workspace.start)


@pytest.mark.parametrize(
    "revision", ["nowhere", "main:totals.py", "--all", "0" * 40, "main^{tree}", "", "a b"]
)
async def test_an_unknown_revision_is_named(workspaces: GitWorkspaces, remote: Remote, revision: str) -> None:
    with pytest.raises(Stop, match="There is no branch, tag or commit") as raised:
        await workspaces.resolve(remote.repository, revision)
    assert raised.value.kind is StopKind.INPUT


async def test_branches_tags_and_ids_are_found(workspaces: GitWorkspaces, remote: Remote) -> None:
    first = remote.git("rev-parse", "main")
    remote.git("tag", "v1", first)
    second = remote.commit({"b": "1"}, branch="feature/b")
    for name, expected in {
        "v1": first,
        "feature/b": second,
        second: second,
        first[:10]: first,
        "HEAD": first,
    }.items():
        assert await workspaces.resolve(remote.repository, name) == expected
    assert await workspaces.file(remote.repository, first, "docs/a.md") == b"one\ntwo\n"
    assert await workspaces.file(remote.repository, first, "docs") is None
    assert await workspaces.file(remote.repository, first, "docs/") is None


async def test_a_missing_repository_is_named(workspaces: GitWorkspaces, ground: Path) -> None:
    gone = Repository(path="payments/gone", url=str(ground / "gone.git"))
    with pytest.raises(Stop, match=r"There is no repository payments/gone") as raised:
        await workspaces.resolve(gone, "main")
    assert str(ground) not in str(raised.value)


async def test_eight_workspaces_at_once_do_not_see_each_other(
    workspaces: GitWorkspaces, remote: Remote
) -> None:
    start = await workspaces.resolve(remote.repository, "main")

    async def one(number: int) -> tuple[str, str]:
        async with workspaces.open(remote.repository, start, environment=None) as workspace:
            await shell(workspace, f"echo {number} >mine; echo {number} >totals.py")
            return (await workspace.patch()).diff, await shell(workspace, "cat mine; ls -A")

    results = await asyncio.gather(*(one(number) for number in range(8)))
    for number, (diff, seen) in enumerate(results):
        assert f"\n+{number}\n" in diff
        assert seen.split() == [str(number), ".gitignore", "docs", "mine", "totals.py"]


async def test_commands_of_one_workspace_run_at_the_same_time(workspace: Workspace) -> None:
    await shell(workspace, "mkfifo meet")
    both = await asyncio.gather(shell(workspace, "echo hello >meet"), shell(workspace, "cat meet"))
    assert both[1] == "hello\n"


@pytest.mark.parametrize("way", list(Strategy))
async def test_every_way_to_make_a_tree_gives_the_same(ground: Path, remote: Remote, way: Strategy) -> None:
    if way is Strategy.REFLINK:
        return  # ext4 cannot share blocks; `choose` never picks it there
    workspaces = GitWorkspaces(ground / f"home-{way}", strategy=way)
    start = await workspaces.resolve(remote.repository, "main")
    async with workspaces.open(remote.repository, start, environment=None) as workspace:
        assert (await workspace.patch()).empty
        await shell(workspace, "echo 2 >totals.py; mkdir new; echo 1 >new/file")
        assert [one.path for one in (await workspace.patch()).files] == ["new/file", "totals.py"]


async def test_a_change_with_the_old_size_and_time_is_seen(workspace: Workspace) -> None:
    await shell(workspace, "touch -r totals.py /tmp/t; sed -i s/1/7/ totals.py; touch -r /tmp/t totals.py")
    assert [one.path for one in (await workspace.patch()).files] == ["totals.py"]


async def test_nothing_stays_behind(workspaces: GitWorkspaces, remote: Remote) -> None:
    start = await workspaces.resolve(remote.repository, "main")
    async with workspaces.open(remote.repository, start, environment=None) as workspace:
        root = root_of(workspace)
        await shell(workspace, "mkdir -p a/b; touch a/b/c; chmod 000 a/b a; rm -rf docs")
    assert not root.exists()
    assert not [one for one in root.parent.iterdir() if one.is_dir()]
    assert not control_groups()


async def test_an_environment_is_read_only_and_first_on_the_path(
    workspaces: GitWorkspaces, remote: Remote, ground: Path
) -> None:
    tool = ground / "environment" / "bin" / "tool"
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.write_text("#!/bin/sh\necho tool\n")
    tool.chmod(0o755)
    start = await workspaces.resolve(remote.repository, "main")
    async with workspaces.open(
        remote.repository, start, environment=str(ground / "environment")
    ) as workspace:
        assert await shell(workspace, "tool; command -v tool") == f"tool\n{tool}\n"
        assert "ro" in (await shell(workspace, f"grep {ground} /proc/mounts | cut -d' ' -f4")).split(",")
    with pytest.raises(Stop, match="environment of payments/api is missing"):
        async with workspaces.open(remote.repository, start, environment=str(ground / "no")):
            pass


async def test_a_command_gets_files_stdin_and_leaves_files(workspace: Workspace) -> None:
    script = (
        'cat; cat {in}/deep/x; mkdir -p "$OUT/sub"; echo kept >"$OUT/sub/report"; ln -s /etc/passwd {out}/l'
    )
    result = await workspace.run(
        Command(
            argv=("/bin/sh", "-c", script),
            env={"OUT": "{out}"},
            stdin=b"typed\n",
            files={"deep/x": b"given\n"},
            collect=True,
            cwd="docs",
        )
    )
    assert (result.exit_code, result.output) == (0, "typed\ngiven\n")
    assert result.files == {"sub/report": b"kept\n"}
    assert await shell(workspace, "echo '{in} {out}'; pwd") == "{in} {out}\n/code\n"


async def test_old_checkouts_make_room(ground: Path, remote: Remote) -> None:
    workspaces = GitWorkspaces(ground / "small", cache=1)
    for number in range(3):
        start = remote.commit({"file": str(number)})
        async with workspaces.open(remote.repository, start, environment=None) as workspace:
            assert await workspace.read("file") == str(number).encode()
    assert len([*(ground / "small" / "checkouts").glob("*/*")]) == 1


def control_groups() -> list[Path]:
    """What this process made and has not removed."""
    return list(Path("/sys/fs/cgroup").glob(f"**/codegen-{os.getpid()}-*"))
