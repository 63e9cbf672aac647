"""Without a sandbox nothing starts, and the message says what to do."""

import asyncio
import os
import select
import signal
from pathlib import Path

import pytest

from jobs.adapters.sandbox import etc, probe
from jobs.adapters.sandbox.capture import Capture
from jobs.adapters.sandbox.limits import Identity, Limits
from jobs.adapters.workspaces import GitWorkspaces
from jobs.adapters.workspaces.strategy import Strategy
from jobs.errors import Stop
from jobs.ports import Workspace
from tests.adapters.checkouts import Remote, processes_with, shell


async def test_the_probe_shows_a_working_sandbox(workspaces: GitWorkspaces) -> None:
    assert await workspaces.probe() in Strategy


async def test_a_home_nobody_may_enter_is_refused(ground: Path) -> None:
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Stop, match="cannot enter the home folder") as raised:
        await GitWorkspaces(closed / "home", identity=Identity(64_023, 64_023)).probe()
    assert "CODEGEN_HOME" in raised.value.remedy


@pytest.mark.parametrize(
    ("switch", "value", "expected"),
    [
        ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "apparmor_restrict_unprivileged_userns=0"),
        ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=63000"),
        ("user/max_user_namespaces", "100", "security_opt"),
    ],
)
def test_the_remedy_names_the_switch(tmp_path: Path, switch: str, value: str, expected: str) -> None:
    (tmp_path / switch).parent.mkdir()
    (tmp_path / switch).write_text(f"{value}\n")
    assert expected in probe.remedy(tmp_path)


def test_without_control_groups_each_process_is_bounded() -> None:
    limits = Limits(memory=7, processes=9)
    assert limits.rlimits(grouped=False)["data"] == 7
    assert "data" not in limits.rlimits(grouped=True)
    assert limits.rlimits(grouped=True)["nproc"] == 9


async def test_another_nursery_follows_one_that_was_killed(workspaces: GitWorkspaces, remote: Remote) -> None:
    async with workspaces.open(remote.repository, remote.head, environment=None) as workspace:
        nursery = await nursery_of(workspace)
        ended = os.pidfd_open(nursery)
        os.kill(nursery, signal.SIGKILL)
        assert select.select([ended], [], [], 10.0)[0]
        os.close(ended)
        with pytest.raises(Stop, match="its process ended early"):
            await workspace.read("totals.py")
    async with workspaces.open(remote.repository, remote.head, environment=None) as workspace:
        assert await workspace.read("totals.py") is not None


async def nursery_of(workspace: Workspace) -> int:
    """The process that forked the workspace's holder."""
    running = asyncio.create_task(shell(workspace, "sleep 4242"))
    while not (sleeping := processes_with("sleep\x004242")):
        await asyncio.wait([running], timeout=0.01)
    found = topmost_bare_interpreter(sleeping[-1])
    running.cancel()
    await asyncio.wait([running])
    return found


def topmost_bare_interpreter(process: int) -> int:
    found = 0
    while process > 1:
        if "holder" in Path(f"/proc/{process}/cmdline").read_text():
            found = process
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return found


def test_the_sandbox_s_etc_names_nobody(tmp_path: Path) -> None:
    made = Path(etc.prepare(tmp_path))
    assert etc.prepare(tmp_path) == str(made)
    assert not (made / "shadow").exists()
    assert [line.split(":")[0] for line in (made / "passwd").read_text().splitlines()] == [
        "root",
        "codegen",
        "nobody",
    ]


@pytest.mark.parametrize("limit", [1, 2, 10, 1000])
def test_a_capture_keeps_head_and_tail(limit: int) -> None:
    capture = Capture(limit)
    for number in range(300_000):
        capture.add(b"%d" % (number % 10))
    kept = capture.value()
    half = max(limit // 2, 1)
    assert kept.startswith((b"0123456789" * limit)[:half])
    assert kept.endswith((b"0123456789" * limit)[-half:])
    assert capture.dropped == 300_000 - 2 * half
