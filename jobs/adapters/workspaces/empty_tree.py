"""A sandbox around an empty tree: to try something out where there is no repository."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.adapters.sandbox import box, wire
from jobs.adapters.sandbox.limits import Identity, Limits, sandbox_identity
from jobs.adapters.workspaces import places
from jobs.adapters.workspaces.commands import result_of, task_of
from jobs.ports import Command, Result


@dataclass(frozen=True)
class EmptyTree:
    """ports.Ground."""

    opened: box.Box
    folder: str
    disk: int

    async def run(self, command: Command) -> Result:
        """Run a command in the sandbox."""
        task = task_of(command, tree=self.folder, environment=None, watched=(self.folder,), disk=self.disk)
        return result_of(await self.opened.run(task))


@asynccontextmanager
async def empty_tree(home: Path, *, identity: Identity | None = None) -> AsyncIterator[EmptyTree]:
    """An empty tree for as long as the block lasts; raises Stop when the sandbox does not work."""
    who, limits = identity or sandbox_identity(), Limits()
    places.prepare_home(home, who)
    own = places.create(home / "workspaces", who)
    try:
        ground = box.ground(home, who, limits)
        opened = await box.open_box(ground, wire.Rooms(who.uid, who.gid, tree=str(own.tree)), own.exchange)
        try:
            yield EmptyTree(opened, str(own.tree), limits.disk)
        finally:
            await opened.close()
    finally:
        await places.remove(own)
