"""What Slack's own client checks before a modal is sent: required fields, lengths, numbers, addresses."""

import re

from playground.slack.elements import FIELDS, elements_of
from playground.slack.payload import Payload
from playground.slack.views import View

REQUIRED = "Please complete this required field."


def unfilled(view: View) -> dict[str, str]:
    """Return the client's own complaints by block id; the app never sees such a submission."""
    values = view.values()
    complaints: dict[str, str] = {}
    for block in view.definition["blocks"]:
        if block["type"] != "input":
            continue
        for _, element in elements_of(block):
            value = values[block["block_id"]][element["action_id"]][FIELDS[element["type"]].key]
            told = _complaint(block, element, value)
            if told:
                complaints[block["block_id"]] = told
    return complaints


def _complaint(block: Payload, element: Payload, value: object) -> str | None:
    if value in (None, "", []):
        return None if block.get("optional") else REQUIRED
    if element["type"] == "plain_text_input" and isinstance(value, str):
        return _length(element, value)
    if element["type"] == "number_input" and isinstance(value, str):
        return _number(element, value)
    if element["type"] == "file_input" and isinstance(value, list):
        return _files(element, value)
    if element["type"] == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+", str(value)):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not re.match(r"https?://", str(value)):
        return "Please enter a valid URL."
    return None


def _length(element: Payload, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else None


def _files(element: Payload, files: list[Payload]) -> str | None:
    most = element.get("max_files", 10)
    if len(files) > most:
        return f"Please choose at most {most} files."
    endings = element.get("filetypes")
    if endings and any(file["name"].rpartition(".")[2] not in endings for file in files):
        return f"Please choose files of these types: {', '.join(endings)}."
    return None


def _number(element: Payload, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number."
    if float(value) < float(element.get("min_value", value)) or float(value) > float(
        element.get("max_value", value)
    ):
        return "Please enter a number within the allowed range."
    return None
