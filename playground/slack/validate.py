"""Blocks and views as Slack accepts them: the published types, the limits, and rules that neither holds."""

import secrets
from collections.abc import Iterator
from copy import deepcopy

from playground.slack import limits
from playground.slack.contracts import definition_of, problems
from playground.slack.elements import OPTION_TYPES, elements_of, options_of
from playground.slack.payload import Payload, SlackError, problem, size

MESSAGE_ONLY = frozenset({"markdown", "table", "context_actions"})
MODAL_ONLY = frozenset({"alert"})


def message_blocks(blocks: object) -> list[Payload]:
    """Return a message's blocks, ids filled in; raises `invalid_blocks[_format]` or `msg_blocks_too_long`."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    found = list(_refused(blocks, "/blocks", "message"))
    if len(blocks) > limits.MESSAGE_BLOCKS:
        found.insert(0, problem(f"no more than {limits.MESSAGE_BLOCKS} items allowed", "/blocks"))
    markdown = sum(len(block["text"]) for block in blocks if block.get("type") == "markdown" and not found)
    if markdown > limits.MARKDOWN_CHARACTERS:
        found.append(
            problem(f"markdown blocks exceed {limits.MARKDOWN_CHARACTERS} characters together", "/blocks")
        )
    if sum(block.get("type") == "table" for block in blocks) > 1:
        found.append(problem("only one table block is allowed", "/blocks"))
    if found:
        raise SlackError("invalid_blocks", *found)
    if limits.block_characters(blocks) > limits.MESSAGE_BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def message_attachments(attachments: object) -> list[Payload]:
    """Return a message's attachments; raises `invalid_…`, `too_many_attachments`, or as for blocks."""
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > limits.ATTACHMENTS:
        raise SlackError("too_many_attachments")
    found: list[str] = []
    for index, item in enumerate(attachments):
        rest = {key: value for key, value in item.items() if key != "blocks"}
        found += problems(rest, "MessageAttachment", f"/attachments/{index}")
    if found:
        raise SlackError("invalid_attachments", *found)
    return [
        {**item, "blocks": message_blocks(item["blocks"])} if "blocks" in item else item
        for item in attachments
    ]


def view_definition(view: object, kind: str) -> Payload:
    """Return a view's definition, ids filled in; raises `invalid_arguments` or `view_too_large`."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", problem("must be a valid view object", "/view"))
    if size(view) > limits.VIEW_BYTES:
        raise SlackError("view_too_large")
    found = list(_refused_view(view, kind))
    if found:
        raise SlackError("invalid_arguments", *found)
    return {**view, "blocks": with_ids(view["blocks"])}


def with_ids(blocks: list[Payload]) -> list[Payload]:
    """Return a copy in which every block and every interactive element has an id, as Slack makes them up."""
    filled = deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for _, element in elements_of(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return filled


def _refused_view(view: Payload, kind: str) -> Iterator[str]:
    if view.get("type") != kind:
        yield problem(f"must be a view of type {kind}", "/view/type")
        return
    blocks = view.get("blocks")
    yield from problems({**view, "blocks": []}, "ModalView" if kind == "modal" else "HomeView", "/view")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        yield problem("must be an array of blocks", "/view/blocks")
        return
    yield from _refused(blocks, "/view/blocks", kind)
    yield from limits.exceeded({key: value for key, value in view.items() if key != "blocks"}, "/view")
    if len(blocks) > limits.VIEW_BLOCKS:
        yield problem(f"no more than {limits.VIEW_BLOCKS} items allowed", "/view/blocks")
    if kind == "modal" and "submit" not in view and any(block.get("type") == "input" for block in blocks):
        yield problem("`submit` is required when an `input` block is within `blocks`", "/view/submit")


def _refused(blocks: list[Payload], pointer: str, surface: str) -> Iterator[str]:
    sound = True
    for index, block in enumerate(blocks):
        for message in _refused_block(block, f"{pointer}/{index}", surface):
            sound = False
            yield message
    if sound:
        yield from limits.exceeded(blocks, pointer)
        yield from _duplicates(blocks, pointer)


def _refused_block(block: Payload, pointer: str, surface: str) -> Iterator[str]:
    kind = block.get("type")
    definition = definition_of(kind) if isinstance(kind, str) else None
    if definition is None:
        yield problem(f"unsupported type: {kind}", f"{pointer}/type")
        return
    if (surface != "message" and kind in MESSAGE_ONLY) or (surface != "modal" and kind in MODAL_ONLY):
        yield problem(f"a {kind} block is not allowed in a {surface}", f"{pointer}/type")
        return
    found = problems(block, definition, pointer)
    yield from found or _broken_rules(block, pointer, surface)


def _broken_rules(block: Payload, pointer: str, surface: str) -> Iterator[str]:
    if block["type"] == "section" and not (block.get("text") or block.get("fields")):
        yield problem("must define either `text` or `fields`", pointer)
    seen: set[str] = set()
    for place, element in elements_of(block):
        yield from _broken_element(element, f"{pointer}{place}", surface)
        action_id = element.get("action_id")
        if action_id in seen:
            yield problem(
                f"`action_id` {action_id} already exists in this block", f"{pointer}{place}/action_id"
            )
        seen.update([action_id] if action_id else [])


def _broken_element(element: Payload, pointer: str, surface: str) -> Iterator[str]:
    kind = element["type"]
    if kind == "file_input" and surface != "modal":
        yield problem("a file_input is only allowed in a modal", pointer)
    if kind in ("static_select", "multi_static_select") and ("options" in element) == (
        "option_groups" in element
    ):
        yield problem("exactly one of `options` and `option_groups` must be given", pointer)
    if kind in OPTION_TYPES:
        values = [option.get("value") for option in options_of(element)]
        if len(values) != len(set(values)):
            yield problem("option values must be unique", f"{pointer}/options")
        for option in [*element.get("initial_options", []), *filter(None, [element.get("initial_option")])]:
            if option not in options_of(element):
                yield problem("must match one of the options exactly", f"{pointer}/initial_option")
    if kind == "plain_text_input":
        yield from _broken_length(element, pointer)


def _broken_length(element: Payload, pointer: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not 0 <= least <= 3000 or not 1 <= most <= 3000 or least > most:
        yield problem("min_length and max_length must be between 0 and 3000, in this order", pointer)
    if len(element.get("initial_value", "")) > most:
        yield problem(f"must be less than {most + 1} characters", f"{pointer}/initial_value")


def _duplicates(blocks: list[Payload], pointer: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield problem(f"`block_id` {block_id} already exists", f"{pointer}/{index}/block_id")
        seen.update([block_id] if block_id else [])
