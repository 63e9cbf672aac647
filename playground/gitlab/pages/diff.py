"""The changes of a merge request, file by file, with the comments that stand on lines."""

from playground.gitlab.diffs import FileDiff, Line
from playground.gitlab.pages.html import Html, el, joined
from playground.gitlab.records import Json

KINDS = {"+": "added", "-": "removed", " ": "same", "@": "hunk"}
WORDS = {"A": "added", "D": "deleted", "R": "renamed"}
OPEN_LINES = 400
SHOWN_LINES = 2000

Comments = dict[tuple[str, int | None, int | None], list[Html]]


def changes(diffs: list[FileDiff], comments: Comments) -> Html:
    """Every file as a collapsible block."""
    if not diffs:
        return el("p", "No changes.", class_="quiet")
    return joined(*(_file(diff, comments) for diff in diffs))


def anchor(position: Json) -> tuple[str, int | None, int | None]:
    """The line that a comment stands on."""
    old, new = position.get("old_line"), position.get("new_line")
    return (
        str(position.get("new_path")),
        old if isinstance(old, int) else None,
        new if isinstance(new, int) else None,
    )


def _file(diff: FileDiff, comments: Comments) -> Html:
    lines = list(diff.lines())
    added, removed = (sum(line.kind == kind for line in lines) for kind in "+-")
    name = diff.new_path if diff.old_path == diff.new_path else f"{diff.old_path} → {diff.new_path}"
    summary = el(
        "summary",
        el("code", name),
        el("span", WORDS[diff.change], class_="quiet") if diff.change in WORDS else None,
        el("span", el("span", f"+{added}", class_="plus"), " ", el("span", f"−{removed}", class_="minus")),
    )
    return el("details", summary, _lines(diff, lines, comments), class_="file", open=len(lines) <= OPEN_LINES)


def _lines(diff: FileDiff, lines: list[Line], comments: Comments) -> Html:
    if not lines:
        words = "Only the name or mode changed, or the file is binary or empty."
        return el("p", words, class_="quiet pad")
    rows = []
    for line in lines[:SHOWN_LINES]:
        rows.append(_row(line))
        found = comments.get((diff.new_path, line.old, line.new), []) if line.kind != "@" else []
        rows += [el("tr", el("td", one, colspan="3"), class_="remark") for one in found]
    rest = len(lines) - SHOWN_LINES
    more = el("p", f"{rest} more lines are not shown.", class_="quiet pad") if rest > 0 else None
    table = el("table", el("tbody", *rows), class_="diff")
    frame = el("div", table, class_="scroll", tabindex="0", role="region", aria_label=diff.new_path)
    return joined(frame, more)


def _row(line: Line) -> Html:
    text = line.text if line.kind == "@" else f"{line.kind}{line.text}"
    return el(
        "tr",
        el("td", str(line.old or ""), class_="number"),
        el("td", str(line.new or ""), class_="number"),
        el("td", text, class_="code"),
        class_=KINDS[line.kind],
    )
