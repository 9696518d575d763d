"""What one window is worth: money, mistakes, fallbacks, the control arm, and the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.monitoring.expecting import matrix_of
from lifecycle_core.monitoring.figures import against, as_final, share
from lifecycle_core.monitoring.groups import sample_of
from lifecycle_core.monitoring.sums import money_added
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.review import Figure, Section
from lifecycle_core.schema.serving import HOLDOUT
from lifecycle_core.schema.window_counts import Money
from lifecycle_core.stats.effect import difference
from lifecycle_core.stats.shares import mean_interval_of_sums

if TYPE_CHECKING:
    from lifecycle_core.monitoring.figures import Around
    from lifecycle_core.schema.release_file import CostsSection, ReleaseFile
    from lifecycle_core.schema.window_counts import Baselines, WindowCounts


def business(
    window: WindowCounts, around: Around, stated: ReleaseFile, cost_per_row: Figure | None
) -> Section:
    """Return money and the two metrics of the release against their targets.

    Args:
        window: The window.
        around: What it is compared with.
        stated: Names the metrics, the currency, and the rows of a run.
        cost_per_row: Realised if labels are there, else expected.
    """
    currency = stated.costs.currency
    money = window.money.get(currency)
    running = None if around.running is None else around.running.money.get(currency)
    per_run = stated.workflow.rows_per_run
    cost = cost_per_row if cost_per_row is not None and cost_per_row.value is not None else None
    figures = (
        *_uplift(window, stated.review.control_arm, currency),
        *_of_mistakes(window, stated.costs),
        _of_fallbacks(window, stated.costs),
        *_without_model(window.baselines, stated),
        _earned("money_total", money, currency),
        _earned("money_per_row", money, currency, per_row=True),
        _earned("money_cumulated", running, currency),
        _per_run(
            Figure(name="cost_per_run", unit=currency),
            cost,
            per_run,
            "The cost of a row is not known.",
        ),
        _per_run(
            Figure(name="actions_per_run", unit="rows"),
            share("action_share", window.acted, window.decided, "") if window.decided else None,
            per_run,
            "No decisions in the window.",
        ),
    )
    metrics = {
        metric.name: metric
        for metric in (stated.value.operating_metric, stated.value.financial_metric)
        if metric is not None
    }
    return Section(
        name="business",
        figures=tuple(
            against(figure, metrics[figure.name]) if figure.name in metrics else figure
            for figure in as_final(figures, around)
        ),
    )


def _earned(name: str, money: Money | None, currency: str, *, per_row: bool = False) -> Figure:
    """Return amounts that were reported: their sum or their mean, with its interval.

    A sum is what it is; its interval says between which sums rows like these would bring.
    """
    if money is None:
        note = f"No amounts in {currency} were reported."
        return Figure(name=name, unit=currency, note=note)
    interval = mean_interval_of_sums(money.rows, money.total, money.squares)
    return Figure(
        name=name,
        value=money.total / money.rows if per_row else money.total,
        interval=interval if per_row or interval is None else _scaled(interval, money.rows),
        unit=currency,
        rows=money.rows,
    )


def _per_run(figure: Figure, of: Figure | None, rows: int | None, note: str) -> Figure:
    """Return a figure of a row, times the rows of a run."""
    if rows is None:
        return figure.model_copy(update={"note": "`workflow.rows_per_run` is not declared."})
    if of is None or of.value is None:
        return figure.model_copy(update={"note": note})
    inner = of.interval
    return figure.model_copy(
        update={
            "value": of.value * rows,
            "interval": inner and _scaled(inner, rows),
            "rows": of.rows,
            "note": of.note,
        }
    )


def _uplift(window: WindowCounts, control: str, currency: str) -> tuple[Figure, Figure]:
    """Return what rows of the treatments earned more than those of the control arm."""
    treated = money_added(
        each.money.get(currency, Money())
        for each in window.arms
        if each.arm not in {control, HOLDOUT}
    )
    usual = money_added(
        each.money.get(currency, Money()) for each in window.arms if each.arm == control
    )
    effect = difference(sample_of(usual), sample_of(treated))
    pair = (
        Figure(name="uplift_per_row", unit=currency, rows=treated.rows),
        Figure(name="uplift_total", unit=currency, rows=treated.rows),
    )
    if effect is None:
        note = f"Too few amounts in {currency} of the arm {control!r}, or of the others."
        return pair[0].model_copy(update={"note": note}), pair[1].model_copy(update={"note": note})
    return (
        _times(pair[0], effect.value, effect.interval, 1.0),
        _times(pair[1], effect.value, effect.interval, float(treated.rows)),
    )


def _of_mistakes(window: WindowCounts, costs: CostsSection) -> tuple[Figure, Figure]:
    """Return what rows cost that were acted on in vain, and those that were missed."""
    matrix = matrix_of(costs)
    found = []
    for name, acted, price in (
        ("cost_of_false_alarms", True, costs.false_positive),
        ("cost_of_misses", False, costs.false_negative),
    ):
        groups = [each for each in window.groups if each.acted is acted]
        rows = sum(each.negatives if acted else each.positives for each in groups)
        known = sum(each.positives + each.negatives for each in window.groups)
        total = 0.0
        for each in groups:
            if each.priced:
                own = each.positive_cost
                total += each.cost.total - own if acted else own
            else:
                total += (price or 0.0) * (each.negatives if acted else each.positives)
        told = matrix is not None and known > 0
        why = "`costs` are not declared." if matrix is None else "No labels yet."
        found.append(
            Figure(
                name=name,
                value=total if told else None,
                unit=costs.currency,
                rows=rows,
                note="" if told else why,
            )
        )
    return found[0], found[1]


def _of_fallbacks(window: WindowCounts, costs: CostsSection) -> Figure:
    """Return what rows cost more because the fallback answered, not the model."""
    figure = Figure(name="cost_of_fallbacks", unit=costs.currency)
    many = sum(window.fallbacks.values())
    if window.rows and not many:
        return figure.model_copy(update={"value": 0.0, "rows": 0})
    effect = difference(sample_of(window.model_cost), sample_of(window.fallback_cost))
    if effect is None:
        note = "Too few rows that the fallback answered have a label and a cost."
        return figure.model_copy(update={"rows": many, "note": note})
    return _times(
        figure.model_copy(update={"rows": many}), effect.value, effect.interval, float(many)
    )


def _without_model(found: Baselines, stated: ReleaseFile) -> tuple[Figure, ...]:
    """Return what a row would have cost without the model, and what the model saves of that."""
    currency = stated.costs.currency
    acts = stated.model.task == "classification"
    nobody = "No labels yet." if acts else "Decisions are amounts: each row has one."
    rule = (
        "No labels yet, or the log does not keep what the fallback looks at."
        if any(each.use in {"constant", "rule"} for each in stated.serving.fallback)
        else "`serving.fallback` has no `rule` and no `constant`."
    )
    if (stated.costs.over if not acts else matrix_of(stated.costs)) is None:
        nobody = rule = "`costs` are not declared."
    return tuple(
        _earned(name, money, currency, per_row=True)
        if money.rows
        else Figure(name=name, unit=currency, note=note)
        for name, money, note in (
            ("cost_if_nobody_acts", found.nobody, nobody),
            ("saved_against_nobody", found.nobody_saved, nobody),
            ("cost_by_fallback_rule", found.rule, rule),
            ("saved_against_fallback_rule", found.rule_saved, rule),
        )
    )


def _times(figure: Figure, value: float, interval: Interval, rows: float) -> Figure:
    return figure.model_copy(
        update={
            "value": value * rows,
            "interval": _scaled(interval, rows),
        }
    )


def _scaled(interval: Interval, by: float) -> Interval:
    return Interval(low=interval.low * by, high=interval.high * by, level=interval.level)
