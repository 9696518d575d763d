"""Which version of a release a window is about: scores of different versions are not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.window_counts import Answers, WindowCounts


def main_version(window: WindowCounts) -> str:
    """Return the version that answered most of a window, the newer of two; empty without rows.

    Example:
        >>> from lifecycle_core.schema.window_counts import WindowCounts
        >>> main_version(WindowCounts(rows=9, versions={"3": 2, "4": 7}))
        '4'
    """
    versions = window.versions
    return max(versions, key=lambda name: (versions[name], len(name), name), default="")


def answers_of(window: WindowCounts, version: str) -> Answers | None:
    """Return what a version answered in a window; None where it did not."""
    return next((each for each in window.answers if each.version == version), None)


def only(window: WindowCounts, version: str) -> WindowCounts:
    """Return the score groups of one version alone, and of the rest nothing."""
    groups = tuple(each for each in window.groups if each.version == version)
    return window.model_copy(update={"groups": groups})


def new_since(reference: WindowCounts, version: str) -> str:
    """Return why a version cannot be compared with the windows before; empty if it can."""
    if not version or not reference.answers or answers_of(reference, version) is not None:
        return ""
    return f"Version {version} has no scores in the windows before: the version changed."
