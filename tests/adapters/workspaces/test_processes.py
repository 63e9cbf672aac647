"""Two workers of one machine: a checkout is made by one of them, and what either holds is never evicted."""

import asyncio
from pathlib import Path

from jobs.adapters.workspaces import GitWorkspaces
from tests.adapters.checkouts import Remote
from tests.processes import go, line, together

HOLD = """
import asyncio, logging, sys
from pathlib import Path
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
logging.getLogger("asyncio").disabled = True

async def hold(home, url, commit):
    workspaces = GitWorkspaces(Path(home), cache=1)
    async with workspaces.open(Repository(path="a/b", url=url), commit, environment=None) as workspace:
        print("open", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        assert await workspace.read("totals.py") is not None
    print("closed", flush=True)

asyncio.run(hold(*sys.argv[1:]))
"""


async def test_one_makes_the_checkout_and_none_is_taken_from_who_works_in_it(
    ground: Path, remote: Remote
) -> None:
    home = ground / "shared"
    held, other = remote.git("rev-parse", "main"), remote.commit({"file": "other"})
    async with (
        asyncio.timeout(60),
        together(3, HOLD, str(home), str(remote.folder), held) as workers,
    ):
        said = []
        for worker in workers:
            while (words := await line(worker)) != "open":
                assert words, "a worker ended before it had its workspace"
                said.append(words)
        assert len([one for one in said if one.startswith("checked out")]) == 1

        here = GitWorkspaces(home, cache=1)
        async with here.open(remote.repository, other, environment=None):
            pass
        assert kept(home) >= {held}, "room is made by what nobody works in"
        for worker in workers:
            go(worker)
        assert [await line(worker) for worker in workers] == ["closed"] * 3

    async with here.open(remote.repository, other, environment=None):
        pass
    assert kept(home) == {other}


def kept(home: Path) -> set[str]:
    """Commits of the checkouts that are there."""
    return {place.name for place in (home / "checkouts").glob("*/*")}
