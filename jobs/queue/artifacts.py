"""Bytes too large for a record, in Redis."""

import zlib

from jobs.errors import Stop
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.patience import patiently

LIMIT = 16 * 1024 * 1024
"""Compressed bytes that one artifact may have."""

KEPT_FOR = 30 * 24 * 3600
"""Seconds an artifact is kept after it was last written."""


class RedisArtifacts:
    """The Artifacts port: any worker on any host can resume from it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, key: str, content: bytes) -> str:
        """Store for 30 days and return the key; raises Stop above LIMIT."""
        packed = zlib.compress(content, 6)
        if len(packed) > LIMIT:
            size = f"{len(packed) // (1024 * 1024)} MiB compressed; {LIMIT // (1024 * 1024)} MiB is the limit"
            remedy = "Split the task into smaller ones."
            raise Stop(f"What this run has to keep is too large ({size}).", remedy=remedy)
        words = ("SET", keys.artifact(key), packed, "EX", KEPT_FOR)
        await patiently(lambda: self._connection.call(*words))
        return key

    async def get(self, key: str) -> bytes | None:
        """What is stored, or None."""
        packed = await patiently(lambda: self._connection.call("GET", keys.artifact(key)))
        return zlib.decompress(packed) if packed else None
