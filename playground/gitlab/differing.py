"""Where gitbeaker's types and GitLab's own documents differ, or the stand-in leaves out what nobody reads.

Patterns are a type, a colon and the place in it; a star stands for anything.
"""

NULL = frozenset(
    {
        "assignee_id",
        "avatar_url",
        "checkout_sha",
        "closed_at",
        "commit_id",
        "committed_at",
        "coverage",
        "description",
        "discussion_locked",
        "due_date",
        "duration",
        "erased_at",
        "expires_at",
        "failure_reason",
        "finished_at",
        "group_access",
        "group_id",
        "health_status",
        "human_time_change",
        "human_time_estimate",
        "human_total_time_spent",
        "last_edited_at",
        "last_edited_by_id",
        "line_code",
        "merge_commit_sha",
        "milestone",
        "milestone_id",
        "name",
        "priority",
        "project_access",
        "runner",
        "stack_trace",
        "started_at",
        "system_output",
        "target_url",
        "updated_by_id",
        "user_avatar",
    }
)
"""Fields that GitLab leaves null where gitbeaker, which writes down examples, has a value."""

NOT_SENT = (
    "ProjectSchema:*",  # settings that nothing here depends on
    "JobSchema:/user/*",  # as everybody sees a user, not as an administrator does
    "JobSchema:/artifacts_file",  # a job without artifacts has none
    "SimpleUserSchema:/created_at",  # for administrators
    "LabelSchema:/*_count",  # only counted when asked for
    "SimpleMemberSchema:/email",  # for administrators
    "PersonalAccessTokenSchema:/token",  # shown once, when it is made
    "RepositoryFileSchema:/branch",  # GitLab says `ref`
    "Webhook*:/event_name",  # only pushes carry it; the others say `event_type`
    "Webhook*:*/state",  # people in hooks have a name, a picture and an address
    "Webhook*:*/web_url",
    "Webhook*:/changes/*",  # only what changed is in it
    "WebhookIssueEventSchema:/assignee",  # left out when there is none
    "WebhookIssueEventSchema:/object_attributes/escalation_*",  # of incidents
    "WebhookIssueNoteEventSchema:/issue/position",
    "WebhookIssueNoteEventSchema:/issue/branch_name",
    "WebhookMergeRequestNoteEventSchema:/merge_request/position",
    "WebhookPipelineEventSchema:/source_pipeline",  # of child pipelines
)
"""Fields that are required by the type."""

OTHERWISE = (
    "*:/detailed_merge_status",  # GitLab has more of them, `conflict` among them
    "Webhook*NoteEventSchema:/object_attributes/noteable_id",  # a number
    "CreateIssueOptions:/labels",  # a list is taken too
)
"""Fields of another kind than the type has."""
