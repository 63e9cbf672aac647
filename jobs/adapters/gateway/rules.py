"""What of a program's requests reaches its model's API: asking the one model, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Json = dict[str, Any]
"""A JSON object."""


class RefusedRequest(Exception):
    """This is not passed on; says why."""


class Flavor(StrEnum):
    """Ways to ask a model."""

    CHAT = "chat/completions"
    """https://platform.openai.com/docs/api-reference/chat."""
    RESPONSES = "responses"
    """https://platform.openai.com/docs/api-reference/responses."""
    MESSAGES = "messages"
    """https://docs.anthropic.com/en/api/messages."""
    COUNT = "messages/count_tokens"
    """https://docs.anthropic.com/en/api/messages-count-tokens."""


@dataclass(frozen=True)
class Place:
    """What a path asks for."""

    path: str
    """After the API's own address, with a slash."""
    flavor: Flavor | None
    """How the model is asked; None: whether it is there."""


# The provider's own computers would do these: a way out of the sandbox.
_HOSTED: Final = ("mcp_servers", "web_search_options", "background", "container")
_COSTLY: Final = ("service_tier", "speed", "inference_geo", "n", "best_of")
_LOCAL_TOOLS: Final = {
    Flavor.CHAT: re.compile(r"function|custom"),
    Flavor.RESPONSES: re.compile(r"function|custom|local_shell|apply_patch|namespace"),
    Flavor.MESSAGES: re.compile(r"custom|(bash|text_editor|memory)_\d+"),
}
_LINKS: Final = frozenset({"url", "image_url", "file_url", "server_url"})
# What a tool takes, was called with and answered is the program's own: no provider fetches it.
_OPAQUE: Final = frozenset({"input", "arguments", "parameters", "input_schema", "tools", "output"})
_MODELS: Final = re.compile(r"/v1/models(/[\w.:@+-]+(/[\w.:@+-]+)?)?")


def place_of(method: str, path: str) -> Place:
    """What a request asks for; raises RefusedRequest when that is not asking a model."""
    if method == "POST":
        for flavor in Flavor:
            if path == f"/v1/{flavor}":
                return Place(f"/{flavor}", flavor)
    if method == "GET" and _MODELS.fullmatch(path) and ".." not in path:
        return Place(path.removeprefix("/v1"), None)
    raise RefusedRequest("only a model can be asked here, nothing else of its provider")


def cleaned(body: object, flavor: Flavor, *, model: str) -> Json:
    """A request for the one model without what its provider would do or fetch; raises RefusedRequest."""
    if not isinstance(body, dict):
        raise RefusedRequest("the request is no JSON object")
    if body.get("model") != model:
        raise RefusedRequest(f"only the model {model} can be asked here")
    for link in _links(body):
        raise RefusedRequest(f"a request may not name an address for the provider to fetch ({link})")
    kept = {name: value for name, value in body.items() if name not in (*_HOSTED, *_COSTLY)}
    if "tools" in kept:
        kept["tools"] = [one for one in _listed(kept["tools"]) if _local(one, flavor)]
        if not kept["tools"]:
            kept = {name: value for name, value in kept.items() if name not in ("tools", "tool_choice")}
    if flavor is Flavor.CHAT and kept.get("stream"):
        options = kept.get("stream_options")
        kept["stream_options"] = {**(options if isinstance(options, dict) else {}), "include_usage": True}
    return kept


def _listed(tools: object) -> list[object]:
    if not isinstance(tools, list):
        raise RefusedRequest("`tools` is no list")
    return tools


def _local(tool: object, flavor: Flavor) -> bool:
    """Whether a tool is carried out by the program itself, in the sandbox."""
    if not isinstance(tool, dict):
        return False
    kinds = _LOCAL_TOOLS[Flavor.MESSAGES if flavor is Flavor.COUNT else flavor]
    return bool(kinds.fullmatch(str(tool.get("type") or "custom")))


def _links(value: object) -> Iterator[str]:
    """Names of fields with an address that a provider would fetch."""
    if isinstance(value, list):
        for one in value:
            yield from _links(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in _LINKS and isinstance(inner, str) and not inner.startswith("data:"):
                yield name
            elif name not in _OPAQUE or _content(name, inner):
                yield from _links(inner)


def _content(name: str, value: object) -> bool:
    """Responses name their messages `input`, and a tool's answer in parts `output`: lists of typed parts."""
    return name in ("input", "output") and isinstance(value, list)
