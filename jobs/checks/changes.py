"""The changed files with both contents, and what is laid over a tree so that tests stay comparable."""

from collections.abc import Callable
from dataclasses import dataclass

from jobs.checks.layout import is_product_code, is_settings, is_test, is_tool_settings
from jobs.checks.side import Overlay
from jobs.domain.patch import ChangeStatus, FileChange


@dataclass(frozen=True)
class SourceChange:
    """A changed file with its content on both sides."""

    file: FileChange
    """What git says."""
    before: bytes | None
    """On the target base; None when it was not there."""
    after: bytes | None
    """On the head; None when it is gone or no regular file."""
    companion: bool = False
    """True for a file outside the tests' folders that only tests use; see companions."""

    @property
    def path(self) -> str:
        """Where it is after the change."""
        return self.file.path

    def text(self) -> tuple[str, str]:
        """Both sides as text; empty where there is none."""
        before, after = self.before or b"", self.after or b""
        return before.decode("utf-8", "replace"), after.decode("utf-8", "replace")


def base_tests(changes: tuple[SourceChange, ...]) -> Overlay:
    """What makes the head's tests and test settings those of the target base."""
    beside = {path for one in changes if one.companion for path in (one.path, one.file.old_path)}
    return _restore(changes, lambda path: is_test(path) or is_settings(path) or path in beside)


def base_settings(changes: tuple[SourceChange, ...]) -> Overlay:
    """What makes the head's test settings those of the target base."""
    return _restore(changes, is_settings)


def tool_settings(changes: tuple[SourceChange, ...]) -> Overlay:
    """What makes the head's settings of linters and type checkers those of the target base."""
    return _restore(changes, is_tool_settings)


def head_tests(changes: tuple[SourceChange, ...]) -> Overlay:
    """What brings the head's tests, and nothing else of it, onto the target base."""
    overlay: dict[str, bytes | None] = {
        one.path: one.after for one in changes if is_test(one.path) or one.companion
    }
    for one in changes:
        old = one.file.old_path
        if one.file.status is ChangeStatus.RENAMED and old and (is_test(old) or one.companion):
            overlay.setdefault(old, None)
    return overlay


def changed_product(changes: tuple[SourceChange, ...]) -> tuple[str, ...]:
    """Delivered source files that the head has and the change touches."""
    return tuple(one.path for one in changes if is_product_code(one.path) and one.after is not None)


def _restore(changes: tuple[SourceChange, ...], wanted: Callable[[str], bool]) -> Overlay:
    overlay: dict[str, bytes | None] = {}
    for one in changes:
        old = one.file.old_path if one.file.status is ChangeStatus.RENAMED else None
        if old and wanted(old):
            overlay[old] = one.before
        if wanted(one.path):
            overlay[one.path] = None if old else one.before
    return overlay
