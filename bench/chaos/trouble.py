"""Slack, GitLab and the model fail: before the work is done, after it, slowly, with rate limits."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from playground.stack import Stack

Fault = tuple[str, dict[str, Any]]
"""A control's name and its arguments."""

SLACK: tuple[Fault, ...] = (
    ("rate_limit", {"method": "chat.postMessage", "retry_after": 1}),
    ("rate_limit", {"method": "chat.update", "times": 2, "retry_after": 2}),
    ("rate_limit", {"method": "conversations.replies", "retry_after": 1}),
    ("fail", {"method": "chat.postMessage", "status": 500}),
    ("fail", {"method": "chat.postMessage", "status": 503, "after_commit": True}),
    ("fail", {"method": "chat.postMessage", "after_commit": True}),
    ("fail", {"method": "chat.update", "status": 502, "after_commit": True}),
    ("fail", {"method": "conversations.history", "status": 500}),
    ("slow", {"method": "chat.postMessage", "seconds": 11}),
    ("slow", {"method": "chat.update", "seconds": 3}),
    ("disconnect", {}),
)
GITLAB: tuple[Fault, ...] = (
    ("rate_limit", {"path": "/api/v4/projects", "retry_after": 1}),
    ("fail", {"method": "POST", "path": "/merge_requests", "status": 500}),
    ("fail", {"method": "POST", "path": "/merge_requests", "status": 502, "after_commit": True}),
    ("fail", {"method": "POST", "path": "/merge_requests", "status": 500, "drop": True}),
    (
        "fail",
        {"method": "POST", "path": "/merge_requests", "status": 500, "after_commit": True, "drop": True},
    ),
    ("fail", {"method": "GET", "path": "/api/v4/projects", "status": 502}),
    ("fail", {"path": "git-receive-pack", "status": 503}),
    ("fail", {"path": "git-upload-pack", "status": 500}),
    ("slow", {"method": "POST", "path": "git-receive-pack", "seconds": 3}),
    ("slow", {"method": "POST", "path": "/merge_requests", "seconds": 4}),
)
MODEL: tuple[Fault, ...] = (
    ("rate_limit", {"times": 1, "retry_after": 1}),
    ("fail", {"times": 2, "status": 500}),
    ("fail", {"times": 1, "status": 529}),
    ("garbage", {"times": 1}),
    ("slow", {"times": 1, "seconds": 3}),
)


@dataclass
class Trouble:
    """Faults of the three services, one after another."""

    stack: Stack
    dice: random.Random
    did: Counter[str] = field(default_factory=Counter)

    async def go_on(self, between: tuple[float, float]) -> None:
        """Set a fault now and then, until cancelled."""
        services = (
            ("slack", self.stack.slack, SLACK),
            ("gitlab", self.stack.gitlab, GITLAB),
            ("model", self.stack.model, MODEL),
        )
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.sleep(self.dice.uniform(*between))
                name, url, faults = self.dice.choice(services)
                control, body = self.dice.choice(faults)
                async with session.post(f"{url}/_control/{control}", json=body) as answer:
                    answer.raise_for_status()
                self.did[name] += 1
