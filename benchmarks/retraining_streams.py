"""Streams whose best model moves, and what policies of retraining cost on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.stats.net_value import Saving
from lifecycle_core.stats.retraining_policy import (
    cheapest_plan,
    cost_of,
    on_schedule,
    on_trigger,
    worth_retraining,
)

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("abrupt", "gradual", "seasonal", "none", "harmless")
PERIODS, ROWS, LABELS = 100, 10_000, 5_000
ONCE = 2_000.0
LEAST = 0.3  # money per row that no model can save
SCHEDULES = (1, 2, 3, 4, 6, 8, 10, 13, 17, 20, 26, 34, 52, PERIODS)


class Replayed(NamedTuple):
    """What one stream cost under each policy.

    Attributes:
        costs: Money, by policy.
        retrained: How often the policy in money retrained.
        drift_retrained: How often the drift trigger did.
    """

    costs: dict[str, float]
    retrained: int
    drift_retrained: int


def concept(kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return where the best model is in each period, and where the features are."""
    time = np.arange(PERIODS)
    still = np.zeros(PERIODS)
    if kind == "abrupt":
        best = np.cumsum((rng.random(PERIODS) < 1 / 30) * rng.normal(0, 1.2, PERIODS))
        return best, 0.7 * best
    if kind == "gradual":
        best = time * rng.uniform(0.02, 0.08)
        return best, 0.7 * best
    if kind == "seasonal":
        best = rng.uniform(0.6, 1.2) * np.sin(2 * np.pi * (time / 52 + rng.random()))
        return best, 0.7 * best
    if kind == "harmless":
        jump = float(rng.integers(2)) * (time > PERIODS / 2)
        return still, time * rng.uniform(0.02, 0.08) + jump
    return still, still


def replay(kind: str, rng: np.random.Generator) -> Replayed:
    """Draw one stream and follow every policy through it.

    A model is trained on the three periods before it, not exactly; its loss grows with the square
    of its distance from the best one. A policy sees samples of labelled rows of
    periods that passed.
    """
    best, features = concept(kind, rng)
    model = np.array([best[max(0, s - 2) : s].mean() if s else best[0] for s in range(PERIODS)])
    model += rng.normal(0, 0.03, PERIODS)
    loss = LEAST + 0.3 * (best - model[:, None]) ** 2
    differ = np.minimum(1.0, 0.02 + 0.3 * np.abs(model[:, None] - model))  # share of decisions
    error = np.sqrt(differ / LABELS)
    saving = loss - np.diag(loss) + error * rng.normal(size=loss.shape)
    noise = 1 / np.sqrt(LABELS)
    seen = loss + noise * rng.normal(size=loss.shape)
    moved = np.abs(features - np.roll(features, 1)[:, None])  # from the period before training
    moved[0] = np.abs(features - features[0])
    moved += noise * rng.normal(size=loss.shape)

    def in_money(trained: int, passed: int) -> bool:
        seen_so_far = saving[trained, trained : passed + 1]
        periods = min(len(seen_so_far), 52)
        most = periods * (seen_so_far[-1] + max(0.0, seen_so_far[0]))
        if ROWS * (most - seen_so_far[:periods].sum()) < ONCE:
            return False  # more than that is never expected, and the rule would say so slower
        history = [
            Saving(
                float(saving[trained, at]),
                float(error[trained, at]),
                float(error[trained, at]) * LABELS**0.5,
            )
            for at in range(trained, passed + 1)
        ]
        return worth_retraining(history, rows=ROWS, once=ONCE)

    triggers: dict[str, Callable[[int, int], bool]] = {
        "in money": in_money,
        "drift trigger": lambda s, t: bool(moved[s, t] > 0.2 + 1.645 * noise),
        "performance trigger": lambda s, t: bool(
            seen[s, t] - seen[s, s] > 0.1 * LEAST + 1.645 * noise * np.sqrt(2)
        ),
    }
    money = loss * ROWS
    plans = {
        name: cost_of(on_trigger(PERIODS, fires), money, once=ONCE)
        for name, fires in triggers.items()
    }
    costs = {name: plan.cost for name, plan in plans.items()}
    for every in SCHEDULES:
        name = "every period" if every == 1 else f"every {every} periods"
        costs[name] = cost_of(on_schedule(PERIODS, every), money, once=ONCE).cost
    costs["oracle"] = cheapest_plan(money, once=ONCE).cost
    return Replayed(costs, len(plans["in money"].retrained), len(plans["drift trigger"].retrained))
