"""One call of the control side: what it names, and whether that person may."""

from dataclasses import dataclass

from playground.gitlab.params import Params
from playground.gitlab.records import Access, MergeRequest, Project, User
from playground.gitlab.refusal import forbidden, not_found
from playground.gitlab.state import State


@dataclass(frozen=True)
class Order:
    """One call of the control side."""

    state: State
    params: Params

    @property
    def project(self) -> Project:
        """The project named in the body."""
        name = self.params.require("project")
        self.params.check()
        return self.state.project(name)

    @property
    def user(self) -> User:
        """The person named in the body."""
        name = self.params.require("user")
        self.params.check()
        return self.state.user(name)

    def merge_request(self) -> tuple[Project, MergeRequest]:
        """The merge request named by `project` and `iid`."""
        self.sees()
        return self.project, self.state.merge_request(self.project, self.params.text("iid"))

    def sees(self, needed: Access = Access.NONE) -> None:
        """Refuse people who do not see the project or may not do this in it."""
        if not self.state.sees(self.project, self.user):
            raise not_found("Project")
        if self.state.access(self.project, self.user) < needed:
            raise forbidden()
