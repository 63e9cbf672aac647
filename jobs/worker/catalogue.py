"""Publishing what pickers may show: the repositories that the operator lists and the token can push to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from jobs.domain.repository_file import FILE_NAME, RepositoryFile
from jobs.domain.review import Repository
from jobs.domain.starter import StarterSource
from jobs.errors import Refused, Stop, Transient
from jobs.ports import Files, Forge
from jobs.queue import board
from jobs.queue.store import Store
from jobs.settings import OperatorFile
from jobs.specify.starters import named
from jobs.stages.repository_file import read

logger = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two publications."""

AGAIN = 15.0
"""Seconds until the next try when GitLab does not answer."""


ASKED_EVERY = 3600.0
"""Seconds between two questions to every engine."""

Usable = Callable[[], Awaitable[tuple[str, ...]]]
"""Names of the engines that answer."""


class CatalogueDesk:
    """Publishes the catalogue now and then."""

    def __init__(
        self,
        store: Store,
        forge: Forge,
        operator: OperatorFile,
        *,
        usable: Usable | None = None,
        files: Files | None = None,
    ) -> None:
        self._store = store
        self._forge = forge
        self._operator = operator
        self._usable = usable
        self._files = files
        self._ask_again = 0.0

    async def keep(self) -> None:
        """Publish, then wait until it is time again."""
        published = await self.publish()
        await self.offer()
        await asyncio.sleep(EVERY if published else AGAIN)

    async def offer(self) -> None:
        """Publish which engines answer; asked now and then only, as each question costs a little."""
        now = asyncio.get_running_loop().time()
        if now < self._ask_again:
            return
        self._ask_again = now + ASKED_EVERY
        await board.publish_engines(self._store.connection, await self._usable() if self._usable else ())

    async def publish(self) -> bool:
        """Publish what is there now; False when GitLab did not answer."""
        try:
            found = await self._forge.catalogue()
        except (Stop, Transient) as error:
            logger.warning("the catalogue cannot be read: %s", error)
            return False
        listed = [await self._described(one) for one in found if one.path in self._operator.repositories]
        await self._store.publish_catalogue(listed)
        for missing in sorted(set(self._operator.repositories) - {one.path for one in listed}):
            logger.warning("the repository %s is in codegen.toml, but the token cannot push to it", missing)
        return True

    async def _described(self, repository: Repository) -> Repository:
        """With its own spec templates; without them while they cannot be read, or are no templates."""
        if self._files is None:
            return repository
        branch = repository.default_branch
        try:
            content = await self._files.file(repository.path, branch, FILE_NAME)
            file = read(content, branch=branch) if content is not None else RepositoryFile()
            own = [named(name, one, StarterSource.REPOSITORY) for name, one in file.specs.items()]
        except (Stop, Transient, Refused) as fault:
            logger.warning("the spec templates of %s are not offered: %s", repository.path, fault)
            own = []
        return repository.model_copy(update={"templates": tuple(own)})
