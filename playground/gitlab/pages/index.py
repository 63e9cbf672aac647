"""The front page: projects and their merge requests."""

from playground.gitlab.pages.html import Html, document, el
from playground.gitlab.pages.issue import opening_form
from playground.gitlab.pages.parts import labels, pipeline_badge, state_badge, top_bar, when
from playground.gitlab.records import Issue, MergeRequest, Project
from playground.gitlab.state import State


def index_page(state: State, person: str) -> Html:
    """Every project with its merge requests, the newest first."""
    sections = [_project(project, person) for project in state.projects]
    nothing = el("p", "There are no projects yet.", class_="quiet") if not sections else None
    refusal = el("p", role="alert", id="refusal")
    body = el("main", el("h1", "Projects"), refusal, nothing, *sections, class_="narrow")
    return document("Projects", top_bar(state, person), body)


def _project(project: Project, person: str) -> Html:
    rows = [_row(project, mr, person) for mr in reversed(project.merge_requests)]
    nothing = el("p", "No merge requests yet.", class_="quiet pad") if not rows else None
    head = el("h2", project.path, el("span", f" {project.default_branch}", class_="quiet"))
    issues = [_issue(project, one, person) for one in reversed(project.issues)]
    listed = el("ul", *rows, *issues, class_="rows")
    return el("section", head, nothing, listed, opening_form(project, person), class_="card")


def _issue(project: Project, issue: Issue, person: str) -> Html:
    return el(
        "li",
        state_badge(issue),
        el(
            "div",
            el("a", issue.title, href=f"/{project.path}/-/issues/{issue.iid}?user={person}"),
            el("p", f"#{issue.iid} by {issue.author.name}, ", when(issue.created_at), class_="quiet"),
        ),
        el("div", labels(issue.labels), class_="chips"),
    )


def _row(project: Project, mr: MergeRequest, person: str) -> Html:
    pipeline = mr.head_pipeline
    return el(
        "li",
        state_badge(mr),
        el(
            "div",
            el("a", mr.title, href=f"/{project.path}/-/merge_requests/{mr.iid}?user={person}"),
            el("p", f"!{mr.iid} by {mr.author.name}, ", when(mr.created_at), class_="quiet"),
        ),
        el("div", labels(mr.labels), pipeline_badge(pipeline.status) if pipeline else None, class_="chips"),
    )
