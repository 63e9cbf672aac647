"""Who is calling: tokens in headers, in the query or as git's basic credentials."""

import base64
import binascii

from aiohttp import web

from playground.gitlab.records import Token
from playground.gitlab.refusal import Refused, unauthorized
from playground.gitlab.state import State

READ_SCOPES = ("api", "read_api")
USER_SCOPES = ("api", "read_api", "read_user")
ANY_SCOPE = ("api", "read_api", "read_user", "read_repository", "write_repository")


def sent_token(request: web.Request) -> str | None:
    """The token as the API takes it, None when the call carries none."""
    if "PRIVATE-TOKEN" in request.headers:
        return request.headers["PRIVATE-TOKEN"]
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    return request.query.get("private_token") or request.query.get("access_token")


def api_token(state: State, request: web.Request, scopes: tuple[str, ...]) -> Token | None:
    """The caller's token, checked; None for an anonymous call."""
    value = sent_token(request)
    if value is None:
        return None
    token = state.tokens.get(value)
    if token is None:
        raise unauthorized()
    if token.revoked:
        raise _invalid_token("Token was revoked. You have to re-authorize from the user.")
    if state.expired(token):
        raise _invalid_token("Token is expired. You can either do re-authorization or token refresh.")
    if not set(scopes) & set(token.scopes):
        raise Refused(403, _insufficient(scopes))
    token.last_used_at = state.clock()
    return token


def git_token(state: State, request: web.Request) -> Token | None:
    """The token in git's basic credentials (`oauth2:TOKEN`); None when it is missing or wrong."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    token = state.tokens.get(password)
    if not name or token is None or token.revoked or state.expired(token):
        return None
    return token


def _invalid_token(why: str) -> Refused:
    return Refused(401, {"error": "invalid_token", "error_description": why})


def _insufficient(scopes: tuple[str, ...]) -> dict[str, object]:
    return {
        "error": "insufficient_scope",
        "error_description": "The request requires higher privileges than provided by the access token.",
        "scope": " ".join(scopes),
    }
