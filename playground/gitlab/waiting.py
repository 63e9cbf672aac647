"""Merges, at once or when the pipeline is green, with everything that follows from them."""

from playground.gitlab.acts import add_note, announce
from playground.gitlab.ci import pipeline_changed
from playground.gitlab.merging import Wish, merge_request_merge, merge_when_green
from playground.gitlab.pushes import refs_moved
from playground.gitlab.records import MergeRequest, Pipeline, Project, User
from playground.gitlab.state import State


async def merge(state: State, project: Project, mr: MergeRequest, *, user: User, wish: Wish) -> None:
    """Merge or set to merge; refuses as GitLab does."""
    if await merge_request_merge(state, project, mr, user=user, wish=wish):
        await _merged(state, project, mr, user)


async def pipeline_moved(state: State, project: Project, pipeline: Pipeline) -> None:
    """A pipeline has a new status: hooks, and the merges that waited for it."""
    pipeline_changed(state, project, pipeline)
    for mr in project.opened:
        if mr.head_pipeline is pipeline and await merge_when_green(state, project, mr):
            await _merged(state, project, mr, mr.merged_by or mr.author)


async def _merged(state: State, project: Project, mr: MergeRequest, user: User) -> None:
    add_note(state, mr, user, "merged", system=True)
    announce(state, project, mr, user=user, action="merge")
    await refs_moved(state, project, user)
