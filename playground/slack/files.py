"""Uploaded files."""

import mimetypes
from dataclasses import dataclass, field

from playground.slack.payload import Payload, SlackError


@dataclass
class File:
    """One file, from the moment its upload URL is issued."""

    id: str
    name: str
    length: int
    user: str
    created: int
    title: str | None = None
    snippet_type: str | None = None
    content: bytes | None = None
    completed: bool = False
    shares: dict[str, list[Payload]] = field(default_factory=dict)

    def rendered(self, origin: str) -> Payload:
        """Return Slack's file object."""
        mimetype = mimetypes.guess_type(self.name)[0] or "text/plain"
        filetype = self.snippet_type or self.name.rpartition(".")[2] or "text"
        url = f"{origin}/_files/{self.id}/{self.name}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": mimetype,
            "filetype": filetype,
            "pretty_type": filetype.capitalize(),
            "user": self.user,
            "editable": False,
            "size": len(self.content or b""),
            "mode": "snippet" if self.snippet_type else "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(self.shares),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            "permalink_public": url,
            "has_rich_preview": False,
            "channels": list(self.shares),
            "groups": [],
        }


@dataclass
class Files:
    """Every file of the workspace."""

    by_id: dict[str, File] = field(default_factory=dict)

    def find(self, file_id: object) -> File:
        """Return a file; raises `file_not_found`."""
        found = self.by_id.get(file_id) if isinstance(file_id, str) else None
        if found is None:
            raise SlackError("file_not_found")
        return found
