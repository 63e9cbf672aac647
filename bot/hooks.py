"""GitLab's webhooks: the secret is checked, a hint is stored, and everything else is left to the workers.

A hook that is lost or doubled changes nothing: https://docs.gitlab.com/user/project/integrations/webhooks/
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from jobs.queue.connection import TROUBLE

PATH = "/gitlab/hooks"
"""Where GitLab posts."""

BODY = 1024 * 1024
"""Bytes of a body that are read; GitLab cuts its own at some 25 MB, which nobody needs to know."""

NAME = 300
"""Characters of a project's path or branch that are believed."""

Hear = Callable[[str], Awaitable[None]]
"""Stores a hint: `project!iid`, or a branch of ours."""

_log = logging.getLogger(__name__)


def hooks(secret: str, hear: Hear) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of PATH: 401 for a wrong secret, 2xx for everything GitLab may say."""

    async def take(request: web.Request) -> web.Response:
        given = request.headers.get("X-Gitlab-Token", "")
        if not hmac.compare_digest(given.encode(errors="replace"), secret.encode()):
            return web.Response(status=401)
        name = hint_of(await _body(request))
        if name is None:
            return web.Response(status=204)
        try:
            await hear(name)
        except TROUBLE as error:
            # the poller finds it all the same: GitLab must not turn the hook off for our outage
            _log.warning("a hint could not be stored: %s", type(error).__name__)
        return web.Response(status=202)

    return take


def hint_of(event: Mapping[str, Any]) -> str | None:
    """What an event is about; None for one that nothing follows from."""
    project = _text(_part(event, "project").get("path_with_namespace"))
    about = _part(event, "object_attributes")
    match event.get("object_kind"):
        case "merge_request":
            return _numbered(project, about.get("iid"))
        case "note" | "pipeline":
            return _numbered(project, _part(event, "merge_request").get("iid")) or _branch(about.get("ref"))
        case "build":
            return _branch(event.get("ref"))
        case "push":
            return _branch(_text(event.get("ref")).removeprefix("refs/heads/"))
    return None


async def _body(request: web.Request) -> Mapping[str, Any]:
    content = bytearray()
    async for piece in request.content.iter_chunked(64 * 1024):
        content += piece
        if len(content) > BODY:
            return {}
    try:
        event = json.loads(content)
    except ValueError:  # not JSON, or not text at all
        return {}
    return event if isinstance(event, Mapping) else {}


def _numbered(project: str, iid: object) -> str | None:
    known = isinstance(iid, int) and not isinstance(iid, bool) and iid > 0
    return f"{project}!{iid}" if project and known else None


def _branch(name: object) -> str | None:
    text = _text(name)
    return text if text.startswith("codegen/") else None


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= NAME and value.isprintable() else ""
