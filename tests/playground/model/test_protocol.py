"""The stand-in refuses what OpenAI refuses: thirty wrong requests, each with an error object."""

from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from typing import Any

import aiohttp
import pytest

from playground.model import KEY, ModelStandIn
from playground.serve import serving

Body = dict[str, Any]

TOOL: Body = {
    "type": "function",
    "function": {
        "name": "read",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}
CALL: Body = {"id": "c1", "type": "function", "function": {"name": "read", "arguments": "{}"}}
GOOD: Body = {
    "model": "scripted",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Go."}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "done"},
    ],
    "tools": [TOOL],
}


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with serving(ModelStandIn().app) as base:
        yield base


async def ask(url: str, body: object, *, key: str | None = f"Bearer {KEY}") -> tuple[int, Body]:
    headers = {"Authorization": key} if key else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/v1/chat/completions", json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


def put(path: str, value: object) -> Callable[[Body], None]:
    """Sets messages.3.content and the like; None takes the field away."""

    def change(body: Body) -> None:
        *way, last = path.split(".")
        where: Any = body
        for name in way:
            where = where[int(name)] if name.isdigit() else where[name]
        if value is None:
            del where[int(last) if last.isdigit() else last]
        else:
            where[int(last) if last.isdigit() else last] = value

    return change


WRONG: dict[str, tuple[Callable[[Body], None], int]] = {
    "no model": (put("model", None), 400),
    "unknown model": (put("model", "gpt-9"), 404),
    "model not text": (put("model", 7), 400),
    "no messages": (put("messages", None), 400),
    "empty messages": (put("messages", []), 400),
    "messages not a list": (put("messages", "hello"), 400),
    "unknown field": (put("tool", []), 400),
    "temperature as text": (put("temperature", "hot"), 400),
    "temperature as bool": (put("temperature", True), 400),
    "max_tokens as text": (put("max_tokens", "many"), 400),
    "streaming": (put("stream", True), 400),
    "stream as text": (put("stream", "no"), 400),
    "tools not a list": (put("tools", {"a": 1}), 400),
    "tool without function": (put("tools.0.function", None), 400),
    "tool of another type": (put("tools.0.type", "retrieval"), 400),
    "tool without a name": (put("tools.0.function.name", None), 400),
    "tool with a bad name": (put("tools.0.function.name", "read file"), 400),
    "tool name too long": (put("tools.0.function.name", "x" * 65), 400),
    "schema no object": (put("tools.0.function.parameters.type", "array"), 400),
    "schema broken": (put("tools.0.function.parameters.properties", {"path": {"type": "text"}}), 400),
    "message not an object": (put("messages.0", "hello"), 400),
    "unknown role": (put("messages.0.role", "robot"), 400),
    "no role": (put("messages.0.role", None), 400),
    "no content": (put("messages.1.content", None), 400),
    "content a number": (put("messages.1.content", 7), 400),
    "part without text": (put("messages.1.content", [{"type": "text"}]), 400),
    "call without answer": (put("messages.3", None), 400),
    "answer to no call": (put("messages.3.tool_call_id", "c9"), 400),
    "answer without id": (put("messages.3.tool_call_id", None), 400),
    "answer twice": (lambda body: body["messages"].append(body["messages"][3]), 400),
    "words before the answer": (
        lambda body: body["messages"].insert(3, {"role": "user", "content": "well?"}),
        400,
    ),
    "call without id": (put("messages.2.tool_calls.0.id", None), 400),
    "two calls of one id": (lambda body: body["messages"][2]["tool_calls"].append(CALL), 400),
    "arguments no text": (put("messages.2.tool_calls.0.function.arguments", {"path": "."}), 400),
    "empty calls": (put("messages.2.tool_calls", []), 400),
    "calls by the user": (put("messages.1.tool_calls", [CALL]), 400),
}


async def test_a_good_request_is_answered(url: str) -> None:
    status, answer = await ask(url, GOOD)
    assert status == 200
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "ok", "refusal": None}
    assert answer["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_request_is_refused(wrong: str, url: str) -> None:
    change, expected = WRONG[wrong]
    body = deepcopy(GOOD)
    change(body)
    status, answer = await ask(url, body)
    assert status == expected, answer
    assert set(answer["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("key", [None, "Bearer ", "sk-playground", "Bearer sk-another-secret"])
async def test_a_wrong_key_is_refused_without_repeating_it(key: str | None, url: str) -> None:
    status, answer = await ask(url, GOOD, key=key)
    assert status == 401
    assert "another-secret" not in str(answer)


async def test_models_are_listed_and_controls_counted(url: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{url}/v1/models") as answer:
            assert [one["id"] for one in (await answer.json())["data"]] == ["scripted"]
        async with session.post(f"{url}/_control/rate_limit", json={"times": 1, "retry_after": 3}) as answer:
            assert answer.status == 200
        async with session.post(f"{url}/v1/chat/completions", json=GOOD) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        async with session.post(f"{url}/_control/nonsense", json={}) as answer:
            assert answer.status == 400
        async with session.get(f"{url}/_control/calls") as answer:
            assert await answer.json() == {"requests": 1, "completions": 0, "refused": 0}
        async with session.post(f"{url}/_control/reset", json={}) as answer:
            assert answer.status == 200
    status, _ = await ask(url, GOOD)
    assert status == 200
