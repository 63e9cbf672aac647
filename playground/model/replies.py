"""Chat completions as OpenAI answers them."""

import json
import time

from playground.model.talk import Call, Json

TOKEN = 4
"""Characters that count as one token."""


def completion(body: Json, *, model: str, calls: tuple[Call, ...], cut: bool = False) -> Json:
    """An answer that makes calls, or one word when there are none; `cut` ends it in the last one."""
    index = len(body["messages"])
    message: Json = {"role": "assistant", "content": None, "refusal": None}
    if not calls:
        message["content"] = "ok"
        return _answer(body, model=model, message=message, reason="stop")
    message["tool_calls"] = [
        {
            "id": f"call_{index:04d}_{number}",
            "type": "function",
            "function": {"name": call.tool, "arguments": json.dumps(call.args)},
        }
        for number, call in enumerate(calls)
    ]
    if cut:
        last: Json = message["tool_calls"][-1]["function"]
        last["arguments"] = last["arguments"][: len(last["arguments"]) // 2]
    return _answer(body, model=model, message=message, reason="length" if cut else "tool_calls")


def refusal(body: Json, *, model: str) -> Json:
    """An answer that declines."""
    message = {"role": "assistant", "content": None, "refusal": "I can't help with that."}
    return _answer(body, model=model, message=message, reason="stop")


def _answer(body: Json, *, model: str, message: Json, reason: str) -> Json:
    sent, received = len(json.dumps(body)) // TOKEN, max(1, len(json.dumps(message)) // TOKEN)
    return {
        "id": f"chatcmpl-{len(body['messages']):06d}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": sent,
            "completion_tokens": received,
            "total_tokens": sent + received,
        },
    }
