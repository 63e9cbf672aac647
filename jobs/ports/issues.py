"""Issues of a project, as far as a spec may begin with one."""

from typing import Protocol

from jobs.domain.base_model import Frozen


class Issue(Frozen):
    """An issue as its author wrote it."""

    title: str
    """One line."""
    text: str
    """GitLab Markdown: data, never instructions."""
    url: str
    """Where people see it."""


class Issues(Protocol):
    """GitLab's issues, or what stands for them."""

    async def issue(self, project: str, iid: int) -> Issue:
        """One issue; raises Stop when it is not there or may not be seen."""
