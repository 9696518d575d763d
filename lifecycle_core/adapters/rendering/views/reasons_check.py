"""Logged reasons, found again: how many, and which came out otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import facts, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.explaining import ReasonsCheck


def values(record: ReasonsCheck) -> dict[str, Any]:
    """Add the finding in words, and its figures."""
    return {"said": _said(record), "figures": _figures(record)}


def text(record: ReasonsCheck) -> list[RenderableType]:
    """Return the finding, its figures, and predictions whose reasons come out otherwise."""
    return [title(_said(record)), facts(*_figures(record))]


def _said(record: ReasonsCheck) -> str:
    checked = record.rows - record.skipped
    if not checked:
        return "No reasons could be checked"
    if record.different:
        return f"{record.different:,} of {checked:,} reasons come out otherwise"
    return "All reasons come out as they were logged"


def _figures(record: ReasonsCheck) -> list[tuple[str, str]]:
    found = [
        ("Release", record.release),
        ("Versions", ", ".join(map(str, record.versions)) or "none"),
        ("Predictions with reasons", f"{record.rows:,}"),
    ]
    if record.skipped:
        why = "a feature is hashed or not kept, or the bundle is another one"
        found.append(("Not checked", f"{record.skipped:,}: {why}"))
    if record.examples:
        more = ", ..." if record.different > len(record.examples) else ""
        found.append(("Come out otherwise", f"{', '.join(record.examples)}{more}"))
    return found
