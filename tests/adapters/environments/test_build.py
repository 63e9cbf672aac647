"""Environments built in the real sandbox, from a registry that the sandbox cannot see."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs.adapters.environments import BuiltEnvironments
from jobs.adapters.workspaces import GitWorkspaces, places
from jobs.domain.environment import Ecosystem, EnvironmentPlan, RegistriesTable
from jobs.errors import Stop
from jobs.ports import BuildFailedError, Command, NoRegistryError
from tests.adapters.checkouts import Remote
from tests.registry import PASSWORD, StandIn, registry

FETCH = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1] + sys.argv[2]).status)"
# what hostile setup code would try: each line says what came of it
PROBE = """
import os, socket, urllib.request as u
print("ENV", sorted(os.environ.items()))
def tried(name, act):
    try:
        print(name, "REACHED", act())
    except OSError as error:
        print(name, "kept in:", getattr(error, "code", error))
origin = "http://127.0.0.1:8099"
tried("post", lambda: u.urlopen(u.Request(origin + "/python/simple/shoplib/", data=b"x")).status)
tried("registry", lambda: u.urlopen("REGISTRY/python/shoplib/", timeout=5).status)
tried("through", lambda: u.build_opener(u.ProxyHandler({"http": origin})).open("http://10.0.0.1/").status)
tried("address", lambda: socket.create_connection(("10.0.0.1", 80), timeout=2))
tried("shoplib", lambda: u.urlopen(origin + "/python/simple/shoplib/").status)
"""


def plan(*commands: str, **files: str) -> EnvironmentPlan:
    contents = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return EnvironmentPlan(files=contents, commands=commands, ecosystems=(Ecosystem.PYTHON,))


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    async with registry() as one:
        yield one


@pytest.fixture
def home(ground: Path) -> Path:
    folder = Path(tempfile.mkdtemp(dir=ground, prefix="home-"))
    folder.chmod(0o755)
    return folder


def there(path: str) -> bool:
    return Path(path).exists()


def content(path: str) -> str:
    return Path(path).read_text()


async def test_pip_installs_what_is_locked_and_no_run_can_write_it(
    home: Path, stand_in: StandIn, remote: Remote
) -> None:
    environments = BuiltEnvironments(home, stand_in.registries)
    wanted = plan("python -m pip install -r requirements.txt", requirements_txt="shoplib==1.0\n")
    built = await environments.build(wanted)
    assert (built.fresh, built.cpu_seconds > 0, built.fetched > 0) == (True, True, True)
    again = await environments.build(wanted)
    assert (again.path, again.fresh, again.cpu_seconds) == (built.path, False, 0.0)
    assert stand_in.asked.count("GET /python/shoplib/") == 1
    write = f"pathlib.Path('{built.path}/x').write_text('x')"
    script = f"import shoplib, pathlib; print(shoplib.VERSION); {write}"
    workspaces = GitWorkspaces(home)
    async with workspaces.open(remote.repository, remote.head, environment=built.path) as workspace:
        ran = await workspace.run(Command(argv=(f"{built.path}/bin/python", "-c", script)))
    assert "1.0\n" in ran.output
    assert "Read-only file system" in ran.output
    assert not there(f"{built.path}/x")


async def test_the_build_sees_no_credential_and_reaches_nothing_else(home: Path, stand_in: StandIn) -> None:
    script = PROBE.replace("REGISTRY", stand_in.url)
    environments = BuiltEnvironments(home, stand_in.registries)
    with pytest.raises(BuildFailedError) as failed:
        await environments.build(plan("python probe.py", "false", probe_py=script))
    log = failed.value.log
    assert PASSWORD not in log
    assert [line.partition(" REACHED")[0] for line in log.splitlines() if "REACHED" in line] == ["shoplib"]
    assert "post kept in: 405" in log
    assert "through kept in: 403" in log
    assert "exit status 1" in failed.value.reason
    assert "POST /python/simple/shoplib/ 405 0 bytes refused" in log
    assert stand_in.asked == ["GET /python/shoplib/"]


async def test_without_a_registry_or_with_one_that_refuses_nothing_is_published(
    home: Path, stand_in: StandIn
) -> None:
    wanted = plan(f'python -c "{FETCH}" $PIP_INDEX_URL /shoplib/')
    with pytest.raises(NoRegistryError, match="No package registry for python is configured"):
        await BuiltEnvironments(home, {}).build(wanted)
    stand_in.closed = True
    with pytest.raises(Stop, match="A package registry does not serve us: it answered 401") as refused:
        await BuiltEnvironments(home, stand_in.registries).build(wanted)
    assert not isinstance(refused.value, BuildFailedError)
    stand_in.closed = False
    assert (await BuiltEnvironments(home, stand_in.registries).build(wanted)).fresh


WORKER = """
import asyncio, sys
from pathlib import Path
from jobs.adapters.environments import BuiltEnvironments
from jobs.adapters.environments.registries import Registry
from jobs.domain.environment import Ecosystem, EnvironmentPlan
async def main(home, url, command):
    environments = BuiltEnvironments(Path(home), {Ecosystem.PYTHON: Registry(url + "/python")})
    plan = EnvironmentPlan(files={}, commands=(command,), ecosystems=(Ecosystem.PYTHON,))
    built = await environments.build(plan)
    print(built.path, built.fresh)
asyncio.run(main(*sys.argv[1:]))
"""


async def worker(home: Path, url: str, command: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, str(home), url, command), stdout=asyncio.subprocess.PIPE
    )


async def said(process: asyncio.subprocess.Process) -> list[str]:
    output, _ = await process.communicate()
    return output.decode().split()


async def test_two_processes_build_once(home: Path, stand_in: StandIn) -> None:
    command = "date +%s%N > $ENVIRONMENT/when"
    one, other = await asyncio.gather(*(worker(home, stand_in.url, command) for _ in range(2)))
    first, second = await asyncio.gather(said(one), said(other))
    assert first[0] == second[0]
    assert sorted((first[1], second[1])) == ["False", "True"]


async def test_what_a_killed_build_leaves_is_never_taken_for_an_environment(
    home: Path, stand_in: StandIn
) -> None:
    # the first build waits in the middle for a line that nobody writes
    wait = "mkfifo /scratch/wait; cat /scratch/wait"
    command = f"echo half > $ENVIRONMENT/half; {wait}"
    begun = await worker(home, stand_in.url, command)
    async with asyncio.timeout(60):
        while not list((home / "workspaces").glob("*/upper/half")):
            await asyncio.to_thread(os.sched_yield)
    begun.send_signal(signal.SIGKILL)
    await begun.wait()
    assert not list((home / "environments").glob("*/env"))
    finished = plan("echo whole > $ENVIRONMENT/half")
    built = await BuiltEnvironments(home, stand_in.registries).build(finished)
    assert content(f"{built.path}/half") == "whole\n"
    await places.sweep(home / "workspaces")
    assert not list((home / "workspaces").glob("*/upper"))


async def test_the_longest_unused_goes_first_and_what_is_used_stays(
    home: Path, stand_in: StandIn, remote: Remote
) -> None:
    table = RegistriesTable(disk_gigabytes=0.003)
    environments = BuiltEnvironments(home, stand_in.registries, table=table)
    wanted = [plan(f"head -c 1500000 /dev/zero > $ENVIRONMENT/fill; : {number}") for number in range(4)]
    first = await environments.build(wanted[0])
    async with GitWorkspaces(home).open(remote.repository, remote.head, environment=first.path):
        second = await environments.build(wanted[1])
        third = await environments.build(wanted[2])
        assert [there(one.path) for one in (first, second, third)] == [True, False, True]
    fourth = await environments.build(wanted[3])
    assert [there(one.path) for one in (first, third, fourth)] == [False, True, True]


async def test_a_build_that_writes_too_much_is_ended(home: Path, stand_in: StandIn) -> None:
    table = RegistriesTable(build_megabytes=1)
    environments = BuiltEnvironments(home, stand_in.registries, table=table)
    with pytest.raises(BuildFailedError, match="it writes more than 1 MB"):
        await environments.build(
            plan("for i in 1 2 3 4; do head -c 700000 /dev/zero > $ENVIRONMENT/$i; done")
        )
