"""Markdown as GitLab shows it: tables and task lists on, raw HTML off but for collapsible sections."""

import re

from markdown_it import MarkdownIt

from playground.gitlab.pages.html import Html

RENDERER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
COMMENT = re.compile(
    r"<p>&lt;!--(?:(?!</p>).)*?--&gt;</p>|(?<=<p>)&lt;!--[^\n]*?--&gt;\n|\n&lt;!--[^\n]*?--&gt;(?=</p>)",
    re.DOTALL,
)
"""A comment of its own, or as the first or last line of a paragraph."""
OPENING = re.compile(r"<p>&lt;details&gt;\s*&lt;summary&gt;((?:(?!</p>).)*?)&lt;/summary&gt;</p>", re.DOTALL)
CLOSING = re.compile(r"<p>&lt;/details&gt;</p>")


def markdown(text: str) -> Html:
    """The markup of a description or comment."""
    tokens = RENDERER.parse(text)
    for token in tokens:
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is not None and first.content[:4] in TASKS:
            first.content = TASKS[first.content[:4]] + first.content[4:]
    markup = COMMENT.sub("", RENDERER.renderer.render(tokens, RENDERER.options, {}))
    if len(OPENING.findall(markup)) == len(CLOSING.findall(markup)):
        markup = CLOSING.sub("</details>", OPENING.sub(r"<details><summary>\1</summary>", markup))
    return Html(markup)
