"""A disk that is full or read-only: a sentence for the operator, and nothing half written is believed."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobs.adapters.cache import FileCache
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.errors import Stop

pytestmark = pytest.mark.cases


@contextmanager
def small_disk(options: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cg-disk-", dir="/var/tmp") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


async def test_a_full_disk_is_a_stop_and_the_cache_stays_right() -> None:
    with small_disk("size=256k,mode=755") as home:
        cache = FileCache(home / "cache")

        async def small() -> bytes:
            return b"small"

        async def large() -> bytes:
            return b"x" * 1_000_000

        assert await cache.single("a", small) == b"small"
        with pytest.raises(Stop, match="cannot be written") as caught:
            await cache.single("b", large)
        assert "CODEGEN_HOME" in caught.value.remedy
        assert await cache.single("a", large) == b"small"
        assert await cache.single("b", small) == b"small"
        assert not list(home.rglob("*.draft"))


async def test_a_read_only_home_is_a_stop_at_the_start() -> None:
    with small_disk("size=256k,mode=755,ro") as home:
        with pytest.raises(Stop) as caught:
            await GitWorkspaces(home).probe()
        assert "CODEGEN_HOME" in str(caught.value)
        with pytest.raises(Stop):
            await FileCache(home / "cache").single("a", _nothing)


async def test_a_disk_that_fills_up_under_a_worker_is_a_stop() -> None:
    with small_disk("size=64k,mode=755") as home:
        (home / "filler").write_bytes(b"x" * 60_000)
        with pytest.raises(Stop) as caught:
            await GitWorkspaces(home).probe()
        assert "CODEGEN_HOME" in str(caught.value)


async def _nothing() -> bytes:
    return b""


async def test_a_disk_that_is_full_when_a_run_begins_is_named_and_not_the_repository(
    a_large_repository: Repository,
) -> None:
    with small_disk("size=1m,mode=755") as home:
        with pytest.raises(Stop) as caught:
            await GitWorkspaces(home).resolve(a_large_repository, "main")
        assert "The disk of CODEGEN_HOME" in str(caught.value)


async def test_a_disk_that_fills_up_during_a_checkout_is_named(a_large_repository: Repository) -> None:
    with small_disk("size=3m,mode=755") as home:
        workspaces = GitWorkspaces(home)
        commit = await workspaces.resolve(a_large_repository, "main")
        with pytest.raises(Stop) as caught:
            async with workspaces.open(a_large_repository, commit, environment=None):
                raise AssertionError("there is no room for the tree")
        assert "The disk of CODEGEN_HOME" in str(caught.value)


@pytest.fixture
def a_large_repository(tmp_path: Path) -> Repository:
    """One commit of 2 MB that do not compress."""
    origin = tmp_path / "origin"
    git = ("git", "-C", str(origin), "-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", "init", "-q", "-b", "main", str(origin)], check=True)
    (origin / "large.bin").write_bytes(os.urandom(2_000_000))
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    return Repository(path="shop/billing", url=origin.as_uri())
