"""Drift over windows and columns: the worst comparison of each column in each window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.words import number
from lifecycle_core.schema.recent_drift import recent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.review import ColumnDrift, Review

_WORST = ("no_material_drift", "not_enough_data", "drift")
_FIRST = ("score", "decision")
_DEEPEST = 3.0  # tolerances; what lies beyond has the same colour


def drift_map(reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """Return a row for each column: score and decision first, then what drifted most often.

    Windows are compared with those before them, as far as there are any.

    Each cell has its state, how deep its colour is in [0, 1], the effect in units of its tolerance,
    and a sentence; a window without the column has None.

    Example:
        >>> drift_map([])
        []
    """
    columns: dict[str, list[ColumnDrift | None]] = {}
    for place, review in enumerate(reviews):
        for each in recent(review.drift):
            row = columns.setdefault(each.column, [None] * len(reviews))
            held = row[place]
            row[place] = each if held is None or _badness(each) > _badness(held) else held
    rows = [
        {
            "column": column,
            "drifted": sum(each is not None and each.state == "drift" for each in found),
            "deepest": max(_effect(each) for each in found if each is not None),
            "cells": [None if each is None else _cell(each) for each in found],
        }
        for column, found in columns.items()
    ]
    return sorted(
        rows,
        key=lambda row: (
            row["column"] not in _FIRST, -row["drifted"], -row["deepest"], row["column"],
        ),
    )  # fmt: skip


def _cell(each: ColumnDrift) -> dict[str, Any]:
    effect = _effect(each)
    what = each.what.replace("_", " ")
    bounds = ""
    if each.low is not None and each.high is not None:
        bounds = f" ({number(each.low)} to {number(each.high)})"
    told = "" if each.value is None else f", effect {number(each.value)}{bounds}"
    return {
        "state": each.state,
        "depth": round(min(effect / _DEEPEST, 1.0), 2),
        "effect": "" if each.value is None else f"{effect:.1f}",
        "said": f"{what}{told}, tolerance {number(each.tolerance)}. {each.note}".strip(),
    }


def _badness(each: ColumnDrift) -> tuple[int, float]:
    return _WORST.index(each.state), _effect(each)


def _effect(each: ColumnDrift) -> float:
    """Return an effect in units of its tolerance."""
    return max(each.value or 0.0, 0.0) / each.tolerance
