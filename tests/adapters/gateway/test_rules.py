"""What a program may ask: its one model, in three ways, without anything its provider would do or fetch."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.adapters.gateway.rules import Flavor, Json, RefusedRequest, cleaned, place_of

TEXTS = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/v1/chat/completions", "/chat/completions"),
        ("POST", "/v1/responses", "/responses"),
        ("POST", "/v1/messages", "/messages"),
        ("POST", "/v1/messages/count_tokens", "/messages/count_tokens"),
        ("GET", "/v1/models", "/models"),
        ("GET", "/v1/models/gpt-5", "/models/gpt-5"),
    ],
)
def test_asking_a_model_passes(method: str, path: str, told: str) -> None:
    assert place_of(method, path).path == told


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/responses"),
        ("GET", "/v1/responses/resp_1"),
        ("DELETE", "/v1/models/ft-1"),
        ("POST", "/v1/files"),
        ("POST", "/v1/messages/batches"),
        ("GET", "/v1/models/../files"),
        ("POST", "/v1/chat/completions/../../files"),
        ("POST", "/chat/completions"),
        ("CONNECT", "evil.example:443"),
    ],
)
def test_everything_else_of_a_provider_is_refused(method: str, path: str) -> None:
    with pytest.raises(RefusedRequest):
        place_of(method, path)


@given(method=TEXTS, path=TEXTS)
def test_no_other_path_passes(method: str, path: str) -> None:
    with pytest.raises(RefusedRequest):
        place_of(method, path)


KEPT: dict[Flavor, tuple[Json, ...]] = {
    Flavor.CHAT: ({"type": "function", "function": {"name": "url", "parameters": {"url": "x"}}},),
    Flavor.RESPONSES: ({"type": "function", "name": "a"}, {"type": "namespace", "tools": []}),
    Flavor.MESSAGES: ({"name": "Bash", "input_schema": {}}, {"type": "bash_20250124", "name": "bash"}),
    Flavor.COUNT: ({"name": "Bash", "input_schema": {}},),
}
TAKEN: dict[Flavor, tuple[Json, ...]] = {
    Flavor.CHAT: ({"type": "web_search"},),
    Flavor.RESPONSES: ({"type": "web_search"}, {"type": "mcp", "server_label": "x"}, {"type": "shell"}),
    Flavor.MESSAGES: ({"type": "web_fetch_20250910", "name": "web_fetch"}, {"type": "code_execution_1"}),
    Flavor.COUNT: ({"type": "web_search_20250305", "name": "web_search"},),
}


@pytest.mark.parametrize("flavor", Flavor)
def test_what_the_provider_would_do_itself_is_taken_out(flavor: Flavor) -> None:
    body = {"model": "m", "tools": [*KEPT[flavor], *TAKEN[flavor]], "mcp_servers": [{}], "background": True}
    assert cleaned(body, flavor, model="m") == {"model": "m", "tools": [*KEPT[flavor]]}
    assert cleaned({**body, "tools": [*TAKEN[flavor]], "tool_choice": "auto"}, flavor, model="m") == {
        "model": "m"
    }


@pytest.mark.parametrize(
    "content",
    [
        {"type": "image_url", "image_url": {"url": "https://evil.example/?code"}},
        {"type": "input_image", "image_url": "https://evil.example/?code"},
        {"type": "input_file", "file_url": "http://evil.example/?code"},
        {"type": "image", "source": {"type": "url", "url": "//evil.example/?code"}},
        {"type": "tool_result", "content": [{"type": "image", "source": {"url": "https://evil.example"}}]},
    ],
)
@pytest.mark.parametrize("place", ["messages", "input"])
def test_an_address_for_the_provider_to_fetch_is_refused(place: str, content: Json) -> None:
    body = {"model": "m", place: [{"role": "user", "content": [content]}]}
    with pytest.raises(RefusedRequest, match="may not name an address"):
        cleaned(body, Flavor.RESPONSES, model="m")


def test_pictures_within_and_what_tools_are_called_with_pass() -> None:
    parts = [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "tool_use", "name": "fetch", "input": {"url": "https://docs.example"}},
    ]
    body = {"model": "m", "messages": [{"role": "user", "content": parts}]}
    assert cleaned(body, Flavor.MESSAGES, model="m") == body


@pytest.mark.parametrize("body", [[], "text", None, {}, {"model": "other"}, {"model": ["m"]}])
def test_another_model_and_what_is_no_request_are_refused(body: object) -> None:
    with pytest.raises(RefusedRequest):
        cleaned(body, Flavor.CHAT, model="m")


@settings(max_examples=40)
@given(body=st.dictionaries(TEXTS | st.sampled_from(["tools", "messages", "input", "stream"]), JSON))
def test_no_request_breaks_the_rules(body: Json) -> None:
    try:
        kept = cleaned({**body, "model": "m"}, Flavor.CHAT, model="m")
    except RefusedRequest:
        return
    assert "mcp_servers" not in kept and json.loads(json.dumps(kept)) == kept


def test_a_streamed_chat_says_what_it_used() -> None:
    kept = cleaned({"model": "m", "stream": True}, Flavor.CHAT, model="m")
    assert kept["stream_options"] == {"include_usage": True}
