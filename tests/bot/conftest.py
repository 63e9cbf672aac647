import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import SIGNING_KEY
from tests.bot.world import Bot, running


@pytest.fixture
def slack() -> SlackStandIn:
    """Slack as the manifest installs the app: no scope, command or event more."""
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
    return SlackStandIn(demo_workspace(manifest), signing_secret=SIGNING_KEY, clock=time.time)


@pytest.fixture
async def slack_url(slack: SlackStandIn) -> AsyncIterator[str]:
    async with serving(slack.app) as address:
        yield address


@pytest.fixture
async def bot(slack_url: str, redis_url: str) -> AsyncIterator[Bot]:
    async with running(slack_url=slack_url, redis_url=redis_url) as one:
        yield one


@pytest.fixture
async def ana(slack_url: str) -> AsyncIterator[Person]:
    async with Person(slack_url, "U0ANA") as person:
        yield person


@pytest.fixture
async def ben(slack_url: str) -> AsyncIterator[Person]:
    async with Person(slack_url, "U0BEN") as person:
        yield person


@pytest.fixture
async def eve(slack_url: str) -> AsyncIterator[Person]:
    async with Person(slack_url, "U0EVE") as person:
        yield person
