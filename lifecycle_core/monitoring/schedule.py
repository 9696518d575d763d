"""Which windows of a release should have been reviewed by a moment, and by when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.monitoring.windows import calendar_of

if TYPE_CHECKING:
    from lifecycle_core.schema.release import History
    from lifecycle_core.schema.release_file import ReviewSection
    from lifecycle_core.schema.review import Window

MOST = 12
"""As many windows are made good: a schedule that begins late begins without years of alerts."""


class DueWindow(NamedTuple):
    """A window that has ended.

    Attributes:
        window: The window.
        due_by: When its review begins to be missed, with a zone.
    """

    window: Window
    due_by: datetime


def due_windows(
    stated: ReviewSection, *, since: datetime | None, now: datetime
) -> tuple[DueWindow, ...]:
    """Return the windows whose reviews are due, the oldest first; the last 12 at most.

    Args:
        stated: Section `review` of the release file.
        since: When the release went live, with a zone; None if it never did. A window that had
            ended by then is nobody's duty.
        now: With a zone.

    Raises:
        InvalidCall: The section has a zone that is none.

    Example:
        >>> from datetime import UTC
        >>> from lifecycle_core.schema.release_file import ReviewSection
        >>> march = [datetime(2026, 3, day, tzinfo=UTC) for day in (4, 18)]
        >>> found = due_windows(ReviewSection(window="week"), since=march[0], now=march[1])
        >>> [each.window.label for each in found]
        ['2026-W10', '2026-W11']
    """
    if since is None or now <= since:
        return ()
    calendar = calendar_of(stated)
    found: list[DueWindow] = []
    window = calendar.last_complete(now, stated.window)
    while len(found) < MOST and (end := datetime.fromisoformat(window.end)) > since:
        found.append(DueWindow(window, end + timedelta(days=stated.grace_days)))
        window = calendar.previous(window)
    return tuple(reversed(found))


def live_since(history: History) -> datetime | None:
    """Return when a release first had a champion; None if it never had one.

    Args:
        history: Its ledger.
    """
    moments = [
        datetime.fromisoformat(entry.event.at)
        for entry in history.entries
        if entry.valid and entry.event.alias == "champion"
    ]
    return min(moments, default=None)
