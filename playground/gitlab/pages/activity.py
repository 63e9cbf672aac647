"""What was said of a merge request or an issue."""

from playground.gitlab.pages.diff import anchor
from playground.gitlab.pages.html import Html, el, joined
from playground.gitlab.pages.markdown import markdown
from playground.gitlab.pages.parts import when
from playground.gitlab.records import Discussion, Issue, MergeRequest, Note


def activity(thing: MergeRequest | Issue) -> Html:
    """Everything that was said, oldest first."""
    threads = [thread(one) for one in thing.discussions]
    return joined(*threads) if threads else el("p", "Nothing has been said yet.", class_="quiet")


def thread(discussion: Discussion) -> Html:
    """One discussion."""
    notes = joined(*(_note(note) for note in discussion.notes))
    return notes if discussion.individual else el("div", notes, class_="thread")


def _note(note: Note) -> Html:
    if note.system:
        author = el("strong", note.author.name)
        return el("p", author, f" {note.body} · ", when(note.created_at), class_="system")
    path, old, new = anchor(note.position or {})
    place = f" on {path}:{new or old}" if note.position else ""
    head = el("p", el("strong", note.author.name), place, " · ", when(note.created_at), class_="quiet")
    return el("article", head, el("div", markdown(note.body), class_="prose"), class_="note")
