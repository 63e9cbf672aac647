"""git on a tree that wants to be executed: the same attacks against plain git and against ours."""

import subprocess
from pathlib import Path

import pytest

from jobs.adapters.git import changes, invoke
from jobs.adapters.git.mirror import write_skeleton
from jobs.errors import Stop
from jobs.ports import Workspace
from tests.adapters.checkouts import GIT, shell

CONFIG = """
[core]
    fsmonitor = {canary}
    sshCommand = {canary}
    hooksPath = {hooks}
    pager = {canary}
    editor = {canary}
[commit]
    gpgSign = true
[gpg]
    program = {canary}
[diff]
    external = {canary}
[diff "evil"]
    textconv = {canary}
    command = {canary}
[filter "evil"]
    clean = {canary}
    smudge = {canary}
    process = {canary}
    required = true
[merge "evil"]
    driver = {canary}
[credential]
    helper = "!{canary}"
"""


def hostile(folder: Path) -> tuple[Path, Path]:
    """A tree with a nested repository and settings that run a canary; the canary's mark."""
    tree, mark = folder / "tree", folder / "mark"
    tree.mkdir(parents=True)
    canary = tree / "canary"
    canary.write_text(f"#!/bin/sh\necho run >>{mark}\ncat\n")
    canary.chmod(0o755)
    subprocess.run([*GIT, "init", "--quiet"], cwd=tree, check=True)
    (tree / "a.txt").write_text("one\n")
    subprocess.run([*GIT, "add", "a.txt"], cwd=tree, check=True)
    subprocess.run([*GIT, "commit", "--quiet", "-m", "x"], cwd=tree, check=True)
    (tree / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    hooks = tree / "hooks"
    hooks.mkdir()
    for name in (
        "pre-commit",
        "post-index-change",
        "reference-transaction",
        "post-checkout",
        "fsmonitor-watchman",
    ):
        (hooks / name).symlink_to(canary)
    with (tree / ".git" / "config").open("a") as file:
        file.write(CONFIG.format(canary=canary, hooks=hooks))
    (tree / "a.txt").write_text("two\n")
    return tree, mark


def test_plain_git_runs_the_canary(ground: Path) -> None:
    tree, mark = hostile(ground / "plain")
    for words in (("status",), ("diff",), ("add", "a.txt"), ("commit", "-m", "y", "--no-verify")):
        subprocess.run([*GIT, *words], cwd=tree, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    assert mark.exists()


def test_hardened_git_does_not(ground: Path) -> None:
    tree, mark = hostile(ground / "hardened")
    git_dir = ground / "hardened" / "own.git"
    write_skeleton(git_dir)
    more = {"GIT_WORK_TREE": str(tree), "GIT_INDEX_FILE": str(git_dir / "index")}
    who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def git(*words: str, stdin: bytes = b"") -> bytes:
        env = invoke.environment(str(git_dir), more={**more, **who})
        argv = invoke.arguments(*words)
        return subprocess.run(argv, env=env, cwd=tree, input=stdin, check=True, capture_output=True).stdout

    untracked = git("ls-files", "-z", "--others", "--exclude-standard")
    git("update-index", "-z", "--add", "--remove", "--stdin", stdin=untracked)
    git("diff-files", "-z", "--name-only", "--ignore-submodules=dirty")
    written = git("write-tree").decode().strip()
    commit = git("commit-tree", written, stdin=b"x").decode().strip()
    (tree / "a.txt").write_text("three\n")
    git(
        "apply",
        "--index",
        stdin=b"--- a/canary\n+++ b/canary\n@@ -1,3 +1,2 @@\n #!/bin/sh\n-"
        + f"echo run >>{mark}\n".encode()
        + b" cat\n",
    )
    git("checkout-index", "--all", "--force")
    git("diff-tree", "-r", "-p", "--no-ext-diff", "--no-textconv", written, commit)
    assert not mark.exists()
    assert not list(git_dir.glob("hooks"))


async def test_repositories_inside_the_tree_hide_nothing(workspace: Workspace) -> None:
    await shell(
        workspace,
        """
        git="/usr/bin/git -c user.name=a -c user.email=a"
        for place in nested docs nested/deeper; do
          mkdir -p $place; $git init -q $place; echo hidden >$place/hidden.py; echo skip >$place/x.log
          $git -C $place add -A; $git -C $place commit -qm x
        done
        $git init -q .; echo gitdir: /tmp >totals.git
        mkdir broken; echo nonsense >broken/.git; echo 1 >broken/seen
        """,
    )
    seen = [one.path for one in (await workspace.patch()).files]
    wanted = ["broken/seen", "docs/hidden.py", "nested/deeper/hidden.py", "nested/hidden.py", "totals.git"]
    assert seen == wanted


async def test_settings_in_the_tree_do_nothing(workspace: Workspace) -> None:
    await shell(workspace, "printf '* filter=evil diff=evil binary\\n' >.gitattributes; echo 5 >totals.py")
    patch = await workspace.patch()
    assert [(one.path, one.binary) for one in patch.files] == [
        (".gitattributes", False),
        ("totals.py", False),
    ]
    assert "\n+5\n" in patch.diff


async def test_a_submodule_is_visible(workspace: Workspace) -> None:
    head = f"diff --git a/sub b/sub\nnew file mode 160000\nindex {'0' * 40}..{'1' * 40}\n"
    await workspace.apply(f"{head}--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit {'1' * 40}\n")
    assert [(one.path, one.mode) for one in (await workspace.patch()).files] == [("sub", "160000")]


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", ".git/config", "link/outside"])
async def test_a_diff_cannot_leave_the_tree(workspace: Workspace, path: str) -> None:
    await shell(workspace, "ln -s /tmp link")
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n"
    diff = f"{head}--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"
    with pytest.raises(Stop, match="does not apply"):
        await workspace.apply(diff)


@pytest.mark.parametrize(
    "script",
    [
        "rm totals.py; mkfifo totals.py",
        "mkfifo new",
        "rm -rf docs; echo 1 >docs",
        "chmod 0 totals.py; mkdir -m 0 no",
    ],
    ids=["fifo for a file", "a fifo", "file for a folder", "unreadable"],
)
async def test_odd_trees_give_a_patch_or_a_sentence(workspace: Workspace, script: str) -> None:
    await shell(workspace, script)
    try:
        patch = await workspace.patch()
    except Stop as stop:
        assert "cannot be committed" in stop.reason
    else:
        assert all(one.mode in ("100644", "100755", "120000") for one in patch.files)


def test_renames_and_counts_are_read() -> None:
    facts = (
        b":100644 100755 1 2 R090\0old\0new\0:000000 120000 1 2 A\0li\nnk\0:100644 000000 1 2 D\0gone\0"
        b"1\t2\t\0old\0new\0"
        b"1\t0\tli\nnk\0-\t-\tgone\0"
    )
    shown = [
        (one.old_path, one.path, one.mode, one.added, one.removed, one.binary) for one in changes.parse(facts)
    ]
    assert shown == [
        (None, "gone", "100644", 0, 0, True),
        (None, "li\nnk", "120000", 1, 0, False),
        ("old", "new", "100755", 1, 2, False),
    ]
