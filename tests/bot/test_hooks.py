"""GitLab's webhooks in either Slack mode: the secret decides, hints are stored, nothing else happens."""

import json
from contextlib import AsyncExitStack
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.app import build, door, homes, web_client
from bot.app import session as slack_session
from bot.draining import InFlight
from bot.hooks import BODY, hint_of
from bot.serving import listening
from bot.settings import BotSettings, bot_settings
from jobs.errors import Refused
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from playground.slack.seed import APP_KEY, BOT_KEY, SIGNING_KEY
from tests.bot.test_http import free_port
from tests.bot.world import OPERATOR

SECRET = "hook-secret-of-the-test"
PROJECT = {"path_with_namespace": "payments/api"}


@pytest.mark.parametrize(
    ("event", "hint"),
    [
        ({"object_kind": "merge_request", "object_attributes": {"iid": 7}}, "payments/api!7"),
        ({"object_kind": "note", "merge_request": {"iid": 7}, "object_attributes": {}}, "payments/api!7"),
        (
            {"object_kind": "note", "object_attributes": {"noteable_type": "Issue"}, "issue": {"iid": 3}},
            "payments/api#3",
        ),
        ({"object_kind": "issue", "object_attributes": {"iid": 3}}, "payments/api#3"),
        (
            {"object_kind": "pipeline", "object_attributes": {"ref": "codegen/cg-1"}, "merge_request": None},
            "codegen/cg-1",
        ),
        ({"object_kind": "push", "ref": "refs/heads/codegen/cg-1"}, "codegen/cg-1"),
        ({"object_kind": "push", "ref": "refs/heads/main"}, None),
        ({"object_kind": "merge_request", "object_attributes": {"iid": True}}, None),
        ({"object_kind": "merge_request", "object_attributes": "odd"}, None),
        ({"object_kind": "wiki_page"}, None),
    ],
)
def test_what_an_event_is_about(event: dict[str, Any], hint: str | None) -> None:
    assert hint_of({**event, "project": PROJECT}) == hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["merge_request", "note", "issue", "pipeline", "build", "push", "x", 7, None])
NAMES = st.sampled_from(["project", "object_attributes", "merge_request", "issue", "ref"])


@given(st.dictionaries(NAMES, JSON), KINDS)
def test_no_event_is_too_odd(event: dict[str, Any], kind: object) -> None:
    hint = hint_of({**event, "object_kind": kind})
    assert hint is None or hint.isprintable()


@pytest.mark.parametrize("socket_mode", [True, False], ids=["socket", "http"])
async def test_hooks_are_heard_in_either_mode(
    socket_mode: bool, slack_url: str, redis_url: str, store: Store, queue: Queue
) -> None:
    settings = BotSettings(
        redis_url=SecretStr(redis_url),
        slack_bot_token=SecretStr(BOT_KEY),
        slack_app_token=SecretStr(APP_KEY) if socket_mode else None,
        slack_signing_secret=None if socket_mode else SecretStr(SIGNING_KEY),
        slack_api_url=f"{slack_url}/api/",
        port=await free_port(),
        gitlab_webhook_secret=SecretStr(SECRET),
        operator=OPERATOR,
    )
    event = {"object_kind": "merge_request", "project": PROJECT, "object_attributes": {"iid": 7}}
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(slack_session())
        client, in_flight = web_client(settings, kept), InFlight()
        tabs = homes(settings, store=store, client=client)
        way = door(settings, tasks=store, line=queue, tabs=tabs, client=client)
        app = build(settings, door=way, client=client, in_flight=in_flight)
        await stack.enter_async_context(listening(settings, app=app, tasks=store))
        session = await stack.enter_async_context(ClientSession())

        async def post(content: bytes, secret: str = SECRET) -> int:
            url, headers = f"http://127.0.0.1:{settings.port}/gitlab/hooks", {"X-Gitlab-Token": secret}
            async with session.post(url, data=BytesIO(content), headers=headers) as answer:
                return answer.status

        assert await post(json.dumps(event).encode(), secret="wrong") == 401
        assert await post(json.dumps(event).encode(), secret="") == 401
        assert await store.connection.call("SMEMBERS", "cg:hints") == set()
        for odd in (
            b"no json",
            b"\xff\xfe",
            b"[1, 2]",
            b'{"object_kind": "feature_flag"}',
            b" " * (BODY + 1),
        ):
            assert await post(odd) == 204
        assert await post(json.dumps(event).encode()) == 202
        assert await post(json.dumps(event).encode()) == 202
        assert await store.connection.call("SMEMBERS", "cg:hints") == {b"payments/api!7"}


def test_a_secret_without_a_port_is_a_problem_by_name() -> None:
    given = {
        "REDIS_URL": "redis://x",
        "SLACK_BOT_TOKEN": BOT_KEY,
        "SLACK_APP_TOKEN": APP_KEY,
        "GITLAB_WEBHOOK_SECRET": SECRET,
    }
    with pytest.raises(Refused) as caught:
        bot_settings(given)
    assert "GITLAB_WEBHOOK_SECRET" in caught.value.problems["PORT"]
    assert bot_settings({**given, "PORT": "8080"}).gitlab_webhook_secret == SecretStr(SECRET)
    assert SECRET in bot_settings({**given, "PORT": "8080"}).secrets
