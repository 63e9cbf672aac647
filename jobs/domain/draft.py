"""A form that is being filled in: what was entered survives every step, every error and a closed window."""

from jobs.domain.base_model import Frozen


class Draft(Frozen):
    """What a person has entered so far, kept by us: Slack's own memory of a form is 3000 characters."""

    id: str
    """Unguessable; travels in the form."""
    person: str
    """Slack user id of who fills it in; nobody else gets to see it."""
    channel: str
    """Channel id the form was opened in."""
    answers: dict[str, str] = {}  # noqa: RUF012  # pydantic copies defaults
    """Field → text in the form's notation; empty ones are left out."""
    task: str = ""
    """Id of the task whose spec is being edited; empty for a new one."""
    engines: tuple[str, ...] = ()
    """Engines that were offered when it was opened, the ordinary one first."""
    proposed: dict[str, str] = {}  # noqa: RUF012  # pydantic copies defaults
    """What the form itself last wrote into fields: field → text; what still says that was not touched."""
    fills: int = 0
    """How often the form has written over what it had proposed: Slack keeps what a field shows until it is
    another field."""
    source: str = ""
    """Where it came from, such as the address of an issue; empty when it was typed."""
