"""The answer to an options request, held to Slack's limits."""

from playground.slack.contracts import problems
from playground.slack.limits import exceeded
from playground.slack.payload import Payload, SlackError, problem


def checked_options(answer: object) -> Payload:
    """Return an acknowledgement's `options` or `option_groups`; raises `invalid_options`."""
    if not isinstance(answer, dict) or ("options" in answer) == ("option_groups" in answer):
        raise SlackError("invalid_options", problem("exactly one of options and option_groups is needed", ""))
    groups = answer.get("option_groups", [])
    listed = [("/options", answer.get("options", []))]
    if isinstance(groups, list):
        listed += [(f"/option_groups/{i}/options", group.get("options")) for i, group in enumerate(groups)]
    found = [message for pointer, options in listed for message in _refused(options, pointer)]
    if not isinstance(groups, list) or len(groups) > 100:
        found.append(problem("no more than 100 items allowed", "/option_groups"))
    if found:
        raise SlackError("invalid_options", *found)
    return {key: answer[key] for key in ("options", "option_groups") if key in answer}


def _refused(options: object, pointer: str) -> list[str]:
    if not isinstance(options, list):
        return [problem("must be an array", pointer)]
    found = [problem("no more than 100 items allowed", pointer)] if len(options) > 100 else []
    for index, option in enumerate(options):
        found += problems(option, "PlainTextOption", f"{pointer}/{index}")
    return found or list(exceeded(options, pointer))
