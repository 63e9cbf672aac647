"""What an operator's Prometheus reads."""

import re
from pathlib import Path

import aiohttp

from jobs.domain.task import TaskState, Waiting
from jobs.metrics import HELP, Metrics
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.page import metrics_page
from tests.factories import a_task
from tests.worker.conftest import Working
from tests.worker.fakes import until


async def scraped(store: Store, path: str = "metrics") -> str:
    async with (
        metrics_page(store, host="127.0.0.1", port=0, runs=lambda: 2) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/{path}") as answer,
    ):
        assert answer.status == 200
        return await answer.text()


async def test_depth_by_reason_and_stages_are_shown(store: Store, queue: Queue, working: Working) -> None:
    await store.create(a_task(origin="T/later", waiting=Waiting.SCHEDULE))
    task, _ = await store.create(a_task())
    before = (await scraped(store)).splitlines()
    assert 'codegen_waiting{reason="schedule"} 1' in before
    assert 'codegen_waiting{reason="worker"} 1' in before
    async with working():
        await queue.submit(task.id)
        await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
        page = await scraped(store)
    lines = page.splitlines()
    assert 'codegen_tasks{state="waiting"} 2' in before
    assert "codegen_workers 1" in lines
    assert "codegen_worker_runs 2" in lines
    assert any(line.startswith('codegen_stage_seconds_count{stage="verifying"}') for line in lines)
    assert any(line.startswith('codegen_verdicts_total{status="passed"}') for line in lines)
    assert {line.split()[2] for line in lines if line.startswith("# HELP")} <= set(HELP)


async def test_health_tells_whether_redis_is_there(store: Store) -> None:
    assert await scraped(store, "health") == '{"ok": true, "unreachable": []}'


def test_whatever_is_counted_is_explained() -> None:
    jobs = Path(__file__).parents[2] / "jobs"
    text = "".join(one.read_text(encoding="utf-8") for one in jobs.rglob("*.py"))
    counted = set(re.findall(r"METRICS\.\w+\(\s*\"(\w+)\"", text))
    assert len(counted) > 5 and counted <= set(HELP)


def test_a_histogram_counts_upwards() -> None:
    metrics = Metrics()
    for seconds in (0.05, 3.0, 4000.0):
        metrics.observe("codegen_stage_seconds", seconds, stage='a"b')
    lines = metrics.text({}).splitlines()
    assert 'codegen_stage_seconds_bucket{stage="a\\"b",le="0.1"} 1' in lines
    assert 'codegen_stage_seconds_bucket{stage="a\\"b",le="5"} 2' in lines
    assert 'codegen_stage_seconds_bucket{stage="a\\"b",le="+Inf"} 3' in lines
    assert 'codegen_stage_seconds_count{stage="a\\"b"} 3' in lines
