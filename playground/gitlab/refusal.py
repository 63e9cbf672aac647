"""The refusals of GitLab's API, in its own shapes and words."""

import json
from collections.abc import Mapping

from aiohttp import web


class Refused(Exception):
    """The API says no: a status, a JSON body and headers."""

    def __init__(
        self, status: int, body: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {json.dumps(body)}")
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """The HTTP answer."""
        return web.json_response(self.body, status=self.status, headers=self.headers)


def refused(status: int, message: object) -> Refused:
    """A refusal of the shape `{"message": …}`."""
    return Refused(status, {"message": message})


def not_found(what: str = "") -> Refused:
    """404, naming the kind of thing."""
    return refused(404, f"404 {what} Not Found" if what else "404 Not Found")


def unauthorized() -> Refused:
    """401 without more words."""
    return refused(401, "401 Unauthorized")


def forbidden() -> Refused:
    """403 without more words."""
    return refused(403, "403 Forbidden")


def bad_request(why: str) -> Refused:
    """400 as GitLab words a request it understood but cannot carry out."""
    return refused(400, f"400 Bad request - {why}")


def bad_parameter(why: str) -> Refused:
    """400 of the parameter check: `{"error": "title is missing"}`."""
    return Refused(400, {"error": why})


def invalid(field: str, why: str) -> Refused:
    """400 of a model's validation: `{"message": {"title": ["is too long …"]}}`."""
    return refused(400, {field: [why]})


def moved(request: web.Request, project: int) -> Refused:
    """301 from a project's old path to its number: what follows in the address stays."""
    parts = request.rel_url.raw_path.split("/")
    parts[4] = str(project)
    query = f"?{request.query_string}" if request.query_string else ""
    return Refused(301, {"message": "301 Moved"}, {"Location": f"{'/'.join(parts)}{query}"})
