"""Payloads as an app sends them: a form, messages, and hostile text."""

from typing import Any

Payload = dict[str, Any]

PERSON = {"is_bot": False}
WORKSPACE: Payload = {
    "team": {"id": "T0PLAY", "name": "Playground"},
    "users": [
        {"id": "U0ANA", "name": "ana", "real_name": "Ana", **PERSON},
        {"id": "U0BEN", "name": "ben", "real_name": "Ben", **PERSON},
        {"id": "U0BOT", "name": "codegen", "real_name": "codegen", "is_bot": True},
    ],
    "channels": [
        {"id": "C0PAY", "name": "payments", "is_private": False},
        {"id": "C0WEB", "name": "web", "is_private": True},
    ],
    "shortcuts": [{"callback_id": "new_spec_from", "name": "Make this a task", "type": "message"}],
}
HOSTILE = (
    "&lt;script&gt;window.hacked = 1&lt;/script&gt; <img src=x onerror=hacked()> \u202eRTL override "
    + "wide" * 120
)


def words(text: str) -> Payload:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def rich(text: str) -> Payload:
    """Return a mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str | None = None) -> Payload:
    """Return an option; its value is its text unless given."""
    return {"text": words(text), "value": value or text}


def field(name: str, label: str, element: Payload, **more: Any) -> Payload:
    """Return an input block named like its element."""
    return {
        "type": "input",
        "block_id": name,
        "label": words(label),
        "element": {"action_id": name, **element},
        **more,
    }


def button(action_id: str, text: str, **more: Any) -> Payload:
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": words(text), **more}


def view(id: str, title: str, blocks: list[Payload], **more: Any) -> Payload:
    """Return a modal view as the stack lists it."""
    return {
        "id": id,
        "hash": "1",
        "type": "modal",
        "title": words(title),
        "blocks": blocks,
        "errors": {},
        **more,
    }


KINDS = [option(kind) for kind in ("bugfix", "feature", "tests", "docs", "refactor")]
TEXT = {"type": "plain_text_input"}
FORM = view(
    "V1",
    "New task",
    [
        field("kind", "Kind", {"type": "static_select", "options": KINDS, "initial_option": KINDS[0]}),
        field(
            "repository",
            "Repository",
            {"type": "external_select", "min_query_length": 1, "placeholder": words("Search repositories")},
        ),
        field(
            "title",
            "Title",
            {**TEXT, "max_length": 80, "placeholder": words("Round half up in invoice totals")},
        ),
        field(
            "goal",
            "Goal",
            {**TEXT, "multiline": True},
            hint=words("What is wrong now, and what should be true?"),
        ),
        field(
            "criteria",
            "Acceptance criteria",
            {**TEXT, "multiline": True},
            hint=words("One a line. Each is proven on its own."),
        ),
        field("non_goals", "Non-goals", {**TEXT, "multiline": True}, optional=True),
    ],
    submit=words("Create task"),
    close=words("Cancel"),
)
LOADING = view(
    "V1", "New task", [{"type": "section", "text": rich(":hourglass_flowing_sand: Loading the form…")}]
)

HEAD_BLOCKS: list[Payload] = [
    {"type": "header", "block_id": "head", "text": words("Round half up in invoice totals")},
    {
        "type": "section",
        "block_id": "state",
        "text": rich(
            ":large_green_circle: *In review* · <https://gitlab.example/payments/api/-/merge_requests/7|payments/api!7>"
        ),
        "fields": [rich("*Repository*\n`payments/api`"), rich("*Asked by*\n<@U0ANA> in <#C0PAY>")],
    },
    {
        "type": "context",
        "block_id": "facts",
        "elements": [rich("cg-7k2m9q4d · 2 rounds · 0.18 USD · 3 min 12 s")],
    },
    {
        "type": "actions",
        "block_id": "act",
        "elements": [
            button(
                "open_mr",
                "Open merge request",
                url="https://gitlab.example/payments/api/-/merge_requests/7",
                style="primary",
            ),
            button("retry", "Retry", value="cg-7k2m9q4d"),
            button(
                "cancel",
                "Cancel",
                value="cg-7k2m9q4d",
                style="danger",
                confirm={
                    "title": words("Cancel this task?"),
                    "text": rich("The run stops and *nothing* is pushed."),
                    "confirm": words("Cancel task"),
                    "deny": words("Keep it"),
                    "style": "danger",
                },
            ),
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Show the log", "log"), option("Show the spec", "spec")],
            },
        ],
    },
]
CELLS = (
    ("Criterion", "Base", "Head"),
    ("AC1: 2.675 totals 2.68", "failed", "passed"),
    ("AC2: old totals stay", "passed", "passed"),
)
SUMMARY_BLOCKS: list[Payload] = [
    {
        "type": "section",
        "text": rich(
            "*What changed*\n• `round_half_up` replaces `round` in _totals_\n"
            "• the old ~banker's~ rule is gone\n&gt; Finance expects half up"
        ),
    },
    {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in CELLS]},
    {
        "type": "section",
        "text": rich("```\n- return round(x, 2)\n+ return x.quantize(CENT, ROUND_HALF_UP)\n```"),
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Look first at ", "style": {"bold": True}},
                    {"type": "link", "url": "https://gitlab.example/x", "text": "src/totals.py"},
                    {"type": "text", "text": " with "},
                    {"type": "user", "user_id": "U0BEN"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
                    for text in ("the rounding rule", "its test")
                ],
            },
        ],
    },
    {
        "type": "markdown",
        "text": "### Next\n1. **Review** the [diff](https://gitlab.example/d)\n\n- [x] suite\n- [ ] docs",
    },
    {"type": "alert", "level": "warning", "text": words("One criterion has weak proof.")},
    {"type": "carousel", "elements": [{"type": "card"}]},
]
