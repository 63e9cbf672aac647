"""What the operator decides about reworking and updating open merge requests: `[rework]` of codegen.toml."""

from typing import Annotated

from pydantic import Field

from jobs.domain.base_model import Frozen


class ReworkTable(Frozen):
    """The `[rework]` table."""

    resolve: bool = False
    """True: a discussion whose words led to a change is marked as resolved; else people do that."""
    conflicts: bool = True
    """True: a conflict with the target branch is worked on without being asked, once per head."""
    stale_hours: Annotated[float, Field(gt=0)] | None = None
    """Hours after which a branch whose target moved on is brought up to date; left out, only when asked."""
