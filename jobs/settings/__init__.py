"""What the operator decides: this process's environment and codegen.toml."""

from jobs.settings.environment import (
    MISSING,
    WorkerSettings,
    home,
    missing,
    operator_file,
    problems_by_field,
    secret_values,
    slack_api_url,
    worker_settings,
)
from jobs.settings.operator_file import NO_HELP, ChecksTable, OperatorFile, RepositorySettings

__all__ = [
    "MISSING",
    "NO_HELP",
    "ChecksTable",
    "OperatorFile",
    "RepositorySettings",
    "WorkerSettings",
    "home",
    "missing",
    "operator_file",
    "problems_by_field",
    "secret_values",
    "slack_api_url",
    "worker_settings",
]
