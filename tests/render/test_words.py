"""Untrusted words in Slack and GitLab: they say what they say, and do nothing."""

from jobs.render import mrkdwn, neutral


def test_nothing_turns_around_what_follows_and_scripts_from_the_right_stay() -> None:
    for shown in (mrkdwn, neutral):
        assert shown("pay \u202e001\u2066 \u05e9\u05dc\u05d5\u05dd") == "pay 001 \u05e9\u05dc\u05d5\u05dd"
