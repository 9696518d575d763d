"""Success is tied to one operating and one financial metric, both set before release."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import RELEASE, Checkpoint, Finding, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.release_file import Metric

_FINALIZATION = "evidence/finalization.json"
_MONEY = ("cost_per_run", "actions_per_run", "savings", "expected_cost")
_BOUND = "set before release"


def judge(evidence: Evidence) -> Finding:
    """Ask for two named metrics, then for their figures, then for the bounds they must keep."""
    value = evidence.release_file.value
    named = {"operating_metric": value.operating_metric, "financial_metric": value.financial_metric}
    absent = [section for section, metric in named.items() if metric is None]
    if absent:
        lines = ", ".join(f"`{section}: {{name: ..., at_most: ...}}`" for section in absent)
        return Finding(
            "missing",
            f"{2 - len(absent)} of 2 metrics are named; {' and '.join(absent)} not.",
            next=f"Add {lines} under `value:` in the %%release cell or release.yaml.",
        )
    if (finalization := evidence.finalization) is None:
        why = "Both metrics are named, but no finalization computed their figures."
        return Finding("missing", why, next="Add a `%finalize` cell and run the notebook again.")
    metrics = {section: metric for section, metric in named.items() if metric}
    figures = _figures(finalization)
    shown = (RELEASE, _FINALIZATION)
    names = {metric.name for metric in metrics.values()}
    if len(names) == 1:
        return Finding(
            "fail",
            f"Both metrics are {names.pop()}; one is to be operating and one financial.",
            shown,
            "Name a second figure, such as `actions_per_run` beside `cost_per_run`.",
        )
    found = [_judge_metric(section, metric, figures) for section, metric in metrics.items()]
    for finding in sorted(found, key=lambda finding: ("fail", "missing", "pass").index(finding[0])):
        result, why, then = finding
        if result != "pass":
            return Finding("fail" if result == "fail" else "missing", why, shown, then)
    return Finding("pass", "; ".join(why for _, why, _ in found) + ".", shown)


def _figures(finalization: Finalization) -> dict[str, float]:
    """Return every figure of the chosen candidate that a metric may name."""
    chosen = finalization.candidate(finalization.chosen)
    money = {name: getattr(chosen, name) for name in _MONEY}
    known = {name: figure for name, figure in money.items() if figure is not None}
    holdout = {f"holdout.{name}": figure for name, figure in finalization.holdout.items()}
    return {**chosen.metrics, **known, **holdout}


def _judge_metric(
    section: str, metric: Metric, figures: Mapping[str, float]
) -> tuple[str, str, str]:
    """Return result, why (a clause without its full stop when passed) and what to do next."""
    if metric.name not in figures:
        near = get_close_matches(metric.name, figures, n=1)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        why = f"{section} is {metric.name!r}, which finalization does not compute."
        return "fail", why, f"{hint}It computes {listed(sorted(figures), most=12)}."
    if metric.at_most is None and metric.at_least is None:
        why = f"{section} {metric.name} has no bound; it must be {_BOUND}."
        then = f"Add `at_most: ...` or `at_least: ...` to `{section}:` under `value:`."
        return "missing", why, then
    figure = figures[metric.name]
    bounds = [
        f"{word} {_plain(bound)}"
        for word, bound in (("at least", metric.at_least), ("at most", metric.at_most))
        if bound is not None
    ]
    said = f"{metric.name} is {_plain(figure)}, {_BOUND} to {' and '.join(bounds)}"
    too_small = metric.at_least is not None and figure < metric.at_least
    too_large = metric.at_most is not None and figure > metric.at_most
    if too_small or too_large:
        then = "Finalize a better candidate, or agree on another bound with the product owner."
        return "fail", f"{said}.", then
    return "pass", said, ""


def _plain(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:,.4g}"  # noqa: PLR2004 - 1,000


VALUE = Checkpoint("value", "Success is tied to operating and financial metrics", judge)
