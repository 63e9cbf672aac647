"""Users, members and tokens as the API shows them."""

from playground.gitlab.records import Access, Json, Token, User
from playground.gitlab.state import State, iso


def user_shape(state: State, user: User) -> Json:
    """A user as others see one."""
    return {
        "id": user.id,
        "username": user.username,
        "public_email": "",
        "name": user.name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{state.external_url}/{user.username}",
    }


def maybe_user(state: State, user: User | None) -> Json | None:
    """A user or nothing."""
    return user_shape(state, user) if user else None


def own_user_shape(state: State, user: User) -> Json:
    """A user as the user itself sees it."""
    return user_shape(state, user) | {
        "email": user.email,
        "commit_email": user.email,
        "bot": user.bot,
        "is_admin": False,
        "can_create_project": not user.bot,
        "two_factor_enabled": False,
        "external": False,
        "created_at": "2026-01-05T09:00:00.000Z",
        "confirmed_at": "2026-01-05T09:00:00.000Z",
    }


def member_shape(state: State, user: User, access: Access) -> Json:
    """A member of a project."""
    return user_shape(state, user) | {
        "access_level": int(access),
        "membership_state": "active",
        "expires_at": None,
        "created_at": "2026-01-05T09:00:00.000Z",
    }


def token_shape(state: State, token: Token) -> Json:
    """A token, without its value."""
    return {
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "scopes": list(token.scopes),
        "user_id": token.user.id,
        "created_at": iso(token.created_at),
        "description": None,
        "last_used_at": iso(token.last_used_at),
        "expires_at": token.expires_at,
        "active": not token.revoked and not state.expired(token),
    }
