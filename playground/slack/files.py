"""Uploaded files."""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.slack.payload import Payload, SlackError, problem

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif"})
"""What an image block may show."""
LOOKING = 0.3
"""Seconds until Slack knows what a file is that no channel shows."""


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
    completed_at: float = 0.0
    alt: str | None = None
    """Its words for who cannot see it."""
    deleted: bool = False
    shares: dict[str, list[Payload]] = field(default_factory=dict)

    def seen_through(self, now: float) -> bool:
        """Tell whether Slack has looked at the file: before, its kind is unknown and no block may name it."""
        return self.completed and (bool(self.shares) or now - self.completed_at >= LOOKING)

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
        if found is None or found.deleted:
            raise SlackError("file_not_found")
        return found

    def problems(self, blocks: list[Payload], pointer: str, now: float) -> Iterator[str]:
        """Yield what is wrong with the files that blocks show as images."""
        for place, image in _images(blocks, pointer):
            if not self._shows(image["slack_file"], now):
                yield problem("invalid slack file", f"{place}/slack_file")

    def _shows(self, named: Payload, now: float) -> bool:
        """Tell whether an image block may show the file that it names by id or by address."""
        if set(named) not in ({"id"}, {"url"}):
            return False
        found = [file for file in self.by_id.values() if _is_meant(file, named) and not file.deleted]
        return any(file.seen_through(now) and file.rendered("")["mimetype"] in IMAGES for file in found)


def _images(node: object, pointer: str) -> Iterator[tuple[str, Payload]]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _images(item, f"{pointer}/{index}")
    elif isinstance(node, dict):
        if node.get("type") == "image" and isinstance(node.get("slack_file"), dict):
            yield pointer, node
        for key, value in node.items():
            yield from _images(value, f"{pointer}/{key}")


def _is_meant(file: File, named: Payload) -> bool:
    return file.id == named.get("id") or f"/{file.id}/" in str(named.get("url", ""))
