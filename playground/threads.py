"""What stands in a task's thread, as the demo and the stories read it."""

from collections.abc import Iterable, Mapping
from typing import Any

Payload = dict[str, Any]


def is_question(message: Mapping[str, Any]) -> bool:
    """True for a question of a run that nobody has answered yet."""
    accessories = (block.get("accessory") or {} for block in message.get("blocks") or ())
    return any(one.get("action_id") == "question_answer" for one in accessories)


def without_questions(thread: Iterable[Payload]) -> list[Payload]:
    """The head message and what was said besides."""
    return [one for one in thread if not is_question(one)]
