"""Several hosts on one machine: network namespaces, and Debian's Redis over TLS with a user of its own."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import Stop
from jobs.queue.connection import open_connection, reach

PORT = 6390
USER, PASSWORD = "codegen", "a-password-for-tests"
ACL = f"user {USER} on >{PASSWORD} ~cg:* ~codegen:* ~arq:* ~test:* &* +@all -@dangerous +info +keys"


@dataclass(frozen=True)
class Host:
    """A namespace with one address; `server` is how it reaches the machine itself."""

    name: str
    server: str

    def cut_off(self) -> None:
        run("ip", "link", "set", f"v-{self.name}", "down")

    @asynccontextmanager
    async def worker(self, url: str, *, lease: float = 2.0) -> AsyncIterator[asyncio.subprocess.Process]:
        argv = (sys.executable, "-m", "tests.worker.process", url, str(lease), "goes", "0.3")
        process = await asyncio.create_subprocess_exec(
            "ip", "netns", "exec", self.name, *argv, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def run(*argv: str, cwd: Path | None = None) -> None:
    subprocess.run(argv, cwd=cwd, check=True, capture_output=True)


@contextmanager
def host(number: int) -> Iterator[Host]:
    name, net = f"cg-host{number}", f"10.77.{number}"
    run("ip", "netns", "add", name)
    try:
        run("ip", "link", "add", f"v-{name}", "type", "veth", "peer", "name", "inside", "netns", name)
        run("ip", "addr", "add", f"{net}.1/24", "dev", f"v-{name}")
        run("ip", "link", "set", f"v-{name}", "up")
        run("ip", "-n", name, "addr", "add", f"{net}.2/24", "dev", "inside")
        run("ip", "-n", name, "link", "set", "inside", "up")
        run("ip", "-n", name, "link", "set", "lo", "up")
        yield Host(name, f"{net}.1")
    finally:
        run("ip", "netns", "del", name)


@dataclass(frozen=True)
class TlsRedis:
    """Where it is, and the authority that signed its certificate."""

    authority: Path
    socket: Path

    def url(self, address: str, *, password: str = PASSWORD) -> str:
        return f"rediss://{USER}:{password}@{address}:{PORT}/0?ssl_ca_certs={self.authority}"

    @property
    def local(self) -> str:
        return f"unix://{USER}:{PASSWORD}@{self.socket}"


@asynccontextmanager
async def tls_redis(*addresses: str) -> AsyncIterator[TlsRedis]:
    folder = Path(tempfile.mkdtemp(prefix="cg-tls-", dir="/var/tmp"))
    try:
        _certificates(folder, addresses)
        (folder / "acl").write_text(f"user default off\n{ACL}\n")
        server = TlsRedis(folder / "ca.crt", folder / "redis.sock")
        process = await asyncio.create_subprocess_exec(
            *("redis-server", "--port", "0", "--tls-port", str(PORT), "--bind", *addresses),
            *(
                "--tls-cert-file",
                "server.crt",
                "--tls-key-file",
                "server.key",
                "--tls-ca-cert-file",
                "ca.crt",
            ),
            *("--tls-auth-clients", "no", "--aclfile", "acl", "--unixsocket", str(server.socket)),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--dir", str(folder)),
            cwd=folder,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            await _up(server.local)
            yield server
        finally:
            process.kill()
            await process.wait()
    finally:
        shutil.rmtree(folder)


async def _up(url: str) -> None:
    async with asyncio.timeout(20):
        connection = open_connection(url)
        try:
            while True:
                try:
                    await reach(connection)
                    return
                except Stop:
                    await asyncio.to_thread(Path("/proc/loadavg").read_text)
        finally:
            await connection.close()


def _certificates(folder: Path, addresses: tuple[str, ...]) -> None:
    names = ",".join(f"IP:{address}" for address in addresses)
    (folder / "names").write_text(f"subjectAltName={names}\n")
    new = ("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj")
    run(*new, "/CN=ca", "-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.crt", cwd=folder)
    run(*new, "/CN=redis", "-keyout", "server.key", "-out", "server.csr", cwd=folder)
    sign = ("openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key")
    run(*sign, "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.crt", cwd=folder)
