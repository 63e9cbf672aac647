"""Built environments of a machine: built once whoever asks, published by rename, removed by least use."""

import asyncio
import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from jobs.adapters import kept, locks
from jobs.adapters.disk import written
from jobs.adapters.environments import installation
from jobs.adapters.environments.proxy import Bounds, Traffic, serving
from jobs.adapters.environments.registries import Registries
from jobs.adapters.sandbox import box, wire
from jobs.adapters.sandbox.limits import MIB, Identity, Limits, sandbox_identity
from jobs.adapters.workspaces import places
from jobs.domain.environment import BuiltEnvironment, EnvironmentPlan, RegistriesTable
from jobs.errors import Stop
from jobs.ports import BuildFailedError, NoRegistryError
from jobs.redaction import scrub

LOG: Final = 8_000
"""Characters of a failed build's output that a person is shown."""

_REFUSALS: Final = 5
_OUTPUT: Final = "env"


class BuiltEnvironments:
    """ports.Environments under one home folder that the workers of a machine share."""

    def __init__(
        self,
        home: Path,
        registries: Registries,
        *,
        table: RegistriesTable | None = None,
        identity: Identity | None = None,
    ) -> None:
        self._home = home
        self._registries = registries
        self._table = table or RegistriesTable()
        self._identity = identity or sandbox_identity()
        self._ground: box.Ground | None = None
        self._versions = ""
        self._asking = asyncio.Lock()

    async def build(self, plan: EnvironmentPlan) -> BuiltEnvironment:
        """The plan's environment; raises NoRegistryError, BuildFailedError or Stop."""
        with written():
            wanted = self._home / "environments" / await self._key(plan)
            found = _found(wanted)
            if found is not None:
                return found
            missing = tuple(one for one in plan.ecosystems if one not in self._registries)
            if missing:
                raise NoRegistryError(missing)
            async with locks.alone(self._lock(wanted.name)):
                return _found(wanted) or await self._made(plan, wanted)

    async def evict(self) -> None:
        """Remove the least recently used environments that nobody holds, until the rest fits."""
        await kept.evicted(
            (self._home / "environments").glob("*"),
            limit=int(self._table.disk_gigabytes * 1024 * MIB),
            aside=self._home / "workspaces",
            erase=places.erase,
        )

    async def _made(self, plan: EnvironmentPlan, wanted: Path) -> BuiltEnvironment:
        # its folders are a workspace's: what a killed worker leaves is swept with them
        own = places.create(self._home / "workspaces", self._identity)
        try:
            gate = own.root / "gate"
            gate.mkdir()
            gate.chmod(0o755)
            site = _site(own, gate, wanted)
            report, traffic = await self._run(plan, site, own)
            self._expect_good(report, traffic, str(site.final))
            _publish(site, own.root / "ready", traffic=traffic, used=report.used)
        finally:
            await places.remove(own)
        found = _found(wanted)
        if found is None:
            raise Stop("The environment was removed at once.", remedy="Raise [registries] disk_gigabytes.")
        with kept.holding(wanted):
            await self.evict()
        return found.model_copy(
            update={"fresh": True, "cpu_seconds": report.cpu_seconds, "fetched": traffic.fetched}
        )

    async def _run(
        self, plan: EnvironmentPlan, site: installation.Site, own: places.Places
    ) -> tuple[wire.Report, Traffic]:
        bound = self._table.build_megabytes * MIB
        bounds = Bounds(build=bound, file=self._table.file_megabytes * MIB)
        rooms = wire.Rooms(self._identity.uid, self._identity.gid, tree=str(own.tree))
        opened = await box.open_box(self._prepared(), rooms, own.exchange)
        try:
            async with serving(
                site.gate, self._registries, hosts=self._table.hosts, bounds=bounds
            ) as traffic:
                report = await installation.laid(opened, site, plan.files)
                if not report.exit_code:
                    seconds = self._table.minutes * 60
                    report = await installation.built(opened, site, plan, seconds=seconds, disk=bound)
            used = await opened.usage(str(own.tree)) + await opened.usage(str(site.environment))
        finally:
            await opened.close()
        return replace(report, used=used), traffic

    def _expect_good(self, report: wire.Report, traffic: Traffic, final: str) -> None:
        if report.exit_code == 0 and not report.disk_full:
            return
        if traffic.unreachable and not traffic.over:
            raise Stop(
                f"A package registry does not serve us: {traffic.unreachable}.",
                remedy="Run `codegen doctor --only registries` on the worker.",
            )
        bound = f"{self._table.build_megabytes} MB"
        why = f"the commands ended with exit status {report.exit_code}"
        if traffic.over:
            why = f"it fetches more than {bound}"
        elif report.disk_full:
            why = f"it writes more than {bound}"
        elif report.timed_out:
            why = f"it takes longer than {self._table.minutes:g} minutes"
        refused = [line for line in traffic.requests if "refused" in line or "cut" in line][-_REFUSALS:]
        told = report.output.decode(errors="replace").replace(final, "environment")
        raise BuildFailedError(
            f"The dependencies cannot be installed: {why}.",
            remedy="The log's end says more. If the steps are wrong, declare `setup` in .codegen.yml on the "
            "default branch.",
            log=scrub("\n".join((told[-LOG:].rstrip(), *refused))),
        )

    async def _key(self, plan: EnvironmentPlan) -> str:
        async with self._asking:
            if not self._versions:
                self._versions = await self._asked()
        facts = f"{installation.RECIPE}\0{self._versions}\0{plan.digest}"
        return hashlib.sha256(facts.encode()).hexdigest()[:32]

    async def _asked(self) -> str:
        ground = self._prepared()
        own = places.create(self._home / "workspaces", self._identity)
        try:
            rooms = wire.Rooms(self._identity.uid, self._identity.gid, tree=str(own.tree))
            opened = await box.open_box(ground, rooms, own.exchange)
            try:
                return await installation.versions(opened, _site(own, own.root, own.root))
            finally:
                await opened.close()
        finally:
            await places.remove(own)

    def _prepared(self) -> box.Ground:
        if self._ground is None:
            places.prepare_home(self._home, self._identity)
            bytes_written = self._table.build_megabytes * MIB
            self._ground = box.ground(self._home, self._identity, Limits(file_size=bytes_written))
        return self._ground

    def _lock(self, key: str) -> Path:
        folder = self._home / "environments" / "locks"
        folder.mkdir(exist_ok=True)
        return folder / f"{key[:2]}.lock"


def _site(own: places.Places, gate: Path, wanted: Path) -> installation.Site:
    return installation.Site(own.tree, own.root / "upper", own.root / "work", gate, wanted / _OUTPUT)


def _found(wanted: Path) -> BuiltEnvironment | None:
    lock = kept.held(wanted)
    if lock is None:
        return None
    try:
        os.utime(wanted)
        return BuiltEnvironment(path=str(wanted / _OUTPUT), fresh=False)
    finally:
        os.close(lock)


def _publish(site: installation.Site, ready: Path, *, traffic: Traffic, used: int) -> None:
    modules, own = site.tree / "node_modules", site.environment / "node_modules"
    if modules.is_dir() and not modules.is_symlink() and not own.is_symlink() and not own.exists():
        modules.rename(own)
    ready.mkdir()
    ready.chmod(0o755)
    site.environment.rename(ready / _OUTPUT)
    (ready / "requests").write_text("".join(f"{line}\n" for line in traffic.requests))
    kept.published(ready, site.final.parent, size=used)
