"""Which published type each call's options and answer have; nothing stands where gitbeaker has no type."""

from dataclasses import dataclass

MR = "/projects/{project}/merge_requests/{iid}"
REPOSITORY = "/projects/{project}/repository"


@dataclass(frozen=True)
class Operation:
    """One route, and the names of the types."""

    method: str
    path: str
    answer: str = ""
    """The type of the answer's body; `[]` at its end for a list."""
    options: str = ""
    """The type of the parameters that may be left out."""
    arguments: tuple[str, ...] = ()
    """Parameters that gitbeaker takes as arguments of their own."""


OPERATIONS = (
    Operation("GET", "/metadata", "MetadataSchema"),
    Operation("GET", "/user", "SimpleUserSchema"),
    Operation("GET", "/users", "SimpleUserSchema[]", "AllUsersOptions"),
    Operation("GET", "/users/{user}", "SimpleUserSchema"),
    Operation("GET", "/personal_access_tokens/self", "PersonalAccessTokenSchema"),
    Operation("GET", "/projects", "ProjectSchema[]", "AllProjectsOptions"),
    Operation("GET", "/projects/{project}", "ProjectSchema", arguments=("license", "statistics")),
    Operation("GET", "/projects/{project}/members", "SimpleMemberSchema[]", arguments=("query", "userIds")),
    Operation("GET", "/projects/{project}/members/all", "SimpleMemberSchema[]", arguments=("query",)),
    Operation("GET", "/projects/{project}/members/{user}", "SimpleMemberSchema"),
    Operation("GET", "/projects/{project}/members/all/{user}", "SimpleMemberSchema"),
    Operation("POST", "/projects/{project}/uploads", "ProjectFileUploadSchema"),
    Operation("GET", f"{REPOSITORY}/branches", "BranchSchema[]", arguments=("search", "regex")),
    Operation("POST", f"{REPOSITORY}/branches", "BranchSchema", arguments=("branch", "ref")),
    Operation("GET", f"{REPOSITORY}/branches/{{branch}}", "BranchSchema"),
    Operation("GET", "/projects/{project}/protected_branches", "ProtectedBranchSchema[]"),
    Operation("GET", f"{REPOSITORY}/commits", "CommitSchema[]", "AllCommitsOptions"),
    Operation("GET", f"{REPOSITORY}/commits/{{sha}}", "CommitSchema", arguments=("stats",)),
    Operation("GET", f"{REPOSITORY}/commits/{{sha}}/diff", "CommitDiffSchema[]"),
    Operation(
        "GET",
        f"{REPOSITORY}/compare",
        "RepositoryCompareSchema",
        arguments=("from", "to", "straight", "fromProjectId"),
    ),
    Operation("GET", f"{REPOSITORY}/merge_base", "CommitSchema", arguments=("refs",)),
    Operation("GET", f"{REPOSITORY}/tree", "RepositoryTreeSchema[]", arguments=("path", "ref", "recursive")),
    Operation("GET", f"{REPOSITORY}/files/{{path}}", "RepositoryFileSchema", arguments=("ref",)),
    Operation("GET", f"{REPOSITORY}/commits/{{sha}}/statuses", "CommitStatusSchema[]"),
    Operation(
        "POST",
        "/projects/{project}/statuses/{sha}",
        "CommitStatusSchema",
        "EditPipelineStatusOptions",
        arguments=("state",),
    ),
    Operation(
        "GET", "/merge_requests", "MergeRequestSchemaWithBasicLabels[]", options="AllMergeRequestsOptions"
    ),
    Operation(
        "GET",
        "/projects/{project}/merge_requests",
        "MergeRequestSchemaWithBasicLabels[]",
        options="AllMergeRequestsOptions",
    ),
    Operation(
        "POST",
        "/projects/{project}/merge_requests",
        "ExpandedMergeRequestSchema",
        options="CreateMergeRequestOptions",
        arguments=("sourceBranch", "targetBranch", "title"),
    ),
    Operation(
        "GET",
        MR,
        "ExpandedMergeRequestSchema",
        arguments=("renderHtml", "includeDivergedCommitsCount", "includeRebaseInProgress"),
    ),
    Operation("PUT", MR, "ExpandedMergeRequestSchema", options="EditMergeRequestOptions"),
    Operation("PUT", f"{MR}/merge", "ExpandedMergeRequestSchema", options="AcceptMergeRequestOptions"),
    Operation("POST", f"{MR}/cancel_merge_when_pipeline_succeeds", "ExpandedMergeRequestSchema"),
    Operation("GET", f"{MR}/versions", "MergeRequestDiffVersionsSchema[]"),
    Operation("GET", f"{MR}/diffs", "MergeRequestDiffSchema[]"),
    Operation("GET", f"{MR}/commits", "CommitSchema[]"),
    Operation("GET", f"{MR}/pipelines", "PipelineSchema[]"),
    Operation("POST", f"{MR}/pipelines", "ExpandedPipelineSchema"),
    Operation("GET", f"{MR}/approvals", "MergeRequestLevelMergeRequestApprovalSchema"),
    Operation(
        "POST",
        f"{MR}/approve",
        "MergeRequestLevelMergeRequestApprovalSchema",
        arguments=("sha", "approvalPassword"),
    ),
    Operation("GET", f"{MR}/reviewers", "MergeRequestReviewerSchema[]"),
    Operation("GET", f"{MR}/discussions", "DiscussionSchema[]"),
    Operation(
        "POST",
        f"{MR}/discussions",
        "DiscussionSchema",
        arguments=("body", "position", "commitId", "createdAt"),
    ),
    Operation("GET", f"{MR}/discussions/{{discussion}}", "DiscussionSchema"),
    Operation("PUT", f"{MR}/discussions/{{discussion}}", "DiscussionSchema", arguments=("resolved",)),
    Operation(
        "POST",
        f"{MR}/discussions/{{discussion}}/notes",
        "DiscussionNoteSchema",
        arguments=("body", "createdAt"),
    ),
    Operation(
        "PUT",
        f"{MR}/discussions/{{discussion}}/notes/{{note}}",
        "DiscussionNoteSchema",
        arguments=("body", "resolved"),
    ),
    *(
        Operation(method, f"/projects/{{project}}/{kind}/{{iid}}/notes{rest}", answer, arguments=arguments)
        for kind, note in (("merge_requests", "MergeRequestNoteSchema"), ("issues", "IssueNoteSchema"))
        for method, rest, answer, arguments in (
            ("GET", "", f"{note}[]", ("sort", "orderBy")),
            ("POST", "", note, ("body", "internal", "createdAt")),
            ("GET", "/{note}", note, ()),
            ("PUT", "/{note}", note, ("body",)),
        )
    ),
    Operation("GET", "/projects/{project}/labels", "LabelSchema[]", arguments=("withCounts", "search")),
    Operation(
        "POST",
        "/projects/{project}/labels",
        "LabelSchema",
        arguments=("name", "color", "description", "priority"),
    ),
    Operation("GET", "/projects/{project}/labels/{label}", "LabelSchema"),
    Operation("GET", "/projects/{project}/pipelines", "PipelineSchema[]", "AllPipelinesOptions"),
    Operation("GET", "/projects/{project}/pipelines/{pipeline}", "ExpandedPipelineSchema"),
    Operation(
        "GET",
        "/projects/{project}/pipelines/{pipeline}/jobs",
        "JobSchema[]",
        arguments=("scope", "includeRetried"),
    ),
    Operation("GET", "/projects/{project}/pipelines/{pipeline}/test_report", "PipelineTestReportSchema"),
    Operation("GET", "/projects/{project}/jobs/{job}", "JobSchema"),
    Operation("POST", "/projects/{project}/jobs/{job}/retry", "JobSchema"),
    Operation("GET", "/projects/{project}/issues", "IssueSchemaWithBasicLabels[]", "AllIssuesOptions"),
    Operation(
        "POST",
        "/projects/{project}/issues",
        "IssueSchemaWithBasicLabels",
        "CreateIssueOptions",
        arguments=("title",),
    ),
    Operation("GET", "/projects/{project}/issues/{iid}", "IssueSchemaWithBasicLabels"),
    Operation("PUT", "/projects/{project}/issues/{iid}", "IssueSchemaWithBasicLabels", "EditIssueOptions"),
    Operation("GET", "/projects/{project}/hooks", "ProjectHookSchema[]"),
    Operation(
        "POST", "/projects/{project}/hooks", "ProjectHookSchema", "AddResourceHookOptions", arguments=("url",)
    ),
)
"""Every route of the stand-in that gitbeaker has a type for."""

WITHOUT_TYPE = (
    ("GET", f"{MR}/changes"),
    ("GET", f"{MR}/versions/{{version}}"),
    ("GET", f"{MR}/approval_state"),
    ("POST", f"{MR}/unapprove"),
    ("PUT", f"{MR}/rebase"),
    ("GET", "/projects/{project}/jobs/{job}/trace"),
    ("GET", f"{REPOSITORY}/files/{{path}}/raw"),
    ("GET", f"{REPOSITORY}/files/{{path}}/blame"),
    ("GET", "/version"),
)
"""Routes whose answers are no JSON, empty, or something that gitbeaker has no type for.

Of a blamed commit GitLab's documentation shows fewer fields than gitbeaker's type of a commit has.
"""

EVENTS = {
    ("push", ""): "WebhookPushEventSchema",
    ("merge_request", ""): "WebhookMergeRequestEventSchema",
    ("pipeline", ""): "WebhookPipelineEventSchema",
    ("issue", ""): "WebhookIssueEventSchema",
    ("note", "MergeRequest"): "WebhookMergeRequestNoteEventSchema",
    ("note", "Issue"): "WebhookIssueNoteEventSchema",
}
"""Types of webhook bodies by `object_kind` and, for notes, `noteable_type`."""
