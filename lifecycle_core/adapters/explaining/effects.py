"""The effects of factors on one row's score, on the scale on which they add up."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lifecycle_core.stats.shapley import joining_orders, sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers import Encoder, Scorer
    from lifecycle_core.schema.explaining import ExplainerFacts
    from lifecycle_core.stats.leaf_tables import TreeSolver
    from lifecycle_core.stats.shapley import Orders


class Effects(Protocol):
    """Shares out one row's score."""

    @property
    def slots(self) -> float:
        """How many slots of trees that walks; infinite where a model is asked again and again."""

    def __call__(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return each factor's effect, shape (factors,)."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearEffects:
    """Of a sum of weighted numbers: how far each is from its mean, times its weight.

    Attributes:
        encoder: Makes the numbers.
        weights: By which each is multiplied, with the sign of the score.
        means: Of each in the training sample.
        players: For each the number of its factor.
        count: How many factors there are.
    """

    encoder: Encoder
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    players: NDArray[np.int64]
    count: int

    @property
    def slots(self) -> float:
        """None; see `Effects`."""
        return 0.0

    def __call__(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return each factor's effect; see `Effects`."""
        moved = (self.encoder.row(row)[0] - self.means) * self.weights
        return sums(self.players, moved, count=self.count)


@dataclass(frozen=True, slots=True, eq=False)
class TreeEffects:
    """Of trees: exact Shapley values.

    Attributes:
        encoder: Makes the numbers that the trees ask about.
        solver: Knows the trees.
        sign: Of the score.
        single_precision: Numbers are rounded to float32 first.
    """

    encoder: Encoder
    solver: TreeSolver
    sign: int
    single_precision: bool

    @property
    def slots(self) -> float:
        """Those of its trees; see `Effects`."""
        return self.solver.slots

    def __call__(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return each factor's effect; see `Effects`."""
        numbers = self.encoder.row(row)[0]
        if self.single_precision:
            numbers = numbers.astype(np.float32).astype(np.float64)
        return self.sign * self.solver(numbers)


@dataclass(frozen=True, slots=True, eq=False)
class SampledEffects:
    """Of any model: what the score moves by when factors join in random orders.

    Attributes:
        scorer: Scores rows.
        facts: The factors, and the row that stands for whoever does not take part.
        orders: The orders, the same for each row.
    """

    scorer: Scorer
    facts: ExplainerFacts
    orders: Orders

    @property
    def slots(self) -> float:
        """No bound is known; see `Effects`."""
        return inf

    @classmethod
    def of(cls, scorer: Scorer, facts: ExplainerFacts) -> SampledEffects:
        """Draw the orders that the record speaks of."""
        count = len(facts.factors)
        return cls(scorer, facts, joining_orders(count, budget=facts.budget, seed=facts.seed))

    def __call__(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return each factor's effect; see `Effects`."""
        columns: dict[str, list[Any]] = {}
        for at, factor in enumerate(self.facts.factors):
            takes_part = self.orders.sets[:, at].tolist()
            for name in factor.features:
                own, typical = row[name], self.facts.typical[name]
                columns[name] = [own if takes else typical for takes in takes_part]
        return self.orders.effects(self.scorer.scores(columns))
