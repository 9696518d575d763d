"""What rows cost, by the release file: all the same, or each in proportion to a feature of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.decisions.base import money
from lifecycle_core.stats.cost import USUAL, CostMatrix

if TYPE_CHECKING:
    import pandas as pd

    from lifecycle_core.finalizing.decisions.base import Outcomes
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.stats.cost import Amounts

_LEAST = 30  # rows with an amount, where there are as many


def amounts_of(costs: CostsSection, features: pd.DataFrame, called: str) -> Amounts:
    """Return by cost how many times the usual one it is in each row, shape (n,).

    As reviews, experiments and retraining have it: a value that is no finite number is not known.

    Args:
        costs: Of the release file.
        features: n rows.
        called: What messages call them.

    Raises:
        InvalidCall: A feature is not there, or a number in too few rows.

    Example:
        >>> import pandas as pd
        >>> from lifecycle_core.schema.release_file import Amount, CostsSection
        >>> lost = {"false_negative": Amount(column="balance", usual=1_000)}
        >>> own = CostsSection(false_positive=20, false_negative=400, amounts=lost)
        >>> found = amounts_of(own, pd.DataFrame({"balance": [500, 2_000]}), "X")
        >>> found["false_negative"].tolist()
        [0.5, 2.0]
    """
    if not costs.amounts:
        return USUAL
    import pandas as pd

    found = {}
    for name, amount in costs.amounts.items():
        if amount.column not in features.columns:
            raise InvalidCall(
                f"costs.amounts.{name} is proportional to {amount.column!r}, which is no column of "
                f"{called}.",
                hint="It has to be one of the model's features: those are logged with a score.",
            )
        numbers = pd.to_numeric(features[amount.column], errors="coerce")
        values = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
        known = int(np.isfinite(values).sum())
        if known < min(_LEAST, values.size):
            raise InvalidCall(
                f"costs.amounts.{name} is proportional to {amount.column!r}, which is a number in "
                f"{known:,} of {values.size:,} rows of {called}.",
                hint="Name a feature that is a number.",
            )
        found[name] = np.where(np.isfinite(values), values / amount.usual, np.nan)
    return found


def priced_by(costs: CostsSection, outcomes: Outcomes) -> str:
    """Say how rows are priced; nothing where all cost the same."""
    if not outcomes.amounts:
        return ""
    parts = ", ".join(
        f"{name} by {amount.column} ({money(getattr(costs, name) or 0.0, costs.currency)} at "
        f"{amount.usual:,g})"
        for name, amount in costs.amounts.items()
    )
    said = f"Each row counts with its own costs: {parts}."
    if unknown := int((~outcomes.priced).sum()):
        said += (
            f" In {unknown:,} of {outcomes.truth.size:,} rows there is no number: they take no "
            "part in any sum of money."
        )
    return said


def matrix_of(costs: CostsSection) -> CostMatrix:
    """Return what decisions about a usual row cost.

    Raises:
        InvalidCall: That is not declared.
    """
    if costs.false_positive is None or costs.false_negative is None:
        raise _costs_missing(costs, ("false_positive", "false_negative"), "20")
    return CostMatrix(
        false_positive=costs.false_positive,
        false_negative=costs.false_negative,
        true_positive=costs.true_positive,
        true_negative=costs.true_negative,
    )


def linear_costs(costs: CostsSection) -> tuple[float, float]:
    """Return what a unit too high costs, and a unit too low.

    Raises:
        InvalidCall: That is not declared, or not above 0, or made for decisions to act or not.
    """
    if costs.amounts:
        raise InvalidCall(
            f"costs.amounts has {next(iter(costs.amounts))}, and the task is a regression.",
            hint="Leave it out: a forecast costs by its error, `over` and `under` a unit.",
        )
    if costs.over is None or costs.under is None:
        raise _costs_missing(costs, ("over", "under"), "2")
    for name, value in (("over", costs.over), ("under", costs.under)):
        if value <= 0:
            raise InvalidCall(
                f"costs.{name} is {value:g}, it must be above 0.",
                hint="A direction that costs nothing makes an endless forecast the cheapest.",
            )
    return costs.over, costs.under


def _costs_missing(costs: CostsSection, names: tuple[str, str], example: str) -> InvalidCall:
    missing = [name for name in names if getattr(costs, name) is None]
    listed = " and ".join(f"costs.{name}" for name in missing)
    return InvalidCall(
        f"The release file does not say {listed}: the choice is made in money.",
        hint=f"Write `{missing[0]}: {example}` under `costs` in the release file.",
    )
