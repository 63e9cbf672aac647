"""Calls of GitLab's REST API, see https://docs.gitlab.com/api/rest/: in threads, faults as endings."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

import gitlab
import requests
from gitlab.v4.objects import Project
from pydantic import SecretStr

from jobs.errors import Stop, StopKind, Transient
from jobs.metrics import METRICS
from jobs.ports import Gate

T = TypeVar("T")

READS = 3
"""How often something is read before a passing fault is passed on; python-gitlab's own repeating would
sleep in a thread until the rate limit's reset, whatever the fault."""

MOVED = "moved projects"
"""How GitLab refuses to change something under a project's old path: it redirects reading only."""

_SOON = 5.0


class Absent(Exception):
    """The thing asked for is not there, which is an answer."""


class GitLabConnection:
    """One token at one GitLab: calls keep to the host's rate, run in threads, and only reads are repeated."""

    def __init__(
        self, url: str, token: SecretStr, *, gate: Gate | None = None, timeout: float = 20.0
    ) -> None:
        secret = token.get_secret_value()
        self._gate = gate
        self._host = urlsplit(url).netloc
        self.api = gitlab.Gitlab(url, private_token=secret, timeout=timeout, per_page=100)
        self.api.session.hooks["response"].append(_limited)

    def close(self) -> None:
        """Close every connection."""
        self.api.session.close()

    def project(self, path: str) -> Project:
        """A handle on a project by its full path; nothing is asked yet."""
        return self.api.projects.get(path, lazy=True)

    async def read(
        self, what: str, function: Callable[[], T], *, may_be_absent: bool = False, cost: int = 1
    ) -> T:
        """What a reading call of `cost` requests gives, repeated on passing faults; raises as `call`."""
        for attempt in range(1, READS):
            try:
                return await self.call(what, function, may_be_absent=may_be_absent, cost=cost)
            except Transient as passing:
                if passing.retry_after > _SOON:
                    raise
            await asyncio.sleep(0.2 * attempt)
        return await self.call(what, function, may_be_absent=may_be_absent, cost=cost)

    async def call(
        self, what: str, function: Callable[[], T], *, may_be_absent: bool = False, cost: int = 1
    ) -> T:
        """What a call gives, made once; raises Absent, Stop or Transient naming `what`."""
        if self._gate is not None:
            await self._gate.gitlab(self._host, cost=cost)
        try:
            return await asyncio.to_thread(function)
        except Transient as passing:
            if passing.limited and self._gate is not None:
                await self._gate.gitlab_limited(self._host, passing.retry_after)
            raise
        except gitlab.GitlabError as error:
            if may_be_absent and error.response_code == 404:
                raise Absent from None
            METRICS.count(
                "codegen_api_errors_total", service="gitlab", kind=str(error.response_code or "none")
            )
            raise _ending(what, error) from None
        except requests.RequestException:
            METRICS.count("codegen_api_errors_total", service="gitlab", kind="unreachable")
            raise Transient("GitLab cannot be reached.", retry_after=5.0) from None


def _limited(response: requests.Response, *_: object, **__: object) -> None:
    """Pass a rate limit on with its time: python-gitlab would sleep through it in a thread."""
    if response.status_code == 429:
        response.close()
        after = response.headers.get("Retry-After", "")
        seconds = float(after) if after.isdigit() else 5.0
        raise Transient("GitLab answered 429.", retry_after=seconds, limited=True)


def _ending(what: str, error: gitlab.GitlabError) -> Stop | Transient:
    code = error.response_code or 0
    if code == 401:
        return Stop("GitLab refused the token.", remedy="Ask the operator to renew GITLAB_TOKEN.")
    if code == 403:
        return Stop(
            f"GitLab does not let the bot do this in {what}.",
            remedy="Give its token the role Developer and the scopes api and write_repository.",
        )
    if code == 405 and MOVED in _words(error):
        return Stop(
            f"The project of {what} was renamed or moved in GitLab.",
            remedy="Retry in a few minutes; for new tasks an operator adds its path to codegen.toml.",
            kind=StopKind.INPUT,
        )
    if code == 404:
        return Stop(
            f"GitLab has no {what} that the bot can see.",
            remedy="Check the path, and that the bot's token is a member there.",
            kind=StopKind.INPUT,
        )
    if code >= 500 or code == 0:
        return Transient(f"GitLab answered {code or 'nothing'} for {what}.", retry_after=5.0)
    return Stop(f"GitLab refused a request for {what}: {_words(error)}")


def _words(error: gitlab.GitlabError) -> str:
    text = error.error_message
    return str(text if isinstance(text, str) else text.decode(errors="replace"))[:300]
