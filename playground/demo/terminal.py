"""What Slack shows, for a terminal: mrkdwn becomes styles and links, a table fits the width."""

import html
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

NAMES = {"U0ANA": "Ana", "U0BEN": "Ben"}
"""People of the demo, as they are called."""
WIDEST = 110
"""Longer lines are hard to read, however wide the terminal is."""

_PIECES = re.compile(
    r"<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]+))?>"
    r"|<@(?P<person>\w+)>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
)

Payload = Mapping[str, Any]


def terminal() -> Console:
    """The console; what is not a terminal gets plain text of a fixed width."""
    wide = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    columns = int(os.environ.get("COLUMNS") or wide)
    return Console(width=max(60, min(columns, WIDEST)), highlight=False, record=True)


def styled(mrkdwn: str) -> Text:
    """Slack's mrkdwn as styled text, without its marks."""
    text, last = Text(), 0
    for found in _PIECES.finditer(mrkdwn):
        text.append(html.unescape(mrkdwn[last : found.start()]))
        last = found.end()
        name = found.lastgroup or ""
        if found["url"]:
            text.append(html.unescape(found["label"] or found["url"]), style=f"link {found['url']}")
        elif found["person"]:
            text.append(NAMES.get(found["person"], found["person"]), style="bold")
        else:
            style = {"code": "cyan", "bold": "bold", "italic": "italic"}[name]
            text.append(html.unescape(found[name]), style=style)
    return text.append(html.unescape(mrkdwn[last:]))


def show(console: Console, blocks: Iterable[Payload], *, indent: int) -> None:
    """A message's blocks, but for its buttons."""
    for block in blocks:
        shown: Text | Table | None = None
        if block["type"] == "section":
            shown = styled(block["text"]["text"])
        elif block["type"] == "context":
            shown = styled(" ".join(one["text"] for one in block["elements"]))
            shown.stylize("dim")
        elif block["type"] == "table":
            shown = table(rows(block))
        if shown is not None:
            console.print(Padding(shown, (0, 0, 1, indent), expand=False))


def rows(block: Payload) -> list[list[str]]:
    """The cells of a table block."""
    return [[str(cell["text"]) for cell in row] for row in block.get("rows", ())]


def table(lines: Sequence[Sequence[str]]) -> Table:
    """The evidence: the first column takes what the others leave."""
    header, *body = lines
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, header_style="bold", padding=(0, 2, 0, 0))
    for number, name in enumerate(header):
        widest = max(len(line[number]) for line in lines)
        if number:
            drawn.add_column(name, width=min(widest, 24), overflow="fold")
        else:
            drawn.add_column(name, ratio=1, overflow="fold")
    for line in body:
        drawn.add_row(*(Text(cell, style=_colour(cell)) for cell in line))
    return drawn


def _colour(cell: str) -> str:
    return {"proven": "green", "not": "yellow", "contradicted": "red"}.get(cell.partition(" ")[0], "")
