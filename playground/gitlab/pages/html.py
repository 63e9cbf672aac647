"""HTML that is escaped by construction: text becomes markup only through `el`."""

import html
from dataclasses import dataclass

VOID = ("input", "link", "meta", "br")


@dataclass(frozen=True)
class Html:
    """Markup that is safe as it stands."""

    text: str


Child = Html | str | None


def el(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """An element; a trailing underscore is cut from attribute names and inner ones become hyphens."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children).text}</{name}>")


def joined(*children: Child) -> Html:
    """Elements one after the other."""
    return Html("".join(_text(child) for child in children))


def _text(child: Child) -> str:
    if child is None:
        return ""
    return child.text if isinstance(child, Html) else html.escape(child)


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{html.escape(value)}"'


def document(title: str, *body: Child) -> Html:
    """A whole page."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", title),
        el("link", rel="stylesheet", href="/_static/style.css"),
        el("link", rel="icon", href="/_static/icon.svg", type="image/svg+xml"),
        el("script", src="/_static/page.js", defer=True),
    )
    return Html("<!doctype html>" + el("html", head, el("body", *body), lang="en").text)
