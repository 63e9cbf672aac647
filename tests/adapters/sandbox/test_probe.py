"""Without a sandbox nothing starts, and the message says what to do."""

from pathlib import Path

import pytest

from jobs.adapters.sandbox import etc, probe
from jobs.adapters.sandbox.capture import Capture
from jobs.adapters.sandbox.limits import Identity
from jobs.adapters.workspaces import GitWorkspaces
from jobs.adapters.workspaces.strategy import Strategy
from jobs.errors import Stop


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
