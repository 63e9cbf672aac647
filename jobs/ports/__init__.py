"""What the pipeline needs from outside, as protocols: no vendor."""

from jobs.ports.around import Around, AroundEach
from jobs.ports.directory import Directory
from jobs.ports.environment import NO_ENVIRONMENTS, BuildFailedError, Environments, NoRegistryError
from jobs.ports.files import Files
from jobs.ports.forge import Forge
from jobs.ports.gallery import Gallery
from jobs.ports.gateway import Gateway, Ground, Passage
from jobs.ports.issues import Issue, Issues
from jobs.ports.messenger import Gate, Message, Messenger
from jobs.ports.model import Answered, Model, Prompt, Unanswered
from jobs.ports.reports import Reports
from jobs.ports.requests import OpenRequests
from jobs.ports.review import Review
from jobs.ports.run import Artifacts, Cache, Clock, Engine, Inbox, Journal, Ledger, Note
from jobs.ports.watch import Edit, Watch
from jobs.ports.workshop import Announce, Execute, Tools, Workshop
from jobs.ports.workspace import BranchMoved, Command, Result, Workspace, Workspaces

__all__ = [
    "Around",
    "AroundEach",
    "NO_ENVIRONMENTS",
    "Announce",
    "Answered",
    "Artifacts",
    "BranchMoved",
    "BuildFailedError",
    "Cache",
    "Clock",
    "Command",
    "Directory",
    "Edit",
    "Engine",
    "Environments",
    "Execute",
    "Files",
    "Forge",
    "Gallery",
    "Gate",
    "Gateway",
    "Ground",
    "Inbox",
    "Issue",
    "Issues",
    "Journal",
    "Ledger",
    "Message",
    "Messenger",
    "Model",
    "NoRegistryError",
    "Note",
    "OpenRequests",
    "Passage",
    "Prompt",
    "Reports",
    "Result",
    "Review",
    "Tools",
    "Unanswered",
    "Watch",
    "Workshop",
    "Workspace",
    "Workspaces",
]
