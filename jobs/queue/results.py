"""Results that are the same for everybody, shared by all hosts: a run that moves repeats no finished work."""

import hashlib
from collections.abc import Awaitable, Callable

from jobs.ports import Artifacts, Cache

LARGEST = 4 * 1024 * 1024
"""Bytes of a result that is worth a place in Redis; a larger one stays on its host."""


class SharedResults:
    """ports.Cache: this host's cache first, then what any other host has stored."""

    def __init__(self, here: Cache, everywhere: Artifacts) -> None:
        self._here = here
        self._everywhere = everywhere

    async def single(self, key: str, compute: Callable[[], Awaitable[bytes]]) -> bytes:
        """The stored result, or what `compute` gives; concurrent callers on this host wait for the first."""
        name = f"result/{hashlib.sha256(key.encode()).hexdigest()}"

        async def found_or_computed() -> bytes:
            result = await self._everywhere.get(name)
            if result is None:
                result = await compute()
                if len(result) <= LARGEST:
                    await self._everywhere.put(name, result)
            return result

        return await self._here.single(key, found_or_computed)
