"""A new candidate beside the release that it is to replace, in money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import number, rule_sentence, signed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.finalization import Interval
    from lifecycle_core.schema.retraining import ChampionComparison, Contender

_METRICS = {"roc_auc": "ROC AUC", "r2": "R²"}


def values(record: ChampionComparison) -> dict[str, Any]:
    """Add both sides as rows, and the difference in words."""
    sides = [("new", record.candidate), (other(record), record.champion)]
    found = [side for _, side in sides if side]
    metric = next((m for m in _METRICS if found and m in found[0].metrics), None)
    return {
        "other": other(record),
        "metric_name": _METRICS.get(metric or "", ""),
        "acts": any(side.actions_per_run is not None for side in found),
        "rows": [_row(name, side, metric) for name, side in sides if side],
        "difference": _difference(record),
    }


def text(record: ChampionComparison) -> list[RenderableType]:
    """Return the standing, both sides and what it says."""
    said = values(record)
    head = title("Against", Text(f"{said['other']}:"), mark(record.standing))
    parts: list[RenderableType] = [head]
    if said["rows"]:
        extra = [*(["Actions"] if said["acts"] else []), said["metric_name"]]
        columns = [name for name in ("Cost per run", "95% interval", *extra) if name]
        made = table("Release", "Model", *columns, "Rule", numbers=columns)
        for row in said["rows"]:
            shown = [row["cost"], row["interval"], *([row["actions"]] if said["acts"] else [])]
            shown += [row["metric"]] if said["metric_name"] else []
            made.add_row(Text(row["name"]), Text(row["model"]), *shown, Text(row["rule"]))
        parts += [made, Text(f"Difference: {said['difference']}")]
    return [*parts, *(Text(f"- {sentence}") for sentence in record.reason)]


def other(record: ChampionComparison) -> str:
    """Return what the other release is called, such as `champion, version 3`."""
    version = f"version {record.version}"
    return f"{record.alias}, {version}" if record.alias else version


def _row(name: str, side: Contender, metric: str | None) -> dict[str, Any]:
    actions = side.actions_per_run
    return {
        "name": name,
        "model": side.candidate,
        "cost": number(side.cost_per_run),
        "interval": _between(side.cost_interval),
        "actions": "" if actions is None else number(round(actions)),
        "metric": f"{side.metrics[metric]:.3f}" if metric in side.metrics else "",
        "rule": rule_sentence(side.rule),
        "broken": side.broken_limits,
    }


def _difference(record: ChampionComparison) -> str:
    if record.difference is None or record.interval is None:
        return ""
    return (
        f"{signed(record.difference)} {record.currency} per run "
        f"({record.interval.level:.0%} interval {_between(record.interval)})"
    )


def _between(interval: Interval) -> str:
    return f"{number(interval.low)} to {number(interval.high)}"
