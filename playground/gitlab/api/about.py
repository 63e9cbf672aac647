"""The instance, its users and the caller's token."""

from aiohttp import web

from playground.gitlab.auth import ANY_SCOPE, USER_SCOPES
from playground.gitlab.call import Call, Route, answer
from playground.gitlab.paging import paged
from playground.gitlab.records import User
from playground.gitlab.refusal import not_found, unauthorized
from playground.gitlab.shapes.people import own_user_shape, token_shape, user_shape

VERSION = {"version": "18.5.0", "revision": "0123456789a"}


async def version(call: Call) -> web.Response:
    """GET /version and /metadata."""
    if call.token is None:
        raise unauthorized()
    kas = {"enabled": False, "externalUrl": None, "version": None}
    more: dict[str, object] = {"kas": kas, "enterprise": False}
    return answer(VERSION | (more if call.request.path.endswith("metadata") else {}))


async def me(call: Call) -> web.Response:
    """GET /user."""
    return answer(own_user_shape(call.state, call.user))


async def my_token(call: Call) -> web.Response:
    """GET /personal_access_tokens/self."""
    if call.token is None:
        raise unauthorized()
    return answer(token_shape(call.state, call.token))


async def users(call: Call) -> web.Response:
    """GET /users, by `username` or `search`."""
    wanted = call.params.text("username")
    search = (call.params.text("search") or "").lower()
    if call.token is None:
        raise unauthorized()
    found = [
        user
        for user in call.state.users.values()
        if (wanted is None or user.username.lower() == wanted.lower())
        and (search in user.username.lower() or search in user.name.lower())
    ]

    async def shape(user: User) -> object:
        return user_shape(call.state, user)

    return await paged(call, found, shape)


async def one_user(call: Call) -> web.Response:
    """GET /users/:id."""
    for user in call.state.users.values():
        if str(user.id) == call.part("user"):
            return answer(user_shape(call.state, user))
    raise not_found("User")


ROUTES = (
    Route("GET", "/version", version, USER_SCOPES),
    Route("GET", "/metadata", version, USER_SCOPES),
    Route("GET", "/user", me, USER_SCOPES),
    Route("GET", "/users", users, USER_SCOPES),
    Route("GET", "/users/{user}", one_user, USER_SCOPES),
    Route("GET", "/personal_access_tokens/self", my_token, ANY_SCOPE),
)
