"""What people decided about a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.schema.base import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from lifecycle_core.schema.release_file import ReleaseFile

_SECTIONS = (
    "workflow", "value", "costs", "limits", "contract", "owners", "review", "retraining", "policy",
)  # fmt: skip
OPTIONAL = {"limits", "contract", "policy"}
_UNNAMED = {"retraining"}
"""Sections that are shown only where something is stated: most releases need none."""


def values(record: ReleaseFile) -> dict[str, Any]:
    """Add the sections with what was stated in each."""
    found = [(name, list(_stated(getattr(record, name)))) for name in _SECTIONS]
    return {
        "sections": [(name, rows) for name, rows in found if rows or name not in _UNNAMED],
        "optional": OPTIONAL,
    }


def text(record: ReleaseFile) -> list[RenderableType]:
    """Return the sections, one row each."""
    made = table("Section", "Stated")
    for name, rows in values(record)["sections"]:
        stated = Text("\n".join(f"{key}: {value}" for key, value in rows))
        made.add_row(name, stated if rows else mark("none" if name in OPTIONAL else "missing"))
    return [title("Release file", record.model.name, f"({record.model.task})"), made]


def _stated(section: Record) -> Iterator[tuple[str, str]]:
    for name in sorted(section.model_fields_set, key=list(type(section).model_fields).index):
        value = getattr(section, name)
        if value is not None:
            yield name.replace("_", " "), _words(value)


def _words(value: object) -> str:
    if isinstance(value, Record):
        return ", ".join(f"{name} {said}" for name, said in _stated(value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(said)}" for name, said in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:,g}" if isinstance(value, float) else str(value)
