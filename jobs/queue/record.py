"""A task as Redis keeps it: a versioned document, the patch beside it, and the head of its chain."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from jobs.domain.base_model import Frozen
from jobs.domain.event import GENESIS
from jobs.domain.patch import Patch
from jobs.domain.task import Task
from jobs.errors import Stop
from jobs.queue.migrations import migrated

SCHEMA = 4
"""Version of the stored document; a process refuses to read or write a newer one.

2: `plan` and `waits`; a document without them reads as an ordinary plan.
"""

PATCH_LIMIT = 1024 * 1024
"""Bytes of a compressed patch that are kept; a run with a larger one is resumed by generating again."""

_PLAIN_LIMIT = 2048


class Stored(Frozen):
    """A task with what the store knows besides."""

    task: Task
    """The task, its run's patch included."""
    rev: int
    """Counts the writes."""
    epoch: int
    """Counts the owners."""
    owner: str
    """The worker that took it last; empty after an orderly release."""
    takeovers: int
    """How often a worker was lost since the run last changed its state."""
    events: int
    """Length of the chain."""
    head: str
    """Hash of the last event."""


def unwritten(task: Task) -> Stored:
    """What the store knows of a task before its first write."""
    return Stored(task=task, rev=0, epoch=0, owner="", takeovers=0, events=0, head=GENESIS)


def pack(task: Task) -> bytes:
    """The document without the run's patch, compressed when that pays."""
    return _squeeze(task.model_dump(mode="json", exclude={"run": {"patch"}}))


def pack_patch(patch: Patch | None) -> bytes | None:
    """The compressed patch, or None when there is none or it is above PATCH_LIMIT."""
    if patch is None:
        return None
    packed = _squeeze(patch.model_dump(mode="json"))
    return packed if len(packed) <= PATCH_LIMIT else None


class NewerRecord(Stop):
    """A newer version of the product wrote it: its workers carry the task on."""


def unpack(task_id: str, fields: Mapping[bytes, bytes], *, reads: int = SCHEMA) -> Stored:
    """The record from a hash's fields; raises NewerRecord when it is above the version that is read here."""
    schema = int(fields[b"schema"])
    if schema > reads:
        reason = f"Task {task_id} was written by a newer version (record {schema}, this one reads {reads})."
        raise NewerRecord(reason, remedy="Update this process to the version of the others.")
    document = migrated(_expand(fields[b"doc"]), schema=schema)
    if fields.get(b"patch", b"null") != b"null" and document["run"] is not None:
        document["run"]["patch"] = _expand(fields[b"patch"])
    return Stored(
        task=Task.model_validate(document),
        rev=int(fields[b"rev"]),
        epoch=int(fields[b"epoch"]),
        owner=fields[b"owner"].decode(),
        takeovers=int(fields[b"takeovers"]),
        events=int(fields[b"events"]),
        head=fields[b"head"].decode(),
    )


def _squeeze(document: object) -> bytes:
    # ASCII JSON keeps the lone surrogates that stand for undecodable bytes of a diff
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()
    return text if len(text) <= _PLAIN_LIMIT else b"z" + zlib.compress(text, 6)


def _expand(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed[1:]) if packed[:1] == b"z" else packed)
