"""What Slack's refusals mean for whoever wanted something said, see https://docs.slack.dev/reference/methods."""

from collections.abc import Mapping

from jobs.errors import Stop, ThreadGone, TokenRefused, Transient, Unreachable
from jobs.messages.blocks import clip, section
from jobs.ports import Message
from jobs.render import mrkdwn, render

SHORT = 2_500
"""Most characters of a message that Slack found too long the first time."""

_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message"})
_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
_LIMITED = frozenset({"ratelimited", "rate_limited"})
_PASSING = _LIMITED | {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_TOKEN = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive")
_ARCHIVED = ("The channel is archived.", "Unarchive it, or ask again from another channel.")
_RESTRICTED = ("The workspace does not let the bot post there.", "Ask a Slack administrator to allow it.")
_ASTRAY: Mapping[str, tuple[str, str]] = {
    "channel_not_found": ("Slack has no such channel for the bot.", "Invite the bot to the channel."),
    "not_in_channel": ("The bot is not in the channel.", "Invite the bot to the channel."),
    "is_archived": _ARCHIVED,
    "is_inactive": _ARCHIVED,  # the same, where a message is changed
    "posting_to_channel_denied": _RESTRICTED,
    "restricted_action": _RESTRICTED,
    "restricted_action_read_only_channel": _RESTRICTED,
    "restricted_action_thread_only_channel": _RESTRICTED,
    "restricted_action_thread_locked": _RESTRICTED,
    "channel_is_limited_access": (
        "The channel lets only some people write.",
        "Ask an administrator of the channel to allow the bot.",
    ),
}


class Gone(Exception):
    """The message is not there any more, or cannot be changed any more."""


class TooLong(Exception):
    """Slack takes no message as long as this."""


def ending(code: str, status: int, headers: Mapping[str, str]) -> Exception:
    """What a refusal means: `code` is Slack's own word, empty when what answered was not Slack."""
    if code in _GONE:
        return Gone()
    if code in _LONG:
        return TooLong()
    if status == 429 or status >= 500 or code in _PASSING:
        return Transient(
            f"Slack answered {code or status}.",
            retry_after=_seconds(headers.get("retry-after", "")),
            limited=status == 429 or code in _LIMITED,
        )
    if code == "thread_not_found":
        return ThreadGone("The thread's first message is gone.", retry_after=5.0)
    if code in _TOKEN:
        return TokenRefused(
            "Slack refused the bot's token.", remedy="Ask the operator to renew SLACK_BOT_TOKEN."
        )
    if code in _ASTRAY:
        reason, remedy = _ASTRAY[code]
        return Unreachable(reason, remedy=remedy)
    if code == "missing_scope":
        return Stop("The bot lacks a Slack scope.", remedy="Reinstall the app from manifest.json.")
    return Stop(f"Slack refused a request: {code or status}.")


def shortened(message: Message) -> Message:
    """The message with its first words and its buttons, for when the whole is more than Slack takes."""
    words = next((one for one in message.blocks if one["type"] == "section" and "text" in one), None)
    told = words["text"] if words else None
    text = str(told["text"]) if isinstance(told, dict) else mrkdwn(message.text)
    # cut where no entity or link is open: half a link would show as its source
    cut = text if len(text) <= SHORT else text[:SHORT].rsplit("\n", 1)[0].rsplit("<", 1)[0].rsplit("&", 1)[0]
    buttons = tuple(one for one in message.blocks if one["type"] == "actions")
    shown = section(f"{cut.strip() or '…'}\n{render('thread/cut.mrkdwn.j2')}")
    return message.model_copy(update={"text": clip(message.text, SHORT), "blocks": (shown, *buttons)})


def _seconds(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdigit() else 3.0
