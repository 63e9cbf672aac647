"""`/metrics` and `/health` of a worker, on loopback."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from jobs.errors import Stop, StopKind
from jobs.metrics import METRICS
from jobs.queue.census import Gauges, census
from jobs.queue.connection import TROUBLE
from jobs.queue.store import Store

_PAGE = os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def metrics_page(
    store: Store, *, host: str, port: int | None, runs: Callable[[], int]
) -> AsyncIterator[int | None]:
    """Serve while the block lasts and yield the port; None serves nothing, 0 picks a free one."""
    if port is None:
        yield None
        return
    runner = web.AppRunner(_site(store, runs), shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = f"The metrics cannot be served at {host}:{port} ({error.strerror})."
            raise Stop(reason, remedy="Choose another METRICS_PORT.", kind=StopKind.INPUT) from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _site(store: Store, runs: Callable[[], int]) -> web.Application:
    async def metrics(request: web.Request) -> web.Response:
        own: Gauges = {
            "codegen_worker_runs": {(): float(runs())},
            "codegen_process_memory_bytes": {(): _memory()},
        }
        try:
            shared = await census(store.connection, datetime.now(UTC))
        except TROUBLE:
            shared = Gauges()
        return web.Response(text=METRICS.text({**shared, **own}), content_type="text/plain", charset="utf-8")

    async def health(request: web.Request) -> web.Response:
        try:
            await store.connection.call("PING")
        except TROUBLE:
            return web.json_response({"ok": False, "unreachable": ["redis"]}, status=503)
        return web.json_response({"ok": True, "unreachable": []})

    site = web.Application()
    site.add_routes([web.get("/metrics", metrics), web.get("/health", health)])
    return site


def _memory() -> float:
    return float(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
