"""What one window is worth: money, mistakes, fallbacks, the control arm, and the targets."""

from __future__ import annotations

from functools import reduce
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.monitoring.expecting import NO_COSTS, UNPRICED, matrix_of, priced_note
from lifecycle_core.monitoring.figures import LEAST_ROWS, against, as_final, share
from lifecycle_core.monitoring.groups import sample_of
from lifecycle_core.monitoring.sums import money_added
from lifecycle_core.monitoring.sureness import settled
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.review import Figure, Section
from lifecycle_core.schema.serving import HOLDOUT, PREVIOUS
from lifecycle_core.schema.window_counts import UNIT_SUMS
from lifecycle_core.stats.effect import difference
from lifecycle_core.stats.moments import Moments, merged, ratios
from lifecycle_core.stats.shares import mean_interval_of_sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifecycle_core.monitoring.figures import Around
    from lifecycle_core.schema.release_file import CostsSection, Metric, ReleaseFile
    from lifecycle_core.schema.window_counts import (
        ArmCounts,
        Baselines,
        Money,
        ScoreGroup,
        WindowCounts,
    )
    from lifecycle_core.stats.moments import Sample

_LEVEL = 0.95
_TOO_FEW = "Too few mature rows of the arm {!r}, or of the others."
_UNRIPE = "No row is older than `review.label_maturity_days`."


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
    expected = cost is not None and cost.name.startswith("expected")
    figures = (
        *_uplift(window, stated.review.control_arm, currency),
        *_shares_moved(window, stated),
        *_of_mistakes(window, stated.costs),
        _of_fallbacks(window, stated.costs),
        *_without_model(window.baselines, stated),
        _earned("money_total", money, currency),
        _per_row(window, currency),
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
            _met(figure, metrics[figure.name], window, expected=expected)
            if figure.name in metrics
            else figure
            for figure in as_final(figures, around)
        ),
    )


def _met(figure: Figure, metric: Metric, window: WindowCounts, *, expected: bool) -> Figure:
    """Return a figure against its target; what is not settled has neither met nor missed it."""
    found = against(figure, metric)
    if settled(figure, window, expected=expected):
        return found
    return found.model_copy(update={"met": None})


def _earned(name: str, money: Money | None, currency: str) -> Figure:
    """Return the sum of amounts that were reported, with its interval.

    A sum is what it is; its interval says between which sums rows like these would bring.
    """
    if money is None:
        note = f"No amounts in {currency} were reported."
        return Figure(name=name, unit=currency, note=note)
    interval = mean_interval_of_sums(money.rows, money.total, money.squares)
    return Figure(
        name=name,
        value=money.total,
        interval=None if interval is None else _scaled(interval, money.rows),
        unit=currency,
        rows=money.rows,
    )


def _mean(name: str, money: Money, currency: str) -> Figure:
    return Figure(
        name=name,
        value=money.total / money.rows,
        interval=mean_interval_of_sums(money.rows, money.total, money.squares),
        unit=currency,
        rows=money.rows,
    )


def _per_row(window: WindowCounts, currency: str) -> Figure:
    """Return what a row earned, be an amount reported of it or not."""
    figure = Figure(name="money_per_row", unit=currency)
    if currency not in window.money:
        note = f"No amounts in {currency} were reported."
        return figure.model_copy(update={"note": note})
    units = _units(window.arms)
    if not units.n:
        return figure.model_copy(update={"note": _UNRIPE})
    mean = _money_of_row(units)
    reach = NormalDist().inv_cdf((1 + _LEVEL) / 2) * mean.error
    enough = units.n >= LEAST_ROWS
    return figure.model_copy(
        update={
            "value": mean.mean,
            "interval": Interval(low=mean.mean - reach, high=mean.mean + reach, level=_LEVEL)
            if enough
            else None,
            "rows": _rows(units),
        }
    )


def _units(arms: Iterable[ArmCounts]) -> Moments:
    """Return money and rows of the units of some arms."""
    found = [
        Moments(each.units.units, np.array(each.units.means), np.array(each.units.covariance))
        for each in arms
        if each.units is not None
    ]
    size = len(UNIT_SUMS)
    return reduce(merged, found, Moments(0, np.zeros(size), np.zeros((size, size))))


def _money_of_row(units: Moments) -> Sample:
    """Return what a row earned; its variance knows that rows of one unit are alike."""
    return ratios(units, [(0, 1)]).sample()


def _rows(units: Moments) -> int:
    return round(units.n * float(units.means[1]))


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
    usual, treated = _sides(window, control)
    effect = difference(_money_of_row(usual), _money_of_row(treated))
    rows = _rows(treated)
    pair = (
        Figure(name="uplift_per_row", unit=currency, rows=rows),
        Figure(name="uplift_total", unit=currency, rows=rows),
    )
    if effect is None or currency not in window.money:
        note = f"No amounts in {currency} were reported."
        if currency in window.money:
            note = _TOO_FEW.format(control)
        return pair[0].model_copy(update={"note": note}), pair[1].model_copy(update={"note": note})
    return (
        _times(pair[0], effect.value, effect.interval, 1.0),
        _times(pair[1], effect.value, effect.interval, float(rows)),
    )


def _sides(window: WindowCounts, control: str) -> tuple[Moments, Moments]:
    """Return the units of the control arm, and those of the treatments."""
    untreated = {control, HOLDOUT, PREVIOUS}
    return (
        _units(each for each in window.arms if each.arm == control),
        _units(each for each in window.arms if each.arm not in untreated),
    )


def _shares_moved(window: WindowCounts, stated: ReleaseFile) -> tuple[Figure, ...]:
    """Return by how much more often treatments act and are followed than the control arm."""
    control = stated.review.control_arm
    sides = _sides(window, control)
    acted, adopted = (
        Figure(name=name, unit="share", rows=_rows(sides[1]), note=_TOO_FEW.format(control))
        for name in ("action_share_uplift", "adoption_rate_uplift")
    )
    if stated.model.task == "classification":
        acted = _share_moved(acted, sides, of=("acted", "decided"))
    else:
        acted = acted.model_copy(update={"note": "Decisions are amounts."})
    return acted, _share_moved(adopted, sides, of=("accepted", "answered"))


def _share_moved(figure: Figure, sides: tuple[Moments, Moments], *, of: tuple[str, str]) -> Figure:
    above, below = map(UNIT_SUMS.index, of)
    if any(units.means[below] == 0 for units in sides):
        return figure
    effect = difference(*(ratios(units, [(above, below)]).sample() for units in sides))
    if effect is None:
        return figure
    return _times(figure, effect.value, effect.interval, 1.0).model_copy(update={"note": ""})


def _of_mistakes(window: WindowCounts, costs: CostsSection) -> tuple[Figure, Figure]:
    """Return what rows cost that were acted on in vain, and those that were missed.

    Where costs are proportional to a feature, rows that lack it are taken to cost what others do
    that were decided alike and whose label is known.
    """
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
            elif not costs.amounts:
                total += (price or 0.0) * (each.negatives if acted else each.positives)
        figure = Figure(name=name, unit=costs.currency, rows=rows)
        if matrix is None or not known:
            note = NO_COSTS if matrix is None else "No labels yet."
            found.append(figure.model_copy(update={"note": note}))
        elif costs.amounts:
            found.append(_of_priced(figure, groups, total))
        else:
            found.append(figure.model_copy(update={"value": total}))
    return found[0], found[1]


def _of_priced(figure: Figure, groups: Sequence[ScoreGroup], total: float) -> Figure:
    """Return what mistakes cost in all labelled rows, from those whose costs are known."""
    rows = sum(each.positives + each.negatives for each in groups)
    own = money_added(each.cost for each in groups)
    if own.rows == rows:
        return figure.model_copy(update={"value": total})
    if own.rows < LEAST_ROWS:
        note = f"Too few to tell: {priced_note(own.rows, rows)}" if own.rows else UNPRICED
        return figure.model_copy(update={"note": note})
    interval = mean_interval_of_sums(own.rows, total, own.squares)
    return figure.model_copy(
        update={
            "value": total / own.rows * rows,
            "interval": interval and _scaled(interval, rows),
            "note": priced_note(own.rows, rows),
        }
    )


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
        _mean(name, money, currency) if money.rows else Figure(name=name, unit=currency, note=note)
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
