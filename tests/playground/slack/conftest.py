import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.playground.slack.scripted_app import ScriptedApp, scripted


@dataclass
class Clock:
    """A clock that tests move forward; it starts at the real time, for the signatures."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> SlackStandIn:
    return SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY, clock=clock)


@pytest.fixture
async def url(slack: SlackStandIn) -> AsyncIterator[str]:
    async with serving(slack.app) as address:
        yield address


@pytest.fixture
def client(url: str) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_KEY, base_url=f"{url}/api/")


@pytest.fixture
async def ana(url: str) -> AsyncIterator[Person]:
    async with Person(url, "U0ANA") as person:
        yield person


@pytest.fixture
async def app(slack: SlackStandIn, url: str) -> AsyncIterator[ScriptedApp]:
    async with scripted(slack) as script:
        yield script
