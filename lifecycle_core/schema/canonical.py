"""The one text that a moment has in records, and the one digest that their content has."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """Return a moment as records hold it: in UTC, to the second.

    Args:
        moment: With a time zone.

    Example:
        >>> utc_text(datetime(2026, 3, 9, 7, 30, tzinfo=UTC))
        '2026-03-09T07:30:00Z'
    """
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def canonical_digest(content: object) -> str:
    """Return `sha256:` and the SHA-256 of plain JSON, whatever the order of its names.

    Args:
        content: Dictionaries, lists, texts, numbers, booleans and None.

    Example:
        >>> canonical_digest({"a": 1, "b": 2}) == canonical_digest({"b": 2, "a": 1})
        True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
