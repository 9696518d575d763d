"""The agreed rules of the table that a model eats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import table, title
from lifecycle_core.adapters.rendering.words import number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.contract import Contract, Feature

_HUMAN = ("meaning", "unit", "refresh", "owner")


def values(record: Contract) -> dict[str, Any]:
    """Add the rules of each column in words, and what people have yet to fill in."""
    return {
        "rows": [
            {
                "name": feature.name,
                "rules": _rules(feature),
                "meaning": feature.meaning,
                "unfilled": ", ".join(name for name in _HUMAN if not getattr(feature, name)),
            }
            for feature in record.features
        ],
        "freshness": _freshness(record),
    }


def text(record: Contract) -> list[RenderableType]:
    """Return the columns and their rules."""
    said = values(record)
    made = table("Column", "Rules", "Meaning", "Yet to fill in")
    for row in said["rows"]:
        made.add_row(*(Text(row[key]) for key in ("name", "rules", "meaning", "unfilled")))
    fresh = [Text(f"Freshness: {said['freshness']}")] if said["freshness"] else []
    return [title("Contract", record.name, record.version, f"({record.status})"), *fresh, made]


def _freshness(record: Contract) -> str:
    if record.freshness_hours is None:
        return ""
    if record.freshness_column is None:
        return f"at most {number(record.freshness_hours)} hours, not judged: no column is named"
    return f"{record.freshness_column} at most {number(record.freshness_hours)} hours old"


def _rules(feature: Feature) -> str:
    rules: list[str] = [feature.type, "required" if feature.required else "may be empty"]
    if feature.minimum is not None:
        rules.append(f"at least {number(feature.minimum)}")
    if feature.maximum is not None:
        rules.append(f"at most {number(feature.maximum)}")
    if feature.categories:
        rules.append("one of " + " | ".join(feature.categories))
    return ", ".join(rules)
