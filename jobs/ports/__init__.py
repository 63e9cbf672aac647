"""What the pipeline needs from outside, as protocols: no vendor."""

from jobs.ports.forge import Forge
from jobs.ports.messenger import Gate, Message, Messenger
from jobs.ports.reports import Reports
from jobs.ports.run import Artifacts, Cache, Clock, Engine, Inbox, Journal, Ledger, Note
from jobs.ports.workshop import Announce, Execute, Tools, Workshop
from jobs.ports.workspace import BranchMoved, Command, Result, Workspace, Workspaces

__all__ = [
    "Announce",
    "Artifacts",
    "BranchMoved",
    "Cache",
    "Clock",
    "Command",
    "Engine",
    "Execute",
    "Forge",
    "Gate",
    "Inbox",
    "Journal",
    "Ledger",
    "Message",
    "Messenger",
    "Note",
    "Reports",
    "Result",
    "Tools",
    "Workshop",
    "Workspace",
    "Workspaces",
]
