"""A workspace whose environment is another one than its commands were made for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jobs.domain.patch import Patch, Sha
from jobs.ports import Command, Result, Workspace

_SETTINGS: Final = ".json"


@dataclass(frozen=True)
class _Relocated:
    inner: Workspace
    made_for: str
    there: str

    @property
    def start(self) -> Sha:
        return self.inner.start

    async def run(self, command: Command) -> Result:
        """Programs are the other environment's; what they print names the first one, so that both compare."""
        old, new = self.made_for, self.there
        files = {
            name: content.replace(old.encode(), new.encode()) if name.endswith(_SETTINGS) else content
            for name, content in command.files.items()
        }
        update = {
            "argv": tuple(word.replace(old, new) for word in command.argv),
            "env": {name: value.replace(old, new) for name, value in command.env.items()},
            "files": files,
        }
        result = await self.inner.run(command.model_copy(update=update))
        told = {name: content.replace(new.encode(), old.encode()) for name, content in result.files.items()}
        return result.model_copy(update={"output": result.output.replace(new, old), "files": told})

    async def read(self, path: str) -> bytes | None:
        return await self.inner.read(path)

    async def apply(self, diff: str) -> None:
        await self.inner.apply(diff)

    async def patch(self, *, since: Sha | None = None) -> Patch:
        return await self.inner.patch(since=since)

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        return await self.inner.merge(commit)

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        return await self.inner.commit(message=message, at=at, parent=parent, merged=merged)

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        await self.inner.push(branch=branch, commit=commit, expect=expect)


def relocated(workspace: Workspace, made_for: str | None, there: str | None) -> Workspace:
    """The workspace, taking commands for the environment `made_for` and running them in its own, `there`."""
    if made_for is None or there is None or made_for == there:
        return workspace
    return _Relocated(workspace, made_for, there)
