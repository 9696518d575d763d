"""The oracle against all plans there are; the policy in money against every stream's best rival."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.retraining_streams import KINDS, replay
from lifecycle_core.stats.net_value import Saving
from lifecycle_core.stats.retraining_policy import (
    best_schedule,
    cheapest_plan,
    cost_of,
    on_schedule,
    on_trigger,
    value_today,
    worth_retraining,
)


@given(st.integers(1, 7), st.integers(0, 10_000), st.floats(0, 5))
def test_no_plan_is_cheaper_than_the_oracles(periods: int, seed: int, once: float) -> None:
    losses = np.random.default_rng(seed).exponential(size=(periods, periods))
    later = range(1, periods)
    plans = chain.from_iterable(combinations(later, size) for size in range(periods))
    best = min(cost_of(plan, losses, once=once).cost for plan in plans)
    found = cheapest_plan(losses, once=once)
    assert found.cost == pytest.approx(best)
    assert cost_of(found.retrained, losses, once=once).cost == pytest.approx(found.cost)


def test_nothing_gained_is_nothing_done() -> None:
    assert cheapest_plan(np.ones((50, 50)), once=0.0).retrained == ()
    assert best_schedule(np.ones((50, 50)), once=0.1)[0] == 50


def test_steady_ageing_has_the_textbook_period() -> None:
    """Loss grows by g a period: retrain about every sqrt(2 once / g) periods."""
    age = np.arange(200) - np.arange(200)[:, None]
    losses = 0.02 * np.maximum(age, 0)
    every, plan = best_schedule(losses, once=1.0)
    assert every == pytest.approx(np.sqrt(2 * 1.0 / 0.02), abs=1)
    assert plan.cost == pytest.approx(cheapest_plan(losses, once=1.0).cost, rel=0.02)

    def pays(trained: int, passed: int) -> bool:
        history = [Saving(float(losses[trained, at]), 1e-6) for at in range(trained, passed + 1)]
        return worth_retraining(history, rows=1.0, once=1.0, windows=1)

    assert cost_of(on_trigger(200, pays), losses, once=1.0).cost < 1.05 * plan.cost


@pytest.fixture(scope="module")
def replayed() -> dict[str, tuple[dict[str, float], int, int]]:
    """Mean costs by policy, and most retrains in money and by drift, of 40 streams of each kind."""
    found = {}
    for kind in KINDS:
        rng = np.random.default_rng(0)
        runs = [replay(kind, rng) for _ in range(40)]
        mean = {name: float(np.mean([run.costs[name] for run in runs])) for name in runs[0].costs}
        found[kind] = (
            mean,
            max(run.retrained for run in runs),
            min(run.drift_retrained for run in runs),
        )
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_money_is_close_to_the_best_rival_and_to_the_optimum(
    replayed: dict[str, tuple[dict[str, float], int, int]], kind: str
) -> None:
    costs = dict(replayed[kind][0])
    ours, oracle = costs.pop("in money"), costs.pop("oracle")
    assert ours <= 1.05 * min(costs.values())
    assert ours <= 1.15 * oracle


@pytest.mark.parametrize("kind", ["none", "harmless"])
def test_harmless_drift_retrains_nothing(
    replayed: dict[str, tuple[dict[str, float], int, int]], kind: str
) -> None:
    assert replayed[kind][1] == 0
    assert replayed["harmless"][2] > 5


def test_one_window_is_not_enough() -> None:
    lead = [Saving(0.0, 0.001)] * 5 + [Saving(1.0, 0.001)]
    assert not worth_retraining(lead, rows=100, once=10)
    assert worth_retraining([*lead, lead[-1]], rows=100, once=10)
    assert not worth_retraining([], rows=100, once=10)
    assert not worth_retraining(lead[:1], rows=100, once=10)


def test_schedules_have_an_end() -> None:
    assert on_schedule(5, 5) == ()
    assert on_trigger(3, lambda _trained, _passed: True) == (1, 2)


@pytest.mark.parametrize(
    ("earlier", "value", "deviation"),
    [
        # 60,000 rows at -0.01, and two periods in which 0.04 more is lost than in the first one.
        # The last mean counts 60,000 less 10,000, the first 60,000 less 10,000, four others 10,000.
        (0, -600 - 2 * 400 - 500, 10_000 * (5**2 + 5**2 + 4) ** 0.5),
        # Two periods more, of which nothing is taken to be lost or won: the last mean counts for
        # them as well, the first one does not.
        (2, -800 - 2 * 400 - 500, 10_000 * (7**2 + 5**2 + 4) ** 0.5),
    ],
)
def test_a_model_that_began_ahead_of_its_successors_is_no_reason(
    earlier: int, value: float, deviation: float
) -> None:
    lead = [Saving(-0.05, 0.001)] * 4 + [Saving(-0.01, 0.001)] * 2
    found = value_today(lead, rows=10_000, once=500, earlier=earlier)
    assert found.value == pytest.approx(value)
    assert found.error == pytest.approx(0.001 * deviation)
    caught_up = [*lead[:4], Saving(0.0, 0.001), Saving(0.0, 0.001)]
    assert not worth_retraining(caught_up, rows=10_000, once=0, earlier=earlier)


def test_a_lead_that_may_be_none_has_not_grown_before_the_history() -> None:
    # -0.002 is within its doubt of 0.00309: nothing is won in the ten periods before, and 20 in its
    # own: 110,000 rows at 0 less 10,000 at -0.002.
    lead = [Saving(-0.002, 0.001), Saving(0.0, 0.001)]
    found = value_today(lead, rows=10_000, once=0, earlier=10)
    assert found.value == pytest.approx(20)
