"""The bot's environment and the operator's file: every problem at once, secrets as SecretStr."""

import os
from collections.abc import Mapping

from pydantic import SecretStr

from jobs.domain.base_model import Frozen
from jobs.domain.starter import Starters
from jobs.errors import Refused
from jobs.settings import OperatorFile, missing, operator_file, slack_api_url
from jobs.specify.starters import SHIPPED, starters


class BotSettings(Frozen):
    """What the bot needs to start."""

    redis_url: SecretStr
    """REDIS_URL."""
    slack_bot_token: SecretStr
    """SLACK_BOT_TOKEN."""
    slack_app_token: SecretStr | None
    """SLACK_APP_TOKEN: set, the bot listens by Socket Mode and needs no inbound port."""
    slack_signing_secret: SecretStr | None
    """SLACK_SIGNING_SECRET: what HTTP requests are checked with when there is no app token."""
    slack_api_url: str
    """SLACK_API_URL, ending in a slash."""
    port: int | None
    """PORT: where HTTP and /health are served; None serves neither."""
    gitlab_webhook_secret: SecretStr | None = None
    """GITLAB_WEBHOOK_SECRET: set, GitLab's webhooks are heard at PORT; without it workers ask GitLab."""
    operator: OperatorFile
    """codegen.toml."""
    templates: Starters = SHIPPED
    """What specs may begin with."""

    @property
    def socket_mode(self) -> bool:
        """True when Slack is reached by Socket Mode."""
        return self.slack_app_token is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret, for the log to leave out."""
        slack = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret)
        known = (self.redis_url, self.gitlab_webhook_secret, *slack)
        return tuple(one.get_secret_value() for one in known if one)


def bot_settings(environment: Mapping[str, str] = os.environ) -> BotSettings:
    """The bot's settings; raises Refused with every problem, by the variable's name."""
    problems = missing(environment, "REDIS_URL", "SLACK_BOT_TOKEN") | _transport(environment)
    problems = _port(environment) | problems
    operator, templates = OperatorFile(), SHIPPED
    try:
        operator = operator_file(environment)
        templates = starters(operator.specs)
    except Refused as refused:
        problems |= refused.problems
    if problems:
        raise Refused(problems)
    return BotSettings(
        redis_url=SecretStr(environment["REDIS_URL"]),
        slack_bot_token=SecretStr(environment["SLACK_BOT_TOKEN"]),
        slack_app_token=_secret(environment, "SLACK_APP_TOKEN"),
        slack_signing_secret=_secret(environment, "SLACK_SIGNING_SECRET"),
        slack_api_url=slack_api_url(environment),
        port=int(environment["PORT"]) if environment.get("PORT") else None,
        gitlab_webhook_secret=_secret(environment, "GITLAB_WEBHOOK_SECRET"),
        operator=operator,
        templates=templates,
    )


def _transport(environment: Mapping[str, str]) -> dict[str, str]:
    if environment.get("SLACK_APP_TOKEN"):
        return {}
    remedy = "is not set; set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET and PORT for HTTP"
    absent = [name for name in ("SLACK_SIGNING_SECRET", "PORT") if not environment.get(name)]
    return dict.fromkeys(["SLACK_APP_TOKEN", *absent], remedy) if absent else {}


def _port(environment: Mapping[str, str]) -> dict[str, str]:
    port = environment.get("PORT")
    if not port and environment.get("GITLAB_WEBHOOK_SECRET"):
        return {"PORT": "is not set; GitLab's webhooks are heard there, or leave GITLAB_WEBHOOK_SECRET empty"}
    if not port or (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return {}
    return {"PORT": "must be a number from 1 to 65535"}


def _secret(environment: Mapping[str, str], name: str) -> SecretStr | None:
    value = environment.get(name)
    return SecretStr(value) if value else None
