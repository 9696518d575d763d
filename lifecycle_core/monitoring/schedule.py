"""Which windows of a release should have been reviewed by a moment, and by when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.windows import calendar_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.monitoring.windows import BusinessCalendar
    from lifecycle_core.schema.release import History
    from lifecycle_core.schema.release_file import ReviewSection
    from lifecycle_core.schema.review import Window

MOST = 12
"""As many windows are made good: a schedule that begins late begins without years of alerts."""

_ZONES = timedelta(days=1)  # more than a day apart no two zones begin one


class DueWindow(NamedTuple):
    """A window that has ended.

    Attributes:
        window: The window.
        due_by: When its review begins to be missed, with a zone.
    """

    window: Window
    due_by: datetime


def due_windows(
    stated: ReviewSection,
    *,
    since: datetime | None,
    now: datetime,
    kept: Sequence[Window] = (),
) -> tuple[DueWindow, ...]:
    """Return the windows whose reviews are due, the oldest first; the last 12 at most.

    Args:
        stated: Section `review` of the release file.
        since: When the release went live, with a zone; None if it never did. A window that had
            ended by then is nobody's duty.
        now: With a zone.
        kept: Windows whose reviews are kept. What they cover together needs no other review: so
            where the calendar changes from months to weeks, those of the months before do not.

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
    labels = {each.label for each in kept}
    found: list[DueWindow] = []
    window = calendar.last_complete(now, stated.window)
    while len(found) < MOST and (end := datetime.fromisoformat(window.end)) > since:
        found.append(DueWindow(window, end + timedelta(days=stated.grace_days)))
        window = calendar.previous(window)
    return tuple(
        each
        for each in reversed(found)
        if each.window.label in labels or not _covered(each.window, kept, since)
    )


def same_span(calendar: BusinessCalendar, label: str, end: str) -> bool:
    """Whether a calendar means by a label the window that ended then, give or take a time zone."""
    try:
        meant = calendar.window(label)
    except InvalidCall:  # what another calendar called a window
        return False
    return abs(datetime.fromisoformat(meant.end) - datetime.fromisoformat(end)) <= _ZONES


def _covered(window: Window, kept: Sequence[Window], since: datetime) -> bool:
    """Whether windows hold all of another one, from when the release was live."""
    place, end = max(datetime.fromisoformat(window.start), since), _end(window)
    for each in sorted(kept, key=lambda each: (_end(each), each.start)):
        if datetime.fromisoformat(each.start) <= place:
            place = max(place, _end(each))
    return place >= end


def _end(window: Window) -> datetime:
    return datetime.fromisoformat(window.end)


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
