"""The page of one issue, and the form that opens one."""

from playground.gitlab.pages.activity import activity
from playground.gitlab.pages.html import Html, document, el
from playground.gitlab.pages.markdown import markdown
from playground.gitlab.pages.parts import labels, state_badge, top_bar, when
from playground.gitlab.records import Issue, Project
from playground.gitlab.state import State


def issue_page(state: State, project: Project, issue: Issue, *, person: str) -> Html:
    """The whole page."""
    ways = el("p", el("a", project.path, href=f"/?user={person}"), f" #{issue.iid}", class_="quiet")
    line = el(
        "p",
        state_badge(issue),
        " by ",
        el("strong", issue.author.name),
        " · ",
        when(issue.created_at),
        " ",
        labels(issue.labels),
        class_="line",
    )
    body = el(
        "main",
        el("div", ways, el("h1", issue.title), line, class_="heading"),
        el("section", el("h2", "Description"), _description(issue), class_="block card"),
        el("section", el("h2", "Edit"), _edit(project, issue, person), class_="block card"),
        el("section", el("h2", "Activity"), activity(issue), class_="block card"),
        el("section", _comment(state, project, issue, person), class_="block card"),
        el("p", role="alert", id="refusal"),
        class_="narrow",
    )
    return document(f"{issue.title} (#{issue.iid})", top_bar(state, person), body)


def opening_form(project: Project, person: str) -> Html:
    """The form that opens an issue with the label that asks for a change."""
    name = f"issue-{project.id}"
    return el(
        "details",
        el("summary", "New issue with the label codegen"),
        el(
            "form",
            el("label", "Title", for_=f"{name}-title"),
            el("input", name="title", id=f"{name}-title", required=True),
            el("label", "Description", for_=f"{name}-text"),
            el("textarea", name="description", id=f"{name}-text", rows="5"),
            el("input", name="labels", type="hidden", value="codegen"),
            el("button", "Open the issue", type="submit"),
            data_order="issue",
            data_project=project.path,
            data_user=person,
        ),
        class_="pad",
    )


def _description(issue: Issue) -> Html:
    if not issue.description.strip():
        return el("p", "There is no description.", class_="quiet")
    return el("div", markdown(issue.description), class_="prose", id="description")


def _edit(project: Project, issue: Issue, person: str) -> Html:
    return el(
        "details",
        el("summary", "Change the description"),
        el(
            "form",
            el("label", "Description of the issue", for_="text"),
            el("textarea", issue.description, name="description", id="text", rows="8"),
            el("button", "Save", type="submit"),
            data_order="issue_edit",
            data_project=project.path,
            data_iid=str(issue.iid),
            data_user=person,
        ),
    )


def _comment(state: State, project: Project, issue: Issue, person: str) -> Html:
    return el(
        "form",
        el("label", f"Comment as {state.users[person].name}", for_="comment"),
        el("textarea", name="body", id="comment", rows="3", required=True),
        el("button", "Comment", type="submit"),
        data_order="issue_comment",
        data_project=project.path,
        data_iid=str(issue.iid),
        data_user=person,
    )
