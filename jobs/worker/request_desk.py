"""What a look writes into the merge request itself: ready or draft, who reviews, what CI says, the note."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from jobs.domain.description import with_line
from jobs.domain.observed import Sight
from jobs.domain.owed import due, refused
from jobs.domain.review import MergeRequestState, ready_title
from jobs.domain.task import Task, TaskState
from jobs.domain.watched import Watched
from jobs.errors import Stop
from jobs.messages.request_words import NOTE, seen_ci, summary_note
from jobs.ports import Edit, Reports, Review, Watch
from jobs.review.watch import to_ask, to_lift, to_retarget

logger = logging.getLogger(__name__)

Step = Callable[[Task, Watched, Sight], Awaitable[tuple[Sight, Watched]]]
"""Writes one thing, where it has to be written; raises Stop when GitLab refuses and Transient."""


class RequestDesk:
    """Brings merge requests up to date; done twice, it changes nothing."""

    def __init__(
        self, watch: Watch, review: Review | None, reports: Reports | None, *, per_reviewer: int
    ) -> None:
        """`review`: how a child is retargeted; `reports`: how the note is put; None leaves that undone.

        `per_reviewer`: how many reviews one person is asked for at the same time.
        """
        self._watch = watch
        self._review = review
        self._reports = reports
        self._per_reviewer = per_reviewer

    async def update(
        self, task: Task, known: Watched, sight: Sight, *, now: datetime
    ) -> tuple[Sight, Watched]:
        """The sight and what is remembered, after what had to be written; raises Transient.

        What GitLab refuses stays owed: the next looks write it.
        """
        if not due(known.owed, now):
            return sight, known
        steps: tuple[Step, ...] = (self._lifted, self._asked)
        if sight.merge_request.state is MergeRequestState.OPENED and task.state is not TaskState.RUNNING:
            steps = (*steps, self._retargeted, self._described, self._noted)
        try:
            for step in steps:
                sight, known = await step(task, known, sight)
        except Stop as stop:
            request = sight.merge_request
            logger.warning("%s!%d could not be brought up to date: %s", request.project, request.iid, stop)
            return sight, known.model_copy(update={"owed": refused(known.owed, str(stop), now)})
        return sight, known.model_copy(update={"owed": None})

    async def _lifted(self, task: Task, known: Watched, sight: Sight) -> tuple[Sight, Watched]:
        request = sight.merge_request
        if not to_lift(task, known, sight):
            return sight, known
        title = ready_title(request.title)
        await self._watch.edit(request.project, request.iid, Edit(title=title))
        ready = request.model_copy(update={"draft": False, "title": title})
        sight = sight.model_copy(update={"merge_request": ready})
        return sight, known.model_copy(update={"lifted": request.sha})

    async def _asked(self, task: Task, known: Watched, sight: Sight) -> tuple[Sight, Watched]:
        request, wanted = sight.merge_request, to_ask(task, sight)
        free = [one for one in wanted[:5] if await self._has_room(one)][:1] if wanted else []
        if not free:
            return sight, known
        await self._watch.edit(request.project, request.iid, Edit(reviewers=tuple(free)))
        return sight.model_copy(update={"reviewers": tuple(free)}), known

    async def _has_room(self, username: str) -> bool:
        return await self._watch.open_reviews(username) < self._per_reviewer

    async def _retargeted(self, task: Task, known: Watched, sight: Sight) -> tuple[Sight, Watched]:
        request, branch = sight.merge_request, to_retarget(task, sight)
        if branch is None or self._review is None:
            return sight, known
        await self._review.retarget(request.project, request.iid, branch=branch)
        moved = request.model_copy(update={"target_branch": branch})
        return sight.model_copy(update={"merge_request": moved}), known

    async def _described(self, task: Task, known: Watched, sight: Sight) -> tuple[Sight, Watched]:
        request, text = sight.merge_request, with_line(sight.description, seen_ci(sight))
        if text == sight.description:
            return sight, known
        await self._watch.edit(request.project, request.iid, Edit(description=text))
        return sight.model_copy(update={"description": text}), known

    async def _noted(self, task: Task, known: Watched, sight: Sight) -> tuple[Sight, Watched]:
        text, request = summary_note(task, sight), sight.merge_request
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        if self._reports is None or not text or digest == known.noted:
            return sight, known
        await self._reports.note(request.project, request.iid, key=NOTE, body=text)
        return sight, known.model_copy(update={"noted": digest})
