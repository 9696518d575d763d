"""Rows that were scored: with labels, and without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.stats.cost import row_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.stats.cost import CostMatrix


class Scored(NamedTuple):
    """Rows that were scored and decided on, one entry a row or a group of equal rows.

    Attributes:
        scores: Shape (n,), finite.
        acted: Shape (n,), bool.
        if_positive: Shape (n,): money, what the decision costs if the row is positive.
        if_negative: Shape (n,): money, what it costs if not.
        rows: Shape (n,), above 0: how many rows an entry stands for.
    """

    scores: NDArray[np.float64]
    acted: NDArray[np.bool_]
    if_positive: NDArray[np.float64]
    if_negative: NDArray[np.float64]
    rows: NDArray[np.float64]


class Reference(NamedTuple):
    """Rows whose truth is known.

    Attributes:
        scores: Shape (m,), finite.
        truth: Shape (m,), in [0, 1]: the class, or the share of positives in the entry.
        rows: Shape (m,), above 0: how many rows an entry stands for.
        weights: Shape (m,), at least 0: how much a row is like those of the window; 1 for all is
            the plain estimate.
    """

    scores: NDArray[np.float64]
    truth: NDArray[np.float64]
    rows: NDArray[np.float64]
    weights: NDArray[np.float64]


def scored_at(
    scores: NDArray[np.float64],
    acted: NDArray[np.bool_],
    costs: CostMatrix,
    rows: NDArray[np.float64] | None = None,
) -> Scored:
    """Return rows whose decisions cost the same everywhere.

    Example:
        >>> from lifecycle_core.stats.cost import CostMatrix
        >>> costs = CostMatrix(false_positive=20, false_negative=400)
        >>> rows = scored_at(np.array([0.9, 0.2]), np.array([True, False]), costs)
        >>> rows.if_positive.tolist(), rows.if_negative.tolist()
        ([0.0, 400.0], [20.0, 0.0])
    """
    positive = np.ones(acted.shape, dtype=bool)
    return Scored(
        scores,
        acted,
        row_costs(positive, acted, costs),
        row_costs(~positive, acted, costs),
        np.ones(scores.shape) if rows is None else rows,
    )
