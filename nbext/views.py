"""A record as what Jupyter shows: HTML where it can, text where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecycle_core.schema.base import Record


def mime_bundle(record: Record) -> dict[str, Any]:
    """Return a record's text and HTML by MIME type."""
    from lifecycle_core import verbs

    return {"text/plain": verbs.to_text(record).rstrip("\n"), "text/html": verbs.to_html(record)}
