"""Markdown as GitLab shows it: tables and task lists on, and of raw HTML a few harmless tags."""

import html
import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from playground.gitlab.pages.html import Html

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ALLOWED = re.compile(r"&lt;(/?(?:details|summary|sub|sup|br|b|i|em|strong|kbd|code))&gt;")
"""Tags without attributes that stay."""


def markdown(text: str) -> Html:
    """The markup of a description or comment."""
    tokens = RENDERER.parse(text)
    for token in tokens:
        _harmless(token)
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is not None and first.content[:4] in TASKS:
            first.content = TASKS[first.content[:4]] + first.content[4:]
    return Html(RENDERER.renderer.render(tokens, RENDERER.options, {}))


def _harmless(token: Token) -> None:
    for child in token.children or ():
        _harmless(child)
    if token.type in ("html_block", "html_inline"):
        token.content = ALLOWED.sub(r"<\1>", html.escape(COMMENT.sub("", token.content), quote=False))
