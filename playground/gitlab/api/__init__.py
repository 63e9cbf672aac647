"""The REST API, one file per kind of thing; this table says which function answers which address."""

from playground.gitlab.api import (
    about,
    branches,
    discussions,
    hooks,
    issues,
    labels,
    merge_request_acts,
    merge_requests,
    notes,
    pipelines,
    projects,
    repository,
    statuses,
)

ROUTES = (
    *about.ROUTES,
    *projects.ROUTES,
    *branches.ROUTES,
    *repository.ROUTES,
    *merge_requests.ROUTES,
    *merge_request_acts.ROUTES,
    *notes.ROUTES,
    *discussions.ROUTES,
    *labels.ROUTES,
    *pipelines.ROUTES,
    *statuses.ROUTES,
    *issues.ROUTES,
    *hooks.ROUTES,
)
