"""Stored documents of earlier versions, brought up to the present one as they are read."""

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]
"""A task as it was stored."""

Migration = Callable[[Document], Document]
"""From one version's document to the next one's; pure, as it may be applied on every read."""


def _planned(document: Document) -> Document:
    # 2 added `plan` and `waits`, whose defaults are what version 1 meant
    return document


def _reviewed(document: Document) -> Document:
    # 3 added what happens in review: feedback, purposes, consents, versions, stacks; none is what 2 meant
    return document


def _spoken_with(document: Document) -> Document:
    # 4 added what people say while it runs and after: answers, votes, engines, prompts; none is what 3 meant
    return document


MIGRATIONS: Mapping[int, Migration] = {1: _planned, 2: _reviewed, 3: _spoken_with}
"""Version → what makes the next one of it."""


def migrated(
    document: Document, *, schema: int, migrations: Mapping[int, Migration] = MIGRATIONS
) -> Document:
    """The document in the present version; the record is rewritten with its next change."""
    for version in sorted(migrations):
        if version >= schema:
            document = migrations[version](document)
    return document
