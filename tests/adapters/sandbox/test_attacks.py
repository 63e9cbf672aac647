"""Every known way out, really tried, and shown to be closed."""

import asyncio
import json
import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.adapters.sandbox import seccomp
from jobs.adapters.sandbox.limits import MIB, Limits
from jobs.adapters.workspaces import GitWorkspaces
from jobs.errors import Stop
from jobs.ports import Command, Workspace
from tests.adapters.checkouts import Remote, processes_with, python, root_of, shell

CALL = """
import ctypes, errno, fcntl, json, os, resource, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), *(ctypes.c_long(one) for one in args))
    return errno.errorcode.get(ctypes.get_errno(), 'done')
def tried(act):
    try:
        act()
    except OSError as error:
        return errno.errorcode[error.errno]
    return 'done'
"""

FORKS = """
import os, signal
made = 0
try:
    while made < 500:
        made += 1
        if not os.fork():
            signal.pause()
except OSError:
    print(made, flush=True)
    os._exit(0)
"""
DEEP = """
import os
for _ in range(60):
    os.mkdir('d' * 200)
    os.chdir('d' * 200)
open('f', 'w').close()
"""

INSIDE = {
    "sockets of other families": (
        "for family in (16, 17, 38, 40): print(tried(lambda: socket.socket(family, socket.SOCK_DGRAM)))\n"
        "print(tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)))",
        "EAFNOSUPPORT EAFNOSUPPORT EAFNOSUPPORT EAFNOSUPPORT EPERM",
    ),
    "terminal injection": (
        "master, slave = os.openpty()\n"
        "for wish in (0x5412, 0x541C): print(tried(lambda: fcntl.ioctl(slave, wish, b'x')))\n"
        "print(call(16 if os.uname().machine == 'x86_64' else 29, slave, 0x100005412, 0))",
        "EPERM EPERM EPERM",
    ),
    "processes of the host": (
        "print(max(int(one) for one in os.listdir('/proc') if one.isdigit()) < 10)\n"
        "print(tried(lambda: os.kill(HOST_PID, 9)))",
        "True ESRCH",
    ),
    "host files": (
        "print([one for one in ('root', 'home', 'srv', 'boot', 'run', 'sys') if os.path.exists(f'/{one}')])\n"
        "for one in ('HOST_SECRET', '/etc/shadow', '.git'): print(tried(lambda: open(one)))",
        "[] ENOENT ENOENT ENOENT",
    ),
    "kernel's doors": (
        "for path in ('/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname',\n"
        "             '/proc/self/oom_score_adj'):\n"
        "    print(tried(lambda: os.write(os.open(path, os.O_WRONLY), b'-1000')) in ('EACCES', 'ENOENT'))\n"
        "print(os.path.exists('/dev/kmsg'), os.path.exists('/dev/mem'), os.listdir('/dev/pts'))",
        "True True True True False False ['ptmx']",
    ),
    "the read-only world": (
        "for place in ('', 'usr', 'etc', 'dev', 'exchange'): print(tried(lambda: open(f'/{place}/x', 'w')))\n"
        "print(tried(lambda: os.mknod('/tmp/null', 0o020666, os.makedev(1, 3))))\n"
        "print(tried(lambda: os.chroot('/tmp')))",
        "EROFS EROFS EROFS EROFS EROFS EPERM EPERM",
    ),
    "user ids": (
        "print(tried(lambda: os.setuid(0)), os.getresuid(), os.listxattr('/code'))",
        "EINVAL (1000, 1000, 1000) []",
    ),
    "the network": (
        "def connect(host):\n"
        "    one = socket.socket(); one.settimeout(5); one.connect((host, HOST_PORT))\n"
        "print(tried(lambda: connect('127.0.0.1')), tried(lambda: connect('192.0.2.1')))\n"
        "def unix(name): socket.socket(socket.AF_UNIX).connect(name)\n"
        "print(tried(lambda: unix('\\0HOST_NAME')), tried(lambda: unix('HOST_SECRET')))",
        "ECONNREFUSED ENETUNREACH ECONNREFUSED ENOENT",
    ),
    "sockets to connect to": (
        "import stat\n"
        "for top, folders, files in os.walk('/'):\n"
        "    folders[:] = [one for one in folders if top != '/' or one not in ('proc', 'usr')]\n"
        "    for one in files:\n"
        "        if stat.S_ISSOCK(os.lstat(os.path.join(top, one)).st_mode): print(top, one)\n"
        "print('none')",
        "none",
    ),
    "huge and sparse files": (
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with open('huge', 'wb') as file: print(tried(lambda: file.truncate(1 << 40)))\n"
        "def fill(path):\n"
        "    with open(path, 'wb', buffering=0) as file:\n"
        "        while file.write(bytes(1 << 22)): pass\n"
        "print(tried(lambda: fill('/tmp/full')), tried(lambda: fill('/dev/shm/full')))",
        "EFBIG ENOSPC ENOSPC",
    ),
}


@pytest.fixture
def listening(ground: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What the host has that nobody in the sandbox may reach."""
    secret = ground / "secret"
    secret.write_text("host-secret")
    tcp, unix = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    name = f"codegen-test-{os.getpid()}"
    unix.bind(f"\0{name}")
    unix.listen()
    yield {
        "HOST_PID": str(os.getpid()),
        "HOST_SECRET": str(secret),
        "HOST_PORT": str(tcp.getsockname()[1]),
        "HOST_NAME": name,
    }
    tcp.close()
    unix.close()


@pytest.fixture(scope="module")
def tight(ground: Path) -> GitWorkspaces:
    """Workspaces with small limits."""
    limits = Limits(memory=256 * MIB, processes=64, disk=8 * MIB, file_size=64 * MIB, tmp=16 * MIB)
    return GitWorkspaces(ground / "tight", limits=limits)


@pytest.mark.parametrize("name", INSIDE)
async def test_inside(tight: GitWorkspaces, remote: Remote, listening: dict[str, str], name: str) -> None:
    script, expected = INSIDE[name]
    for word, value in listening.items():
        script = script.replace(word, value)
    async with tight.open(remote.repository, remote.head, environment=None) as workspace:
        assert " ".join((await python(workspace, CALL + script)).split()) == expected


async def test_system_calls(workspace: Workspace) -> None:
    numbers = seccomp.denied(platform.machine())
    script = f"{CALL}\nprint(json.dumps({{one: call(n, -1, 0, 0, 0, 0) for one, n in {numbers}.items()}}))"
    assert set(json.loads(await python(workspace, script)).values()) == {"EPERM"}
    clone = 56 if platform.machine() == seccomp.X86_64 else 220
    script = f"print(call({clone}, 0x10000000 | 17, 0, 0, 0, 0), call(435, 0, 0))"
    assert await python(workspace, CALL + script) == "EPERM ENOSYS\n"
    if platform.machine() == seccomp.X86_64:
        result = await workspace.run(
            Command(argv=("/usr/bin/python3", "-c", f"{CALL}\ncall(0x40000000 | 39)"))
        )
        assert result.exit_code == 128 + 31


async def test_the_worker_s_environment_is_not_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-host-secret")
    seen = await shell(workspace, "env; cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'")
    assert "glpat" not in seen
    assert "GIT" not in seen


async def test_a_fork_bomb_ends_with_its_command(tight: GitWorkspaces, remote: Remote) -> None:
    async with tight.open(remote.repository, remote.head, environment=None) as workspace:
        made = await python(workspace, FORKS)
        assert int(made) < 70
        assert await shell(workspace, "echo still here") == "still here\n"


async def test_a_memory_bomb_ends_with_its_command(tight: GitWorkspaces, remote: Remote) -> None:
    async with tight.open(remote.repository, remote.head, environment=None) as workspace:
        argv = ("/usr/bin/python3", "-c", "b = [bytearray(64 << 20) for _ in range(16)]; print(len(b))")
        result = await workspace.run(Command(argv=argv))
        assert result.exit_code not in (0, None)
        assert await shell(workspace, "echo still here") == "still here\n"


async def test_many_files_are_bounded(tight: GitWorkspaces, remote: Remote) -> None:
    async with tight.open(remote.repository, remote.head, environment=None) as workspace:
        with pytest.raises(Stop, match="more to disk than a task may use"):
            await shell(workspace, "mkdir many; cd many; seq 3000 | xargs touch")
    async with tight.open(remote.repository, remote.head, environment=None) as workspace:
        with pytest.raises(Stop, match="more to disk than a task may use"):
            await shell(workspace, "while :; do head -c 9000000 /dev/zero >{out}/x; done", collect=True)


async def test_a_flood_of_output_is_drained(workspace: Workspace) -> None:
    command = Command(
        argv=("/bin/sh", "-c", "echo first; head -c 30000000 /dev/zero; echo last"), output_limit=1000
    )
    result = await workspace.run(command)
    assert (result.exit_code, result.truncated) == (0, True)
    assert len(result.output) < 1100
    assert result.output.startswith("first\n")
    assert result.output.endswith("last\n")


@pytest.mark.parametrize("ending", ["", "sleep 1000"], ids=["after it ended", "after the timeout"])
async def test_nothing_outlives_a_command(workspace: Workspace, ending: str) -> None:
    marker = f"987{os.getpid()}{len(ending)}"
    daemon = f"(setsid sleep {marker} &) ; setsid nohup sleep {marker} >/dev/null 2>&1 & {ending}"
    result = await workspace.run(Command(argv=("/bin/sh", "-c", daemon), timeout=1.0 if ending else 60.0))
    assert result.timed_out is bool(ending)
    assert (result.exit_code is None) is bool(ending)
    assert not processes_with(marker)


async def test_host_code_follows_no_link(workspace: Workspace) -> None:
    await shell(
        workspace,
        "ln -s /etc/passwd link; ln -s / up; ln -s docs within; mkfifo pipe; ln totals.py hard; "
        "cp /usr/bin/id id; chmod u+s,g+s id; mkdir d; ln -s ../totals.py d/back",
    )
    for path in (
        "link",
        "up/etc/passwd",
        "within/a.md",
        "pipe",
        "d/back",
        "docs",
        "",
        "/etc/passwd",
        "../lock",
        ".",
    ):
        assert await workspace.read(path) is None, path
    assert (
        await workspace.read("hard") == await workspace.read("totals.py") == b"def total():\n    return 1\n"
    )
    assert {one.path: one.mode for one in (await workspace.patch()).files}["link"] == "120000"
    facts = (root_of(workspace) / "upper" / "id").stat()
    assert facts.st_uid != 0
    assert "uid=1000" in await shell(workspace, "./id")


async def test_what_is_collected_is_files_only(workspace: Workspace) -> None:
    script = (
        "cd {out}; ln -s /etc/passwd link; mkfifo pipe; truncate -s 20M sparse; echo 1 >a; ln a b; "
        "mkdir d; ln -s /etc d/etc; for i in 1 2 3; do head -c 7000000 /dev/zero >big$i; done"
    )
    result = await workspace.run(Command(argv=("/bin/sh", "-c", script), collect=True))
    assert sorted(result.files) == ["a", "b", "big1", "big2"]


async def test_paths_too_long_are_bounded_and_removed(workspaces: GitWorkspaces, remote: Remote) -> None:
    async with workspaces.open(remote.repository, remote.head, environment=None) as workspace:
        root = root_of(workspace)
        with pytest.raises(Stop, match="more to disk"):
            await python(workspace, DEEP)
    assert not root.exists()


async def test_a_cancelled_command_is_killed(workspace: Workspace) -> None:
    marker = f"876{os.getpid()}"
    running = asyncio.create_task(shell(workspace, f"echo >started; sleep {marker}"))
    while await workspace.read("started") is None or not processes_with(f"sleep\0{marker}"):
        assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert processes_with(f"sleep\0{marker}") == []
    assert await shell(workspace, "echo still here") == "still here\n"


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ({"argv": ("no-such-program",)}, 127, "no-such-program"),
        ({"argv": ("true",), "cwd": "nowhere"}, 127, "nowhere"),
        ({"argv": ("true", "x" * 200_000)}, 126, "too long"),
        ({"argv": ("true", "a\0b")}, 126, "null"),
        ({"argv": ("sh", "-c", "kill -9 $$")}, 137, ""),
        ({"argv": ("sh", "-c", "yes | head -1; exit 3")}, 3, "y\n"),
    ],
)
async def test_how_commands_end(
    workspace: Workspace, command: dict[str, object], code: int, said: str
) -> None:
    result = await workspace.run(Command.model_validate(command))
    assert result.exit_code == code
    assert said in result.output


async def test_a_sandbox_that_cannot_be_set_up_is_no_failed_command(
    workspaces: GitWorkspaces, remote: Remote, ground: Path
) -> None:
    closed = ground / "closed-environment"
    (closed / "inner").mkdir(parents=True)
    environment = str(closed / "inner")
    async with workspaces.open(remote.repository, remote.head, environment=environment) as workspace:
        (closed / "inner").rename(closed / "gone")
        with pytest.raises(Stop, match="could not be set up") as raised:
            await shell(workspace, "true")
    assert str(ground) not in str(raised.value)
