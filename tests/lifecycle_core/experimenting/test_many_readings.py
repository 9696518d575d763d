"""How often an experiment without any effect shows one: over many metrics, and over many days."""

from __future__ import annotations

from datetime import timedelta
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lifecycle_core.experimenting import read, span_of
from lifecycle_core.experimenting.effects import corrected, look_at, reading
from lifecycle_core.experimenting.reading import planned_days
from lifecycle_core.schema.readout import MetricReading
from lifecycle_core.schema.unit_counts import ArmMoments, UnitCounts
from tests.fakes.experiments import START, VERSIONS, WEEK, counts, frozen, plan, status

if TYPE_CHECKING:
    from lifecycle_core.experimenting.effects import Look
    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.readout import Readout

DAY = timedelta(days=1)
SECONDARY = ("label", "labelled", "decided", "acted", "answered", "accepted", "overridden", "rows")
UNITS = 1_000


def of_nine(**fields: Any) -> ExperimentPlan:  # noqa: ANN401 - of the record
    return plan(
        secondary=[{"name": name, "of": name} for name in SECONDARY],
        guardrails=[],
        segments=[],
        history_days=0,
        **fields,
    )


def drawn(draw: np.random.Generator, effects: dict[str, float] | None = None) -> UnitCounts:
    """Return counts of nine numbers of a mean of 10 and a variance of 9, which know no effect."""
    names = ("money", "any_label", *SECONDARY[1:])
    size = len(names)
    covariance = tuple(tuple(9.0 * (at == to) for to in range(size)) for at in range(size))
    arms = []
    for arm in ("champion", "challenger"):
        means = draw.normal(10.0, 3.0 / UNITS**0.5, size)
        if arm == "challenger":
            means += [(effects or {}).get(name, 0.0) for name in names]
        arms.append(ArmMoments(arm=arm, units=UNITS, means=tuple(map(float, means)),
                               covariance=covariance))  # fmt: skip
    return UnitCounts(
        columns=tuple("label" if name == "any_label" else name for name in names),
        covariates=0,
        arms=tuple(arms),
        rows={arm.arm: UNITS for arm in arms},
        versions={arm.arm: {str(VERSIONS[arm.arm]): UNITS} for arm in arms},
    )


def read_at_the_end(found: UnitCounts, of: ExperimentPlan) -> Readout:
    known = status(frozen(of))
    return read(known, found, span_of(known, START + 4 * WEEK))


@pytest.mark.parametrize("looks", ["always", 1])
def test_eight_secondary_metrics_seldom_show_what_is_not_there(looks: Any) -> None:  # noqa: ANN401 - of the rule
    """One by one, in a third of such experiments one of eight is outside of its 95% interval."""
    stated = of_nine(rule={"effect": 0.1, "looks": looks})
    draw = np.random.default_rng(7)
    runs, false, alone = 400, 0, 0
    for _ in range(runs):
        found = read_at_the_end(drawn(draw), stated).metrics[1:]
        assert len(found) == len(SECONDARY)
        false += any(each.finding != "open" for each in found)
        alone += any(
            each.interval is not None and not each.interval.low <= 0 <= each.interval.high
            for each in found
        )
    assert false / runs <= 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5
    if looks == 1:
        assert alone / runs > 0.25


def test_a_secondary_metric_shows_what_its_corrected_p_value_shows() -> None:
    stated = of_nine(rule={"effect": 0.1, "looks": 1})
    moved = {"accepted": 0.8, "overridden": -0.8, "acted": 0.42}
    found = read_at_the_end(drawn(np.random.default_rng(1), moved), stated)
    shown = {each.metric: each for each in found.metrics}
    assert (shown["accepted"].finding, shown["overridden"].finding) == ("better", "worse")
    for each in found.metrics:
        assert each.adjusted is not None
        assert (each.adjusted < 0.05) == (each.finding != "open")
    acted = shown["acted"]
    assert acted.p_value is not None
    assert acted.interval is not None
    assert acted.p_value < 0.05  # and its interval, which is its own, leaves 0 out
    assert acted.interval.low > 0
    assert (acted.finding, acted.interval.level) == ("open", 0.95)
    primary = shown["money"]
    assert primary.adjusted == primary.p_value  # it decides alone


def shows(of: ExperimentPlan, look: Look, p_value: float) -> bool:
    """Return whether one of the secondary metrics shows something, where all others say nothing."""
    calm = MetricReading(metric="money", arm="challenger", role="primary", effect=1.0, p_value=1.0)
    others = [calm.model_copy(update={"metric": name, "role": "secondary"}) for name in SECONDARY]
    others[0] = others[0].model_copy(update={"p_value": p_value})
    return corrected(of, [calm, *others], look)[1].finding == "better"


def test_over_several_looks_no_more_is_shown_than_at_one() -> None:
    stated = of_nine(rule={"effect": 0.1, "looks": 4})
    runs, draw = 4_000, np.random.default_rng(3)
    walks = draw.normal(size=(runs, 4, len(SECONDARY))).cumsum(1)
    ever = np.zeros(runs, dtype=bool)
    for number in range(1, 5):
        look = look_at(stated, done=number / 4)
        low, high = 0.0, 0.05
        for _ in range(12):  # the p-value at which it begins to show
            middle = (low + high) / 2
            low, high = (middle, high) if shows(stated, look, middle) else (low, middle)
        bound = NormalDist().inv_cdf(1 - low / 2)
        ever |= (np.abs(walks[:, number - 1]) / number**0.5 > bound).any(1)
    assert 0.03 < ever.mean() <= 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5


@pytest.mark.parametrize(("looks", "weeks"), [(1, 8), (2, 6), (4, 6)])
def test_reading_on_after_a_look_is_no_further_look(looks: int, weeks: int) -> None:
    """Read every day, beyond the end, an experiment without effect is called in 5% of the cases."""
    stated = plan(rule={"effect": 0.1, "looks": looks})
    known = status(frozen(stated))
    walks = np.random.default_rng(5).normal(size=(4_000, 7 * weeks)).cumsum(1)
    ever = np.zeros(len(walks), dtype=bool)
    for day in range(1, 7 * weeks + 1):
        span = span_of(known, START + day * DAY)
        look = look_at(stated, done=span.days / planned_days(stated))
        if look.number:
            read_over = round(span.days)
            assert read_over == 28 * look.number / looks
            bound = NormalDist().inv_cdf((1 + look.level) / 2)
            ever |= np.abs(walks[:, read_over - 1]) / read_over**0.5 > bound
    assert 0.035 < ever.mean() <= 0.05 + 3 * (0.05 * 0.95 / len(walks)) ** 0.5


def test_the_read_out_says_where_a_look_ends() -> None:
    known = status(frozen(plan(rule={"effect": 0.1, "looks": 4}, maturity_days=3)))
    early, second, late = (
        read(known, counts(known.frozen.plan, effect=0.0), span_of(known, START + days * DAY))
        for days in (9, 23, 99)
    )
    assert [each.days for each in (early, second, late)] == [6, 14, 28]
    assert second.notes[0].startswith("Predictions of the last 3 days")
    assert second.notes[-1] == (
        "This is look 2 of 4: predictions until 2026-10-19 00:00 UTC count, and later ones at the "
        "next look."
    )
    assert late.notes[-1].endswith("until 2026-11-02 00:00 UTC count, and later ones never.")
    assert late.decision == "stop"
    assert {each.finding for each in early.metrics} == {"open"}


def test_nothing_is_waited_for_after_the_last_look() -> None:
    known = status(frozen(plan(rule={"effect": 0.1, "looks": 1})))
    few = read(known, counts(units=20), span_of(known, START + 5 * WEEK))
    assert (few.decision, few.metrics[0].finding) == ("stop", "not_enough_data")


@pytest.mark.parametrize("better", ["up", "down"])
@pytest.mark.parametrize("looks", ["always", 1])
def test_a_guardrail_s_p_value_agrees_with_what_it_shows(looks: Any, better: Any) -> None:  # noqa: ANN401 - of the rule
    rail = {"name": "latency", "of": "latency_ms", "better": better, "margin": 0.1}
    stated = plan(guardrails=[rail], rule={"effect": 0.1, "looks": looks})
    look = look_at(stated, done=1.0)
    seen = set()
    for slower in np.linspace(-0.12, 0.12, 241):
        found = reading(stated.guardrails[0], "guardrail", counts(stated, slower=slower),
                        "challenger", look)  # fmt: skip
        assert found.p_value is not None
        assert (found.p_value < 1 - look.level) == (found.finding == "holds"), slower
        seen.add(found.finding)
    assert {"holds", "open"} <= seen
