"""Money per row: a cost matrix for decisions, a linear cost for forecasts.

Costs are positive, gains negative, both in one currency. Every function takes arrays of n rows
and touches no table.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lifecycle_core.schema.release_file import CostName

    Amounts = Mapping[CostName, NDArray[np.float64]]

USUAL: Amounts = MappingProxyType({})
"""All rows cost the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostMatrix:
    """Money per row, by what was done and what was true.

    Attributes:
        false_positive: Acted on, though it was not needed.
        false_negative: Not acted on, though it was needed.
        true_positive: Acted on, rightly.
        true_negative: Left alone, rightly.
    """

    false_positive: float
    false_negative: float
    true_positive: float = 0.0
    true_negative: float = 0.0


def row_costs(
    truth: NDArray[np.bool_],
    acted: NDArray[np.bool_],
    costs: CostMatrix,
    amounts: Amounts = USUAL,
) -> NDArray[np.float64]:
    """Return what each row costs.

    Args:
        truth: Shape (n,); the row is of the positive class.
        acted: Shape (n,); the row is acted on.
        costs: Money per row.
        amounts: By cost: how many times the usual one it is in each row, shape (n,).

    Returns:
        Shape (n,), in the currency of `costs`.

    Example:
        >>> costs = CostMatrix(false_positive=20, false_negative=400)
        >>> truth, acted = np.array([True, True, False]), np.array([True, False, True])
        >>> row_costs(truth, acted, costs).tolist()
        [0.0, 400.0, 20.0]
        >>> row_costs(truth, acted, costs, {"false_negative": np.array([9.0, 1.5, 9.0])}).tolist()
        [0.0, 600.0, 20.0]
    """
    if_acted, if_left = prices(truth, costs, amounts)
    return np.where(acted, if_acted, if_left).astype(np.float64)


def prices(
    truth: NDArray[np.bool_], costs: CostMatrix, amounts: Amounts = USUAL
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each row costs if it is acted on, and if it is left alone; as `row_costs`."""

    def price(name: CostName) -> float | NDArray[np.float64]:
        usual: float = getattr(costs, name)
        return usual * amounts[name] if name in amounts else usual

    return (
        np.where(truth, price("true_positive"), price("false_positive")),
        np.where(truth, price("false_negative"), price("true_negative")),
    )


def elkan_threshold(costs: CostMatrix) -> float | None:
    """Return the probability from which acting is cheaper than leaving alone (Elkan 2001).

    Holds for calibrated probabilities and without a limit on actions.

    Args:
        costs: Money per row.

    Returns:
        A number in [0, 1]: 0 says that acting always pays. None where a higher probability does
        not make acting cheaper or where it never pays, so that no threshold exists.

    Example:
        >>> elkan_threshold(CostMatrix(false_positive=1, false_negative=5))
        0.16666666666666666
    """
    harm = costs.false_positive - costs.true_negative
    help_ = costs.false_negative - costs.true_positive
    if harm + help_ <= 0 or help_ < 0:
        return None
    return max(0.0, harm / (harm + help_))


def least_risk(
    scores: NDArray[np.float64], costs: CostMatrix, amounts: Amounts = USUAL
) -> NDArray[np.bool_]:
    """Return whether acting on each row is cheaper, at its probability and its own costs.

    Bayes minimum risk (Elkan 2001; Correa Bahnsen et al. 2013): act where p times what acting saves
    on a positive row is more than 1 - p times what it costs on another one.

    Args:
        scores: Calibrated probabilities of the positive class, shape (n,).
        costs: Money per row.
        amounts: As for `row_costs`.

    Example:
        >>> costs = CostMatrix(false_positive=20, false_negative=400)
        >>> amounts = {"false_negative": np.array([0.1, 2.0])}
        >>> least_risk(np.array([0.2, 0.2]), costs, amounts).tolist()
        [False, True]
    """
    everyone = np.ones(scores.size, dtype=np.bool_)
    caught, missed = prices(everyone, costs, amounts)
    vain, spared = prices(~everyone, costs, amounts)
    return np.asarray(scores * (missed - caught) > (1 - scores) * (vain - spared), dtype=np.bool_)


def savings(cost: float, best_constant: float) -> float | None:
    """Return the share of the best constant action's cost that is saved.

    Args:
        cost: Expected cost per row.
        best_constant: Expected cost per row of the best action that looks at no row.

    Returns:
        1 - cost / best_constant: 1 is perfect, below 0 is harm. None unless `best_constant` is
        positive, where the share has no meaning.

    Example:
        >>> savings(25.0, 100.0)
        0.75
    """
    return 1 - cost / best_constant if best_constant > 0 else None


def forecast_costs(
    truth: NDArray[np.float64], forecast: NDArray[np.float64], *, over: float, under: float
) -> NDArray[np.float64]:
    """Return what each forecast costs, linear in its error.

    Args:
        truth: Shape (n,), in the target's unit.
        forecast: Shape (n,), in the target's unit.
        over: Money per unit forecast too high, at least 0.
        under: Money per unit forecast too low, at least 0.

    Returns:
        Shape (n,).

    Example:
        >>> forecast_costs(np.array([10.0, 10.0]), np.array([12.0, 9.0]), over=1, under=3).tolist()
        [2.0, 3.0]
    """
    error = forecast - truth
    return np.where(error > 0, over * error, -under * error) + 0.0


def newsvendor_quantile(values: NDArray[np.float64], *, over: float, under: float) -> float:
    """Return the value that costs least as a forecast of every one of `values`.

    It is their quantile at under / (under + over). For the residuals `truth - forecast` it is the
    shift that makes those forecasts cheapest.

    Args:
        values: Shape (n,), n at least 1.
        over: Money per unit forecast too high, above 0.
        under: Money per unit forecast too low, above 0.

    Returns:
        One of `values`; the smallest where several cost the same.

    Raises:
        ValueError: `values` is empty, or a cost is not above 0.

    Example:
        >>> newsvendor_quantile(np.array([1.0, 2.0, 3.0, 4.0]), over=1, under=3)
        3.0
    """
    if not values.size:
        raise ValueError("values is empty, it must hold at least one number.")
    if over <= 0 or under <= 0:
        raise ValueError(f"over == {over} and under == {under}, both must be > 0.")
    rank = int(np.ceil(values.size * under / (under + over) - 1e-9)) - 1
    return float(np.partition(values, rank)[rank])
