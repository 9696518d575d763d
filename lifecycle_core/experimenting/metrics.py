"""From counted units to the samples of a metric, adjusted by what was known before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.schema.unit_counts import ANY, BEFORE
from lifecycle_core.stats.moments import Moments, merged, ratios
from lifecycle_core.stats.variance_reduction import cuped, expected_gain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifecycle_core.schema.experiment import ExperimentMetric, ExperimentPlan
    from lifecycle_core.schema.unit_counts import ArmMoments, UnitCounts
    from lifecycle_core.stats.moments import Sample


class Pair(NamedTuple):
    """Two arms in one metric.

    Attributes:
        gain: Share of the units that adjustment saves; 0 where nothing is adjusted.
    """

    control: Sample
    treatment: Sample
    gain: float = 0.0


def columns_of(metric: ExperimentMetric) -> tuple[str, ...]:
    """Return the numbers of a unit that a metric is made of.

    Example:
        >>> from lifecycle_core.schema.experiment import ExperimentMetric
        >>> columns_of(ExperimentMetric(name="a", of="accepted", kind="ratio", per="answered"))
        ('accepted', 'answered')
        >>> columns_of(ExperimentMetric(name="kept", of="label", kind="proportion"))
        ('any_label',)
    """
    if metric.kind == "proportion":
        return (f"{ANY}{metric.of}",)
    return (metric.of, metric.per) if metric.per else (metric.of,)


def all_columns(plan: ExperimentPlan) -> tuple[tuple[str, ...], int]:
    """Return the numbers of all metrics, and how many of the first are the primary one's."""
    primary = columns_of(plan.metric)
    names = [name for metric in plan.metrics for name in columns_of(metric)]
    return tuple(dict.fromkeys(names)), len(primary)


def moments_in(counted: ArmMoments | None, size: int) -> Moments:
    """Return what was counted of an arm as `stats` wants it; zeros if it has no units."""
    if counted is None or not counted.units:
        return Moments(0, np.zeros(size), np.zeros((size, size)))
    return Moments(counted.units, np.array(counted.means), np.array(counted.covariance))


def arm_in(counted: Iterable[ArmMoments], arm: str, group: str = "") -> ArmMoments | None:
    """Return what was counted of one arm; None if it has no units."""
    return next((each for each in counted if each.arm == arm and each.group == group), None)


def together(arms: Iterable[ArmMoments], size: int) -> Moments:
    """Return all units, whatever arm they are in."""
    found = moments_in(None, size)
    for each in arms:
        found = merged(found, moments_in(each, size))
    return found


def pair_of(metric: ExperimentMetric, counts: UnitCounts, control: str, treatment: str) -> Pair:
    """Return two arms in a metric, adjusted where history is there and takes variance out."""
    size = len(counts.columns)
    first, second = (moments_in(arm_in(counts.arms, arm), size) for arm in (control, treatment))
    plain = Pair(
        sample_of(metric, first, counts.columns), sample_of(metric, second, counts.columns)
    )
    if not counts.covariates or min(first.n, second.n) < 2:  # noqa: PLR2004 - one unit does not vary
        return plain
    adjusted = [_with_history(metric, arm, counts.columns) for arm in (first, second)]
    if not all(bool(np.isfinite(arm.means).all()) for arm in adjusted):
        return plain
    found = cuped(*adjusted)
    return Pair(found.control, found.treatment, found.gain) if found.gain > 0 else plain


def sample_of(metric: ExperimentMetric, arm: Moments, columns: Sequence[str]) -> Sample:
    """Return one arm in a metric, as it is."""
    return _value(arm, columns, columns_of(metric)).sample()


def gain_of(metric: ExperimentMetric, units: Moments, columns: Sequence[str]) -> float:
    """Return the share of the units that adjustment would save, from history."""
    if not any(name.endswith(BEFORE) for name in columns):
        return 0.0
    found = _with_history(metric, units, columns)
    return expected_gain(found) if bool(np.isfinite(found.means).all()) else 0.0


def _with_history(metric: ExperimentMetric, arm: Moments, columns: Sequence[str]) -> Moments:
    """Return the metric, and what was known of it before, as numbers of a unit."""
    names = columns_of(metric)
    before = tuple(f"{name}{BEFORE}" for name in names)
    if metric.kind == "ratio":
        place = columns.index
        pairs = [(place(above), place(below)) for above, below in (names, before)]
        return ratios(arm, pairs)
    return _value(arm, columns, (*names, *before, columns[-1]))


def _value(arm: Moments, columns: Sequence[str], names: Sequence[str]) -> Moments:
    """Return some of the numbers; two of them alone are a ratio."""
    places = [columns.index(name) for name in names]
    if len(places) == 2:  # noqa: PLR2004 - numerator and denominator
        return ratios(arm, [(places[0], places[1])])
    return Moments(arm.n, arm.means[places], arm.covariance[np.ix_(places, places)])
