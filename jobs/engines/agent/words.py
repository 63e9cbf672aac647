"""What the built-in engine's model is told besides, and what its calls are in words."""

from jobs.domain.brief import Brief
from jobs.engines.agent.calls import Assume, Call, Edit, Finish, Read, Run, Search, Write
from jobs.render import prompt


def system(brief: Brief) -> str:
    """Who the model is and how it works here."""
    return prompt(brief.prompts, "system")


def step(call: Call) -> str:
    """What the engine is doing, in a few words."""
    match call:
        case Read():
            words = f"reading {call.path}"
        case Write() | Edit():
            words = f"writing {call.path}"
        case Search():
            words = f"searching for {call.pattern}"
        case Run():
            words = f"running {call.command}"
        case Assume():
            words = f"assuming {call.chosen}"
        case Finish():
            words = "finishing"
    return words if len(words) <= 80 else words[:79] + "…"
