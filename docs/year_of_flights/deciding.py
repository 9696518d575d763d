"""What is decided between two months: retrain or not, promote what was tried or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lifecycle_core.schema.readout import Readout
    from lifecycle_core.schema.retraining_decision import RetrainingDecision


class Verdict(NamedTuple):
    """A decision and its reason."""

    yes: bool
    said: str


def pays(decision: RetrainingDecision) -> Verdict:
    """Say whether the release is to be retrained, and what that stands on."""
    worth = decision.worth
    if worth is None:
        return Verdict(yes=False, said=" ".join(decision.reason))
    low, high = worth.interval.low, worth.interval.high
    said = (
        f"worth {worth.value:,.0f} {decision.currency} over {worth.periods} months "
        f"({low:,.0f} to {high:,.0f}), above 0 with probability {worth.probability:.2f}"
    )
    return Verdict(yes=decision.answer == "retrain", said=said)


def found_by(read: Readout) -> Verdict:
    """Say whether what was tried is to be promoted: if its experiment says so by its rule."""
    said = f"the experiment says {read.decision.replace('_', ' ')}"
    primary = next((each for each in read.metrics if each.role == "primary"), None)
    if primary is None or primary.effect is None or primary.interval is None:
        return Verdict(yes=False, said=f"{said}: {read.reason}")
    low, high = primary.interval.low, primary.interval.high
    said = f"{said}: {primary.effect:+.2f} USD a flight ({low:+.2f} to {high:+.2f})"
    return Verdict(yes=read.decision == "ship", said=said)
