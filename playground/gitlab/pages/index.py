"""The front page: projects and their merge requests."""

from playground.gitlab.pages.html import Html, document, el
from playground.gitlab.pages.parts import labels, pipeline_badge, state_badge, top_bar, when
from playground.gitlab.records import MergeRequest, Project
from playground.gitlab.state import State


def index_page(state: State, person: str) -> Html:
    """Every project with its merge requests, the newest first."""
    sections = [_project(project, person) for project in state.projects]
    nothing = el("p", "There are no projects yet.", class_="quiet") if not sections else None
    body = el("main", el("h1", "Projects"), nothing, *sections, class_="narrow")
    return document("Projects", top_bar(state, person), body)


def _project(project: Project, person: str) -> Html:
    rows = [_row(project, mr, person) for mr in reversed(project.merge_requests)]
    nothing = el("p", "No merge requests yet.", class_="quiet pad") if not rows else None
    head = el("h2", project.path, el("span", f" {project.default_branch}", class_="quiet"))
    return el("section", head, nothing, el("ul", *rows, class_="rows"), class_="card")


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
