"""The choice of one candidate and one decision rule, in money; times are left out on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.curve import geometry
from lifecycle_core.adapters.rendering.rows import table, title
from lifecycle_core.adapters.rendering.words import number, rule_name, rule_sentence, signed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.finalization import CandidateResult, Finalization, Interval

_METRICS = {"roc_auc": "ROC AUC", "r2": "R²"}


def values(record: Finalization) -> dict[str, Any]:
    """Add the candidates as rows, cheapest first, and the cost curve."""
    metric = next((name for name in _METRICS if name in record.candidates[0].metrics), None)
    ordered = sorted(record.candidates, key=lambda candidate: candidate.cost_per_run)
    return {
        "rule": rule_sentence(record.rule),
        "rule_name": rule_name(record.rule),
        "level": f"{record.candidates[0].cost_interval.level:.0%}",
        "metric_name": _METRICS.get(metric or "", "Metric"),
        "acts": any(candidate.actions_per_run is not None for candidate in ordered),
        "rows": [_row(record, candidate, metric) for candidate in ordered],
        "curve": geometry(record),
    }


def text(record: Finalization) -> list[RenderableType]:
    """Return the choice, the reason and the candidates."""
    said = values(record)
    acts = ["Actions"] if said["acts"] else []
    numbers = ["Cost per run", f"{said['level']} interval", said["rule_name"]]
    numbers += [*acts, said["metric_name"]]
    made = table("Candidate", *numbers, numbers=numbers)
    for row in said["rows"]:
        name = Text(row["name"] + (" (chosen)" if row["chosen"] else ""))
        for limit in row["broken_limits"]:
            name.append(f"\n✕ {limit}", style="red")
        cells = [row["cost"], row["interval"], row["rule"]]
        cells += [row["actions"]] if said["acts"] else []
        made.add_row(name, *cells, row["metric"], style="bold" if row["chosen"] else "")
    head = title("Final model for", f"{record.release}:", f"{record.chosen}, {said['rule']}")
    return [head, *(Text(f"- {sentence}") for sentence in record.reason), Text(), made]


def _row(record: Finalization, candidate: CandidateResult, metric: str | None) -> dict[str, Any]:
    against = {found.candidate: found for found in record.comparisons}.get(candidate.name)
    actions = candidate.actions_per_run
    return {
        "name": candidate.name,
        "chosen": candidate.name == record.chosen,
        "broken_limits": candidate.broken_limits,
        "cost": number(candidate.cost_per_run),
        "interval": _between(candidate.cost_interval, record.rows_per_run),
        "difference": f"{signed(against.difference)} ({_between(against.interval)})"
        if against
        else "",
        "rule": f"{candidate.rule.value:.3f}",
        "actions": "" if actions is None else number(round(actions)),
        "metric": f"{candidate.metrics[metric]:.3f}" if metric else "",
    }


def _between(interval: Interval, times: float = 1) -> str:
    return f"{number(interval.low * times)} to {number(interval.high * times)}"
