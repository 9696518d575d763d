"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

from lifecycle_core.errors import InvalidCall


def moment_of(text: datetime | str | None, *, option: str = "--as-of") -> datetime:
    """Return a moment that somebody wrote; now if None.

    Args:
        text: ISO 8601, in UTC if it names no zone.
        option: What it was written for, for the message.

    Raises:
        InvalidCall: It is none.

    Example:
        >>> moment_of("2026-03-09").isoformat()
        '2026-03-09T00:00:00+00:00'
    """
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else text
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidCall(
            f"{option} is {text!r}, which is no moment.",
            hint="Write it as 2026-03-09 or 2026-03-09T07:30:00Z.",
        ) from None
