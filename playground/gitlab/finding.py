"""The filters of merge request lists."""

from datetime import datetime

from playground.gitlab.params import Params
from playground.gitlab.records import MergeRequest, Project

Pair = tuple[Project, MergeRequest]
STATES = ("opened", "closed", "locked", "merged", "all")


def find_merge_requests(params: Params, pairs: list[Pair]) -> list[Pair]:
    """Those that meet every filter in the parameters, in the order they ask for."""
    state = params.choice("state", *STATES) or "all"
    draft = params.flag("wip") if params.has("wip") else params.flag("draft")
    iids = params.integers("iids")
    order = params.choice("order_by", "created_at", "updated_at", "title", "merged_at") or "created_at"
    upwards = params.choice("sort", "asc", "desc") == "asc"
    texts = {
        name: params.text(name)
        for name in ("source_branch", "target_branch", "author_username", "reviewer_username")
    }
    wanted, unwanted = params.names("labels"), params.names("not[labels]") or []
    people = {name: params.text(name) for name in ("author_id", "reviewer_id", "assignee_id")}
    search = (params.text("search") or "").lower()
    after = _times(params, "after")
    before = _times(params, "before")
    params.check()

    def meets(mr: MergeRequest) -> bool:
        return (
            state in ("all", mr.state)
            and (draft is None or mr.draft is draft)
            and (iids is None or mr.iid in iids)
            and all(value is None or value in _words(mr)[name] for name, value in texts.items())
            and all(value is None or _person(value, _words(mr)[name]) for name, value in people.items())
            and _labelled(mr, wanted)
            and not set(unwanted) & set(mr.labels)
            and (search in mr.title.lower() or search in mr.description.lower())
            and all(_time(mr, name) >= at for name, at in after.items())
            and all(_time(mr, name) <= at for name, at in before.items())
        )

    found = [(project, mr) for project, mr in pairs if meets(mr)]
    found.sort(key=lambda pair: (_rank(pair[1], order), pair[1].id), reverse=not upwards)
    return found


def _words(mr: MergeRequest) -> dict[str, list[str]]:
    return {
        "source_branch": [mr.source_branch],
        "target_branch": [mr.target_branch],
        "author_username": [mr.author.username],
        "reviewer_username": [one.username for one in mr.reviewers],
        "author_id": [str(mr.author.id)],
        "reviewer_id": [str(one.id) for one in mr.reviewers],
        "assignee_id": [str(one.id) for one in mr.assignees],
    }


def _person(wanted: str, ids: list[str]) -> bool:
    if wanted.lower() in ("any", "none"):
        return bool(ids) is (wanted.lower() == "any")
    return wanted in ids


def _labelled(mr: MergeRequest, wanted: list[str] | None) -> bool:
    if wanted in (["Any"], ["None"]):
        return bool(mr.labels) is (wanted == ["Any"])
    return not wanted or set(wanted) <= set(mr.labels)


def _times(params: Params, side: str) -> dict[str, float]:
    times = {}
    for name in ("created", "updated"):
        text = params.text(f"{name}_{side}")
        if text:
            try:
                times[name] = datetime.fromisoformat(text).timestamp()
            except ValueError:
                params.wrong.append(f"{name}_{side} is invalid")
    return times


def _time(mr: MergeRequest, name: str) -> float:
    return mr.created_at if name == "created" else mr.updated_at


def _rank(mr: MergeRequest, order: str) -> tuple[str, float]:
    times = {"created_at": mr.created_at, "updated_at": mr.updated_at, "merged_at": mr.merged_at or 0.0}
    return (mr.title, 0.0) if order == "title" else ("", times[order])
