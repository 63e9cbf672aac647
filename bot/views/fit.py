"""Slack's lengths: text is cut with … where a payload would be refused.

See https://docs.slack.dev/reference/block-kit/blocks/ for the limits.
"""

import re

TITLE = 24
"""A view's title, submit and close."""
METADATA = 3000
"""A view's private_metadata."""
OPTION_TEXT = 75
"""An option's text and description."""
OPTION_VALUE = 150
"""An option's value."""
OPTIONS = 100
"""Options of one select."""
SECTION = 3000
"""A section's text, and the longest plain_text_input."""
PLACEHOLDER = 150
"""A placeholder."""
BUTTON = 75
"""A button's text."""
LABEL = 2000
"""An input's label and hint."""
MESSAGE = 4000
"""A message's text."""
ERROR = 300
"""A field's error: more would push the form off the screen."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Unicode's category Cc, line feeds and tabs aside."""


def fit(text: str, limit: int) -> str:
    """The text, cut with … to at most `limit` UTF-16 units, always valid Unicode."""
    whole = sound(text)
    encoded = whole.encode("utf-16-le")
    if len(encoded) <= 2 * limit:
        return whole
    return encoded[: 2 * (limit - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def sound(text: str) -> str:
    """The text as valid Unicode without control characters, line breaks and tabs aside."""
    valid = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", valid)
