"""The one choke point: every git process of the product gets its arguments and environment here."""

import asyncio
import base64
import os
import re
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from jobs.adapters import disk
from jobs.errors import Stop

PROGRAM = "/usr/bin/git"
"""Where git is, on the host and in the sandbox."""

_CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.quotePath": "false",
    "core.autocrlf": "false",
    "core.bigFileThreshold": "64m",
    "credential.helper": "",
    "commit.gpgSign": "false",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "protocol.allow": "never",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "protocol.file.allow": "always",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "checkout.workers": "0",
}
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "http:https:file",
}
_PATIENCE = 900.0
# How this host reaches the network is the operator's business, not a repository's.
_NETWORK = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO")


@dataclass(frozen=True)
class Output:
    """What a git process left."""

    code: int
    out: bytes
    errors: str
    """Redacted."""


def arguments(*words: str) -> tuple[str, ...]:
    """The command line of a git process."""
    return (PROGRAM, "--no-pager", *words)


def environment(
    git_dir: str, *, more: Mapping[str, str] | None = None, config: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The whole environment of a git process; its configuration is in it too, never in a file or argument."""
    pairs = {**_CONFIG, **(config or {})}
    numbered = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (name, value) in enumerate(pairs.items()):
        numbered[f"GIT_CONFIG_KEY_{number}"] = name
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**_ENVIRONMENT, **numbered, "GIT_DIR": git_dir, **(more or {})}


@dataclass(frozen=True)
class Access:
    """What authenticates one git process."""

    config: Mapping[str, str]
    """Settings for its environment."""
    secrets: tuple[str, ...]
    """Words to redact from its output."""


def access(url: str, credentials: Mapping[str, SecretStr]) -> Access:
    """What goes with an address: the token of the longest prefix that covers it."""
    fitting = [prefix for prefix in credentials if _covers(prefix, url)]
    if not fitting:
        return Access({}, ())
    prefix = max(fitting, key=len)
    token = credentials[prefix].get_secret_value()
    encoded = base64.b64encode(f"oauth2:{token}".encode()).decode()
    header = f"http.{prefix.rstrip('/')}/.extraHeader"
    return Access({header: f"Authorization: Basic {encoded}"}, (token, encoded))


def redacted(text: str, secrets: Sequence[str] = ()) -> str:
    """A text without the secrets and without credentials inside addresses."""
    for secret in secrets:
        text = text.replace(secret, "[redacted]")
    return re.sub(r"(?<=://)[^/\s@]+@", "", text)


async def run(
    *words: str,
    git_dir: str,
    stdin: bytes = b"",
    more: Mapping[str, str] | None = None,
    access: Access | None = None,
) -> Output:
    """Run git on the host, on a git directory of ours and never on a tree.

    Raises Stop at the timeout, and when the disk is full or read-only.
    """
    return await _run(arguments(*words), git_dir=git_dir, stdin=stdin, more=more, access=access)


async def script(text: str, *words: str, git_dir: str) -> bytes:
    """Run a shell script of ours whose commands are git's, on the host and without a tree."""
    output = await _run(("/bin/sh", "-euc", text, "git", *words), git_dir=git_dir)
    if output.code:
        raise GitError("script", output.errors)
    return output.out


async def _run(
    argv: tuple[str, ...],
    *,
    git_dir: str,
    stdin: bytes = b"",
    more: Mapping[str, str] | None = None,
    access: Access | None = None,
) -> Output:
    config = access.config if access else {}
    env = environment(git_dir, more={**_network(), **(more or {})}, config=config)
    process = await asyncio.create_subprocess_exec(
        *argv,
        env=env,
        cwd="/",
        stdin=PIPE if stdin else DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        umask=0o022,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            out, errors = await process.communicate(stdin or None)
    except TimeoutError:
        raise Stop("The repository did not answer in time.", remedy="Try again later.") from None
    finally:
        await _ended(process)
    output = Output(process.returncode or 0, out, _text(errors, access))
    if output.code:
        disk.check_told(output.errors)
    return output


async def checked(
    *words: str, git_dir: str, stdin: bytes = b"", more: Mapping[str, str] | None = None
) -> bytes:
    """Like `run`, for what cannot fail on a sound git directory."""
    output = await run(*words, git_dir=git_dir, stdin=stdin, more=more)
    if output.code:
        raise GitError(words[0], output.errors)
    return output.out


async def version() -> str:
    """What `git --version` says; raises Stop where there is no git."""
    try:
        output = await run("--version", git_dir="/nonexistent")
    except OSError:
        raise Stop("There is no git on this machine.", remedy="Install the package git.") from None
    return output.out.decode().strip()


class GitError(RuntimeError):
    """A git command that should not fail did."""

    def __init__(self, command: str, errors: str) -> None:
        super().__init__(f"git {command}: {errors.strip()[:2000]}")


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Make sure that the process and its helpers are gone, also when this task is cancelled."""
    if process.returncode is None:
        # A new session: its group holds git's helpers for the transport too.
        os.killpg(process.pid, 9)
        await process.wait()


def _network() -> dict[str, str]:
    return {name: os.environ[name] for name in (*_NETWORK, *_CERTIFICATES) if name in os.environ}


def _text(errors: bytes, access: Access | None) -> str:
    return redacted(errors.decode(errors="replace"), access.secrets if access else ())


def _covers(prefix: str, url: str) -> bool:
    whole = prefix.rstrip("/")
    return url == whole or url.startswith(f"{whole}/")
