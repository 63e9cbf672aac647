"""The page of one merge request."""

from playground.gitlab.diffs import file_diffs
from playground.gitlab.merging import mergeability
from playground.gitlab.pages.activity import activity, thread
from playground.gitlab.pages.diff import Comments, anchor, changes
from playground.gitlab.pages.html import Child, Html, document, el, joined
from playground.gitlab.pages.markdown import markdown
from playground.gitlab.pages.parts import labels, pipeline_badge, state_badge, top_bar, when
from playground.gitlab.records import MergeRequest, Project, User
from playground.gitlab.repository import Commit
from playground.gitlab.state import State

OBSTACLES = {
    "not_open": "This merge request is not open.",
    "draft_status": "Not mergeable: it is a draft.",
    "broken_status": "Not mergeable: a branch is missing or there is nothing to merge.",
    "discussions_not_resolved": "Not mergeable: threads are not resolved.",
    "ci_still_running": "Not mergeable yet: the pipeline is running.",
    "ci_must_pass": "Not mergeable: the pipeline must succeed.",
    "not_approved": "Not mergeable yet: approval is missing.",
    "requested_changes": "Not mergeable yet: a reviewer asked for changes.",
    "conflict": "Not mergeable: the branches conflict.",
    "mergeable": "Ready to merge.",
}


async def merge_request_page(state: State, project: Project, mr: MergeRequest, *, person: str) -> Html:
    """The whole page."""
    base = mr.versions[-1].base
    commits = await project.repository.log(f"{base}..{mr.sha}")
    diffs = await file_diffs(project.repository, base, mr.sha)
    obstacle = (await mergeability(project, mr)).status
    body = el(
        "main",
        _heading(project, mr, person),
        el(
            "div",
            el(
                "div",
                _block("Description", _description(mr)),
                _actions(project, mr, obstacle, person),
                _block(f"Commits ({len(commits)})", _commits(commits)),
                _block("Activity", activity(mr), _comment_form(project, mr, state.users[person])),
                _block(f"Changes ({len(diffs)})", changes(diffs, _remarks(mr)), plain=True),
            ),
            _sidebar(project, mr),
            class_="columns",
        ),
    )
    return document(f"{mr.title} (!{mr.iid})", top_bar(state, person), body)


def _block(title: str, *children: Child, plain: bool = False) -> Html:
    return el("section", el("h2", title), *children, class_="block plain" if plain else "block card")


def _heading(project: Project, mr: MergeRequest, person: str) -> Html:
    ways = el("p", el("a", project.path, href=f"/?user={person}"), f" !{mr.iid}", class_="quiet")
    line = el(
        "p",
        state_badge(mr),
        " ",
        el("strong", mr.author.name),
        " wants to merge ",
        el("code", mr.source_branch),
        " into ",
        el("code", mr.target_branch),
        " · ",
        when(mr.created_at),
        class_="line",
    )
    return el("div", ways, el("h1", mr.title), line, class_="heading")


def _description(mr: MergeRequest) -> Html:
    if not mr.description.strip():
        return el("p", "There is no description.", class_="quiet")
    return el("div", markdown(mr.description), class_="prose", id="description")


def _actions(project: Project, mr: MergeRequest, obstacle: str, person: str) -> Html:
    words = OBSTACLES[obstacle]
    if mr.auto_merge:
        words = "Set to merge when the pipeline succeeds."
    if mr.state == "merged":
        words = f"Merged by {mr.merged_by.name if mr.merged_by else 'somebody'}."
    approved = any(one.username == person for one in mr.approvals)
    buttons: list[Child] = []
    if mr.state == "opened":
        approval = ("unapprove", "Revoke approval") if approved else ("approve", "Approve")
        buttons = [
            _button(project, mr, *approval, person=person),
            _button(project, mr, "request_changes", "Request changes", person=person),
            _button(project, mr, "merge", "Merge", person=person, enabled=obstacle == "mergeable"),
            _button(project, mr, "close", "Close", person=person),
        ]
    elif mr.state == "closed":
        buttons = [_button(project, mr, "reopen", "Reopen", person=person)]
    return el(
        "section",
        el("p", words, class_=f"verdict {obstacle if mr.state == 'opened' else mr.state}"),
        el("div", *buttons, class_="buttons"),
        el("p", role="alert", id="refusal"),
        class_="block card actions",
    )


def _button(
    project: Project, mr: MergeRequest, order: str, word: str, *, person: str, enabled: bool = True
) -> Html:
    return el(
        "button",
        word,
        type="button",
        class_=order,
        disabled=not enabled,
        data_order=order,
        data_project=project.path,
        data_iid=str(mr.iid),
        data_user=person,
    )


def _comment_form(project: Project, mr: MergeRequest, person: User) -> Html:
    return el(
        "form",
        el("label", f"Comment as {person.name}", for_="comment"),
        el("textarea", name="body", id="comment", rows="3", required=True),
        el("button", "Comment", type="submit"),
        data_order="comment",
        data_project=project.path,
        data_iid=str(mr.iid),
        data_user=person.username,
    )


def _commits(commits: list[Commit]) -> Html:
    rows = [
        el("li", el("code", one.sha[:8]), el("span", one.title), el("span", one.author_name, class_="quiet"))
        for one in commits
    ]
    return el("ul", *rows, class_="commits")


def _remarks(mr: MergeRequest) -> Comments:
    found: Comments = {}
    for discussion in mr.discussions:
        position = discussion.notes[0].position
        if position and position["head_sha"] == mr.sha:
            found.setdefault(anchor(position), []).append(thread(discussion))
    return found


def _sidebar(project: Project, mr: MergeRequest) -> Html:
    pipeline = mr.head_pipeline
    jobs = [el("li", pipeline_badge(job.status), " ", job.name) for job in pipeline.jobs] if pipeline else []
    facts: dict[str, Child] = {
        "Author": mr.author.name,
        "Assignees": ", ".join(one.name for one in mr.assignees) or "None",
        "Reviewers": ", ".join(one.name for one in mr.reviewers) or "None",
        "Approved by": ", ".join(one.name for one in mr.approvals) or "Nobody yet",
        "Changes requested by": ", ".join(one.name for one in mr.changes_requested) or "Nobody",
        "Labels": labels(mr.labels) if mr.labels else "None",
        "Pipeline": joined(pipeline_badge(pipeline.status), el("ul", *jobs)) if pipeline else "None",
    }
    rows = [joined(el("dt", name), el("dd", value)) for name, value in facts.items()]
    return el("aside", el("dl", *rows), class_="card", aria_label=f"Facts about {project.path} !{mr.iid}")
