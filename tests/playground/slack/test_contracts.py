"""The data files are what their sources say."""

import json
from pathlib import Path

import pytest

from playground.contracts import extract, generate
from playground.contracts.sources import SLACK
from playground.slack import SlackStandIn
from playground.slack.contracts import CONTRACTS, methods, problems
from playground.slack.web_api import WebApi

SHARED = Path(__file__).parents[4] / "shared" / "contracts" / "slack_methods.json"


@pytest.mark.skipif(
    not SHARED.exists(), reason="the full list of Slack's methods is not beside this checkout"
)
def test_the_methods_are_cut_out_of_the_full_list() -> None:
    contract = extract.extract(json.loads(SHARED.read_text()))
    assert extract.TARGET.read_text() == extract.rendered(contract)


def test_every_method_of_the_contract_is_answered(slack: SlackStandIn) -> None:
    assert set(methods()) == set(extract.METHODS)
    api = WebApi(slack.state, slack.sockets.connections_open)
    assert set(api.methods()) == set(extract.METHODS)


def test_the_schemas_hold_every_root_and_nothing_unreachable() -> None:
    text = SLACK.target.read_text()
    definitions = json.loads(text)["definitions"]
    assert generate.rendered(generate.trimmed(definitions, SLACK)) == text


def test_no_address_stands_in_the_data() -> None:
    for path in CONTRACTS.glob("*.json"):
        text = path.read_text().replace("http://json-schema.org/draft-07/schema#", "")
        assert "://" not in text


def test_the_schemas_tell_the_branch_that_was_meant() -> None:
    wrong = {"type": "section", "accessory": {"type": "button", "text": {"type": "mrkdwn", "text": "x"}}}
    assert problems(wrong, "SectionBlock") == [
        "[ERROR] 'plain_text' was expected [json-pointer:/accessory/text/type]"
    ]
