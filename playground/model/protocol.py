"""What OpenAI's chat completions refuse, and how they say so.

See https://platform.openai.com/docs/api-reference/chat/create
"""

import json
import re
from collections.abc import Iterator
from functools import cache

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from playground.model.talk import Json

FIELDS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "messages": list,
    "tools": list,
    "tool_choice": (str, dict),
    "parallel_tool_calls": bool,
    "temperature": (int, float),
    "top_p": (int, float),
    "max_tokens": int,
    "max_completion_tokens": int,
    "n": int,
    "seed": int,
    "stop": (str, list),
    "stream": bool,
    "stream_options": dict,
    "reasoning_effort": str,
    "response_format": dict,
    "user": str,
    "store": bool,
    "metadata": dict,
    "presence_penalty": (int, float),
    "frequency_penalty": (int, float),
    "logit_bias": dict,
    "service_tier": str,
}
"""Field of a request → what it must be."""
ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class RefusedRequest(Exception):
    """A request that OpenAI refuses: status and error object as it answers."""

    def __init__(
        self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}


def check_request(body: object, *, model: str) -> Json:
    """The request when it is well formed; raises RefusedRequest otherwise."""
    if not isinstance(body, dict):
        raise RefusedRequest("We could not parse the JSON body of your request.")
    for name in ("model", "messages"):
        if name not in body:
            raise RefusedRequest(f"Missing required parameter: '{name}'.", param=name, code="missing")
    for name, value in body.items():
        _check_field(name, value)
    if body["model"] != model:
        raise RefusedRequest(
            f"The model `{body['model']}` does not exist or you do not have access to it.",
            status=404,
            code="model_not_found",
        )
    if not body["messages"]:
        raise RefusedRequest("[] is too short - 'messages'", param="messages")
    for index, tool in enumerate(body.get("tools") or []):
        _check_tool(tool, f"tools[{index}]")
    _check_messages(body["messages"])
    return body


def _check_field(name: str, value: object) -> None:
    if name not in FIELDS:
        raise RefusedRequest(f"Unrecognized request argument supplied: {name}", param=name)
    wanted = FIELDS[name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise RefusedRequest(f"Invalid type for '{name}'.", param=name, code="invalid_type")


def _check_tool(tool: object, at: str) -> None:
    function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
    if not isinstance(function, dict):
        raise RefusedRequest(f"Missing required parameter: '{at}.function'.", param=at)
    if not isinstance(function.get("name"), str) or not NAME.fullmatch(function["name"]):
        raise RefusedRequest(f"Invalid '{at}.function.name': string does not match pattern.", param=at)
    if problem := _schema_problem(json.dumps(function.get("parameters", {"type": "object"}))):
        raise RefusedRequest(
            f"Invalid schema for function '{function['name']}': {problem}",
            param=f"{at}.function.parameters",
            code="invalid_function_parameters",
        )


@cache
def _schema_problem(text: str) -> str:
    schema = json.loads(text)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return str(error.message)
    well = isinstance(schema, dict) and schema.get("type") == "object"
    return "" if well else 'schema must be of type "object".'


def _check_messages(messages: list[object]) -> None:
    open_calls: set[str] = set()
    for index, message in enumerate(messages):
        at = f"messages[{index}]"
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise RefusedRequest(f"Invalid value for '{at}.role'.", param=f"{at}.role")
        if message["role"] == "tool":
            _check_answer(message, open_calls, at)
            continue
        _check_none_open(open_calls, at)
        _check_content(message, at)
        open_calls = set(_call_ids(message, at))
    _check_none_open(open_calls, "messages")


def _check_none_open(open_calls: set[str], at: str) -> None:
    if open_calls:
        missing = ", ".join(sorted(open_calls))
        raise RefusedRequest(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following tool_call_ids did not have response messages: {missing}",
            param=at,
        )


def _check_answer(message: Json, open_calls: set[str], at: str) -> None:
    if message.get("tool_call_id") not in open_calls:
        raise RefusedRequest(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            param=f"{at}.role",
        )
    open_calls.discard(message["tool_call_id"])
    _check_content(message, at)


def _check_content(message: Json, at: str) -> None:
    content = message.get("content")
    if content is None and message["role"] == "assistant" and message.get("tool_calls"):
        return
    parts = content if isinstance(content, list) and content else [{"type": "text", "text": content}]
    if not all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in parts):
        raise RefusedRequest(
            f"Invalid type for '{at}.content': expected a string or text parts.", param=f"{at}.content"
        )


def _call_ids(message: Json, at: str) -> Iterator[str]:
    calls = message.get("tool_calls")
    if calls is None:
        return
    if message["role"] != "assistant" or not isinstance(calls, list) or not calls:
        raise RefusedRequest(f"Invalid '{at}.tool_calls'.", param=f"{at}.tool_calls")
    seen: set[str] = set()
    for call in calls:
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
            raise RefusedRequest(f"Invalid '{at}.tool_calls': no function.", param=f"{at}.tool_calls")
        if call.get("type") != "function" or not isinstance(call.get("id"), str):
            raise RefusedRequest(f"Invalid '{at}.tool_calls': not a function call.", param=f"{at}.tool_calls")
        if call["id"] in seen or not NAME.fullmatch(str(function["name"])):
            raise RefusedRequest(f"Invalid '{at}.tool_calls': id or name.", param=f"{at}.tool_calls")
        seen.add(call["id"])
        yield call["id"]
