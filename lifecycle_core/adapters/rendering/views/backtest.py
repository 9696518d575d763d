"""A backtest, one line a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.backtest import Backtest, Window

_MOST = 6
"""Metrics that are shown; the record holds all."""


def values(record: Backtest) -> dict[str, Any]:
    """Add the columns, a row of texts for each window, and the summary."""
    metrics = list(dict.fromkeys(name for window in record.windows for name in window.metrics))
    shown = metrics[:_MOST]
    priced = any(window.choice for window in record.windows)
    return {
        "metrics": shown,
        "priced": priced,
        "rows": [_row(record, window, shown) for window in record.windows],
        "summary": _summary(record, len(metrics) - len(shown)),
    }


def text(record: Backtest) -> list[RenderableType]:
    """Return one line a window, and the summary."""
    said = values(record)
    money = ["Cost per run", "Actions"] if said["priced"] else []
    model = ["Model"] if said["priced"] else []
    columns = [*record.names, "Result", *said["metrics"], *model, *money]
    made = table(*columns, numbers=[*said["metrics"], *money])
    for row in said["rows"]:
        cells = [Text(value) for value in row["window"]]
        cells += [mark(row["exit"]), *(Text(value) for value in row["metrics"])]
        if said["priced"]:
            cells += [Text(row["model"]), Text(row["cost"]), Text(row["actions"])]
        made.add_row(*cells)
    notes = [
        Text(f"{', '.join(row['window'])}: {row['note']}", style="red")
        for row in said["rows"]
        if row["note"]
    ]
    return [title(f"Backtest of pipeline {record.pipeline}"), made, *notes, Text(said["summary"])]


def _row(record: Backtest, window: Window, metrics: list[str]) -> dict[str, Any]:
    choice = window.choice
    acted = choice.actions_per_run if choice else None
    return {
        "window": [one_line(str(window.parameters.get(name, ""))) for name in record.names],
        "exit": window.exit,
        "metrics": [number(window.metrics[n]) if n in window.metrics else "" for n in metrics],
        "model": one_line(choice.chosen) if choice else "",
        "cost": number(choice.cost_per_run) if choice else "",
        "actions": "" if acted is None else number(round(acted)),
        "note": one_line(window.note),
    }


def _summary(record: Backtest, hidden: int) -> str:
    parts = [f"{len(record.windows)} windows; {record.ran} of {record.steps} steps ran"]
    if hidden > 0:
        parts.append(f"{hidden} more metrics are in the record")
    choices = [window.choice for window in record.windows if window.choice]
    if choices:
        costs, first = [choice.cost_per_run for choice in choices], choices[0]
        where = "held-out rows" if first.on_holdout else "rows out of fold"
        parts.append(
            f"cost per run on {where} from {number(min(costs))} to {number(max(costs))}, "
            f"on average {number(sum(costs) / len(costs))} {first.currency}"
        )
    return "; ".join(parts) + "."
