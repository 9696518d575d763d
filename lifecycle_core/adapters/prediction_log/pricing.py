"""What a row of the log costs by what was decided and what was true, as SQL: one place for it.

Reviews, experiments and retraining all price rows by this, so that they speak of the same money. A
cost that is proportional to a feature (`costs.amounts`) is that of the row. A row that lacks one of
those features has no cost at all, whatever was decided and true: to count such rows only where
the feature happens not to matter would favour the cheap ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.columns import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.schema.release_file import CostName, CostsSection

    Bounds = tuple[float | None, float | None]

_NONE = "NULL::DOUBLE"


def amounts_of(costs: CostsSection) -> dict[str, str]:
    """Return SQL of each feature that costs are proportional to, out of the column `features`.

    Example:
        >>> from lifecycle_core.schema.release_file import CostsSection
        >>> amounts_of(CostsSection(false_positive=20, false_negative=400))
        {}
    """
    return {each.column: number_of(each.column) for each in costs.amounts.values()}


def allowed(value_of: Mapping[str, str], bounds: Mapping[str, Bounds]) -> dict[str, str]:
    """Return SQL of numbers that are null where a row fell back and they break its contract.

    What broke the contract prices nothing: it may be in another unit. What a model answered has
    passed the contract of its own version.

    Args:
        value_of: SQL of features.
        bounds: By feature, the smallest and the largest number that is allowed.

    Example:
        >>> allowed({"balance": "f0", "plan": "f1"}, {"balance": (0, None), "plan": (None, None)})
        {'balance': "CASE WHEN fallback = '' OR f0 >= 0.0 THEN f0 END", 'plan': 'f1'}
    """
    found = dict(value_of)
    for name, value in value_of.items():
        ends = zip((">=", "<="), bounds.get(name, (None, None)), strict=True)
        kept = [f"{value} {sign} {float(end)!r}" for sign, end in ends if end is not None]
        if kept:
            found[name] = f"CASE WHEN fallback = '' OR {' AND '.join(kept)} THEN {value} END"
    return found


def priced(value_of: Mapping[str, str]) -> str:
    """Return the condition for a row whose own costs are known.

    Args:
        value_of: SQL of the features that costs are proportional to.

    Example:
        >>> priced({}), priced({"balance": "f3"})
        ('true', 'f3 IS NOT NULL')
    """
    return " AND ".join(f"{value} IS NOT NULL" for value in value_of.values()) or "true"


def costs_by_truth(
    costs: CostsSection, value_of: Mapping[str, str], *, decision: str = "decision"
) -> tuple[str, str]:
    """Return SQL of what a decision to act or not costs if the row is positive, and if it is not.

    Args:
        costs: Of the release file.
        value_of: SQL of the features that costs are proportional to.
        decision: SQL of the decision: 1 to act, 0 not to.

    Example:
        >>> from lifecycle_core.schema.release_file import Amount, CostsSection
        >>> lost = {"false_negative": Amount(column="balance", usual=1_000)}
        >>> own = CostsSection(false_positive=20, false_negative=400, amounts=lost)
        >>> if_positive, _ = costs_by_truth(own, {"balance": "f3"}, decision="d")
        >>> known, _, price = if_positive.partition(" THEN ")
        >>> known
        'CASE WHEN f3 IS NOT NULL'
        >>> price
        'CASE d WHEN 1 THEN 0.0::DOUBLE WHEN 0 THEN 400.0::DOUBLE * f3 / 1000.0 END END'
    """
    if costs.false_positive is None or costs.false_negative is None:
        return _NONE, _NONE

    def cell(name: CostName) -> str:
        amount, price = costs.amounts.get(name), _literal(getattr(costs, name))
        return f"{price} * {value_of[amount.column]} / {amount.usual!r}" if amount else price

    def either(acted: CostName, left: CostName) -> str:
        return (
            f"CASE WHEN {known} THEN CASE {decision} WHEN 1 THEN {cell(acted)} "
            f"WHEN 0 THEN {cell(left)} END END"
        )

    known = priced({each.column: value_of[each.column] for each in costs.amounts.values()})
    return (
        either("true_positive", "false_negative"),
        either("false_positive", "true_negative"),
    )


def cost_of(
    costs: CostsSection,
    value_of: Mapping[str, str],
    *,
    acts: bool,
    decision: str = "decision",
) -> str:
    """Return SQL of what a row cost by its label; null where label, decision or price is missing.

    Args:
        costs: Of the release file.
        value_of: As for `costs_by_truth`.
        acts: A decision is to act or not; else it is a number in the target's unit.
        decision: SQL of it.
    """
    if acts:
        if_positive, if_negative = costs_by_truth(costs, value_of, decision=decision)
        return (
            f"CASE WHEN NOT isfinite(label) THEN NULL WHEN label >= 0.5 THEN {if_positive} "
            f"WHEN label < 0.5 THEN {if_negative} END"
        )
    if costs.over is None or costs.under is None:
        return _NONE
    return (
        f"CASE WHEN isfinite({decision} - label) THEN "
        f"{_literal(costs.over)} * greatest({decision} - label, 0) "
        f"+ {_literal(costs.under)} * greatest(label - {decision}, 0) END"
    )


def _literal(money: float) -> str:
    return f"{float(money)!r}::DOUBLE"
