"""What is left when a worker is killed, and a worker that is not root."""

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

from jobs.adapters.workspaces import GitWorkspaces
from tests.adapters.checkouts import Remote, processes_with

PRODUCT = Path(__file__).resolve().parents[3]
WORKER = """
import asyncio, os, sys
from pathlib import Path
sys.path.insert(0, {product!r})
from jobs.adapters.sandbox import kernel
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.ports import Command

async def work():
    workspaces = GitWorkspaces(Path({home!r}))
    repository = Repository(path="a/b", url={url!r})
    start = await workspaces.resolve(repository, "main")
    async with workspaces.open(repository, start, environment=None) as workspace:
        {act}

{before}
asyncio.run(work())
"""


def worker(remote: Remote, home: Path, *, act: str, before: str = "") -> subprocess.Popen[bytes]:
    """A process of its own that opens a workspace and acts in it."""
    script = WORKER.format(
        product=str(PRODUCT), home=str(home), url=str(remote.folder), act=act, before=before
    )
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd="/")


async def test_a_killed_worker_takes_everything_with_it(ground: Path, remote: Remote) -> None:
    marker = f"7654{os.getpid()}"
    act = (
        f"await workspace.run(Command(argv=('/bin/sh', '-c', 'touch started; setsid sleep {marker} & wait')))"
    )
    home = ground / "killed"
    with worker(remote, home, act=act) as process:
        while not (sleeping := processes_with(f"sleep\0{marker}")):
            assert process.poll() is None
        held = [os.pidfd_open(one) for one in sleeping]
        process.kill()
        for one in held:
            assert select.select([one], [], [], 10.0)[0], "a process outlived its worker"
            os.close(one)
    assert len(list((home / "workspaces").iterdir())) == 1
    workspaces = GitWorkspaces(home)
    assert await workspaces.sweep() == 1
    assert not list((home / "workspaces").iterdir())


async def test_a_sweep_passes_over_what_another_one_is_just_removing(ground: Path) -> None:
    home = ground / "swept"
    (home / "workspaces").mkdir(parents=True)
    (home / "workspaces" / "going").symlink_to(home / "gone")  # listed, and not there when it is opened

    assert await GitWorkspaces(home).sweep() == 0


async def test_a_sweep_leaves_living_workspaces_alone(workspaces: GitWorkspaces, remote: Remote) -> None:
    start = await workspaces.resolve(remote.repository, "main")
    async with workspaces.open(remote.repository, start, environment=None) as workspace:
        assert await workspaces.sweep() == 0
        assert await workspace.read("totals.py") is not None


def test_a_worker_that_is_not_root_works_too(ground: Path, remote: Remote) -> None:
    home = Path(tempfile.mkdtemp(dir=ground))
    os.chown(home, *(os.getuid() or 64_111,) * 2)
    act = "print((await workspace.run(Command(argv=('id', '-u')))).output, (await workspace.patch()).empty)"
    # This interpreter may be where only root can enter; the system's is everywhere.
    drop = "if os.getuid() == 0: sys.executable = '/usr/bin/python3'; kernel.drop_to(64_111, 64_111)"
    with worker(remote, home, act=act, before=drop) as process:
        assert process.communicate()[0].split() == [b"1000", b"True"]
    assert not [one for one in (home / "workspaces").iterdir() if one.is_dir()]
