"""What a release file says about retraining: checked before a release, and filled in for a run."""

from __future__ import annotations

import math
import string
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from datetime import date

    from lifecycle_core.schema.retraining_terms import RetrainingSection

PLACES = ("until", "labels_until", "window")


def require_terms(stated: RetrainingSection) -> None:
    """Check that a policy has what it needs, and that parameters can be filled in.

    Raises:
        InvalidCall: It has not, or they cannot.

    Example:
        >>> from lifecycle_core.schema.retraining_terms import RetrainingSection
        >>> require_terms(RetrainingSection(parameters={"until": "{untill}"}))
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.InvalidCall: `retraining.parameters.until` has the place `{untill}`.
    """
    needs = {
        "on_schedule": (stated.every is None, "`every: 4`: periods between two retrainings"),
        "on_trigger": (
            stated.trigger is None,
            "`trigger: when cost_per_row > 3 for 2 windows then retrain data`",
        ),
        "on_proof": (
            not stated.costs.total,
            "`costs: {compute: 20, validation: 300}`: what one retraining costs",
        ),
    }
    absent, wanted = needs.get(stated.policy, (False, ""))
    if absent:
        raise InvalidCall(
            f"`retraining.policy` is {stated.policy}, and what it goes by is not declared.",
            hint=f"Add under `retraining:` {wanted}.",
        )
    if stated.horizon < stated.confirmations:
        raise InvalidCall(
            f"`retraining.confirmations` is {stated.confirmations}, and the horizon has "
            f"{stated.horizon} periods.",
            hint="Ask for no more confirmations than the horizon has periods.",
        )
    if stated.policy == "on_proof" and stated.backtest_windows < stated.confirmations:
        raise InvalidCall(
            f"`retraining.confirmations` is {stated.confirmations}, and only "
            f"{stated.backtest_windows} windows are looked at.",
            hint="Raise `backtest_windows`.",
        )
    for name, value in stated.parameters.items():
        _require_places(name, value)


def parameters_for(
    stated: RetrainingSection, *, until: date, before: str, maturity_days: float
) -> dict[str, Any]:
    """Return the parameters that make the training data of a model for a period.

    Args:
        stated: With places in texts.
        until: First local day on which the model answers.
        before: Label of the window before.
        maturity_days: How long after a prediction its label may still come, at least 0.

    Raises:
        InvalidCall: A text has a place that is none.

    Example:
        >>> from datetime import date
        >>> from lifecycle_core.schema.retraining_terms import RetrainingSection
        >>> stated = RetrainingSection(parameters={"data": "{window}.csv", "until": "{until}"})
        >>> parameters_for(stated, until=date(2026, 4, 1), before="2026-03", maturity_days=30)
        {'data': '2026-03.csv', 'until': '2026-04-01'}
    """
    for name, value in stated.parameters.items():
        _require_places(name, value)
    ripe = until - timedelta(days=math.ceil(maturity_days))
    places = {"until": until.isoformat(), "labels_until": ripe.isoformat(), "window": before}
    return {
        name: value.format(**places) if isinstance(value, str) else value
        for name, value in stated.parameters.items()
    }


def _require_places(name: str, value: object) -> None:
    if not isinstance(value, str):
        return
    what = f"`retraining.parameters.{name}`"
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError as error:
        raise InvalidCall(
            f"{what} is {value!r}: {error}.", hint="Write a brace that is meant as one twice: {{."
        ) from None
    for _, place, form, conversion in parts:
        if place is None:
            continue
        if place not in PLACES or form or conversion:
            near = get_close_matches(place, PLACES, n=1)
            known = ", ".join(f"{{{each}}}" for each in PLACES)
            raise InvalidCall(
                f"{what} has the place `{{{place}}}`.",
                hint=f"Did you mean `{{{near[0]}}}`?" if near else f"There are: {known}.",
            )
