"""A real Redis-compatible server for the tests of one process."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playground.redis_server import RedisServer, redis_server


@contextmanager
def private_redis(*, durable: bool = False) -> Iterator[RedisServer]:
    """A server of its own: append-only file on disk, Unix socket in a folder with a short name."""
    folder = Path(tempfile.mkdtemp(prefix="cg-redis-", dir="/var/tmp"))
    try:
        with redis_server(folder, {}, durable=durable) as server:
            yield server
    finally:
        shutil.rmtree(folder)
