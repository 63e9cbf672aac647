"""Which published types are checked: the documents, their packages and the types taken from each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
"""Where the generated documents, the list of packages and its lock stand."""


@dataclass(frozen=True)
class Source:
    """One generated document."""

    target: Path
    packages: Mapping[str, tuple[str, ...]]
    """Types by npm package."""
    flags: tuple[str, ...] = ()
    """More arguments of the generator."""
    open: bool = False
    """True where what others send may have more fields than the types say: GitLab adds some every month."""

    @property
    def roots(self) -> dict[str, str]:
        """The expression of each type by its name."""
        return {
            name: f"{_alias(package)}.{name}" for package, names in self.packages.items() for name in names
        }

    @property
    def program(self) -> str:
        """TypeScript that exports every type once more, under the name `Root…`."""
        imports = [f'import * as {_alias(package)} from "{package}";' for package in self.packages]
        exports = [f"export type Root{name} = {known};" for name, known in self.roots.items()]
        return "\n".join([*imports, *exports])


def _alias(package: str) -> str:
    return package.strip("@").replace("/", "_").replace("-", "_")


SLACK = Source(
    target=HERE / "slack_types.schema.json",
    packages={
        "@slack/types": (
            "KnownBlock",
            "ModalView",
            "HomeView",
            "AppMentionEvent",
            "GenericMessageEvent",
            "FileShareMessageEvent",
            "MessageChangedEvent",
            "ReactionAddedEvent",
            "ReactionRemovedEvent",
            "AppHomeOpenedEvent",
            "MessageMetadata",
            "MessageMetadataPostedEvent",
        ),
        "@slack/bolt": (
            "SlashCommand",
            "BlockAction",
            "ViewSubmitAction",
            "ViewClosedAction",
            "BlockSuggestion",
            "GlobalShortcut",
            "MessageShortcut",
            "EnvelopedEvent",
            "ViewResponseAction",
        ),
    },
)

GITLAB = Source(
    target=HERE / "gitlab_types.schema.json",
    packages={
        "@gitbeaker/core": (
            "AcceptMergeRequestOptions",
            "AddResourceHookOptions",
            "AllCommitsOptions",
            "AllIssuesOptions",
            "AllMergeRequestsOptions",
            "AllPipelinesOptions",
            "AllProjectsOptions",
            "AllUsersOptions",
            "BranchSchema",
            "CommitDiffSchema",
            "CommitSchema",
            "CommitStatusSchema",
            "CreateIssueOptions",
            "CreateMergeRequestOptions",
            "DiscussionNoteSchema",
            "DiscussionSchema",
            "EditIssueOptions",
            "EditMergeRequestOptions",
            "EditPipelineStatusOptions",
            "ExpandedMergeRequestSchema",
            "ExpandedPipelineSchema",
            "IssueNoteSchema",
            "IssueSchemaWithBasicLabels",
            "JobSchema",
            "LabelSchema",
            "MergeRequestDiffSchema",
            "MergeRequestDiffVersionsSchema",
            "MergeRequestLevelMergeRequestApprovalSchema",
            "MergeRequestNoteSchema",
            "MergeRequestReviewerSchema",
            "MergeRequestSchemaWithBasicLabels",
            "MetadataSchema",
            "PersonalAccessTokenSchema",
            "PipelineSchema",
            "PipelineTestReportSchema",
            "ProjectFileUploadSchema",
            "ProjectHookSchema",
            "ProjectSchema",
            "ProtectedBranchSchema",
            "RepositoryCompareSchema",
            "RepositoryFileSchema",
            "RepositoryTreeSchema",
            "SimpleMemberSchema",
            "SimpleUserSchema",
            "WebhookIssueEventSchema",
            "WebhookIssueNoteEventSchema",
            "WebhookMergeRequestEventSchema",
            "WebhookMergeRequestNoteEventSchema",
            "WebhookPipelineEventSchema",
            "WebhookPushEventSchema",
        ),
    },
    flags=("--expose", "all"),
    open=True,
)

SOURCES = (SLACK, GITLAB)
"""Every document."""
