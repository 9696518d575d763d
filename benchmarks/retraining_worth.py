"""How often the interval of what retraining is worth covers it, through the whole decision.

In each period some rows are decided otherwise by a model that was trained just before, each for the
better or the worse by what is at stake. Truth is what retraining brings over the horizon if the
world stays as it is and the next model ages as the present one did, on rows that are drawn anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.retraining import Known, Said, decide
from lifecycle_core.schema.replayed_window import PricedRows, ReplayedWindow
from lifecycle_core.schema.retraining_terms import RetrainingSection

if TYPE_CHECKING:
    import numpy as np

LABELS, ROWS, STAKE = 5_000, 10_000, 80.0
ONCE = 15_000.0
TERMS = RetrainingSection.model_validate(
    {"policy": "on_proof", "costs": {"compute": ONCE}, "horizon": 52}
)


class World(NamedTuple):
    """A history.

    Attributes:
        lead: What a fresh model saves a row, period by period, as a part of what is at stake.
        differ: Share of rows that two models decide otherwise though neither is better.
        earlier: Periods of the present model before the history.
    """

    lead: tuple[float, ...]
    differ: float = 0.02
    earlier: int = 0

    def shares(self, at: int) -> tuple[float, float]:
        """Return which share of rows a fresh model decides for the better, and for the worse."""
        lead = self.lead[at]
        differ = max(self.differ, 1.2 * abs(lead))
        return (differ + lead) / 2, (differ - lead) / 2


WORLDS = {
    "released this period": World((0.0,)),
    "nothing ages, 6 periods": World((0.0,) * 6),
    "nothing ages, 24 periods": World((0.0,) * 24),
    "it ages evenly, 12 periods": World(tuple(0.004 * age for age in range(12))),
    "the world turned 4 of 12 periods ago": World((0.0,) * 8 + (0.05,) * 4),
    "the world turned in the 2nd period": World((0.0, 0.05)),
    "it was behind from the start, 4 periods": World((0.05,) * 4),
    "half of its life was not replayed": World(
        tuple(0.004 * age for age in range(6, 12)), earlier=6
    ),
}
FEW = {
    "2 rows differ of 5,000": World((0.0,) * 6, differ=0.0004),
    "in 1 of 5 periods a row differs": World((0.0,) * 6, differ=0.00004),
}


def drawn(world: World, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return the interval of one draw of the history, and what retraining will have brought."""
    windows = []
    for at in range(len(world.lead)):
        better, worse = world.shares(at)
        for_better, for_worse, _ = rng.multinomial(LABELS, (better, worse, 1 - better - worse))
        behind = PricedRows(
            total=0.0,
            squares=0.0,
            behind=STAKE * (for_better - for_worse),
            behind_squares=STAKE**2 * (for_better + for_worse),
        )
        fresh = PricedRows(total=0.0, squares=0.0, behind=0.0, behind_squares=0.0)
        windows.append(
            ReplayedWindow(
                window=str(at),
                rows=ROWS,
                labelled=LABELS,
                stakes=LABELS * STAKE**2,
                released=behind,
                models=(fresh,) * (at + 1),
            )
        )
    known = Known(
        release="churn", version=3, as_of="2026-11-01T00:00:00Z", grain="month", currency="EUR",
        rows=float(ROWS), age=world.earlier + len(windows), replayed=tuple(windows),
        said=(Said({}, {}, {}),) * len(windows),
    )  # fmt: skip
    worth = decide(known, TERMS).worth
    if worth is None:
        raise ValueError("There is a history, and yet no worth.")
    return worth.interval.low, worth.interval.high, brought(world, rng)


def brought(world: World, rng: np.random.Generator) -> float:
    """Return what retraining brings over the horizon, on rows that are drawn."""
    first, last = world.lead[0], len(world.lead) - 1
    begun = 0.0 if world.earlier else first
    aged = [first * at / world.earlier for at in range(world.earlier)]
    aged += [max(0.0, lead - begun) for lead in world.lead]
    better, worse = world.shares(last)
    total = -ONCE
    for loss in aged:
        rows = rng.multinomial(ROWS, (better, worse, 1 - better - worse))
        total += STAKE * (float(rows[0]) - float(rows[1]) - loss * ROWS)
    return total


def covered(world: World, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return how often the interval covers it, and how wide it is on average, money."""
    inside, width = 0, 0.0
    for _ in range(runs):
        low, high, truth = drawn(world, rng)
        inside += low <= truth <= high
        width += high - low
    return inside / runs, width / runs
