"""All features in one number: how well a model tells the window's rows from those before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.monitoring.expecting import LikeWindow
from lifecycle_core.schema.review import Figure
from lifecycle_core.stats.domain import tell_apart

if TYPE_CHECKING:
    from lifecycle_core.stats.sampled import SampledRows

_NEWEST = "Only for the newest window."


class ToldApart(NamedTuple):
    """How well two windows can be told apart.

    Attributes:
        figure: Area under the curve: 0.5 is not at all.
        like: How much rows of the reference are like those of the window; None if not known.
    """

    figure: Figure
    like: LikeWindow | None = None


NOT_ASKED = ToldApart(Figure(name="domain_auc", unit="share", note=_NEWEST))


def told_apart(before: SampledRows | None, now: SampledRows | None) -> ToldApart:
    """Fit a model that tells rows of the reference from those of the window.

    Args:
        before: Rows of the reference, picked by their ids; None if none were.
        now: Likewise, of the window.
    """
    if before is None or now is None or not before.features.shape[1]:
        note = "The log keeps no features."
        return ToldApart(Figure(name="domain_auc", unit="share", note=note))
    rows = len(now.features)
    found = tell_apart(before.features, now.features, categorical=now.categorical)
    if found is None:
        note = f"{len(before.features):,} rows before and {rows:,} now are too few."
        return ToldApart(Figure(name="domain_auc", unit="share", rows=rows, note=note))
    figure = Figure(
        name="domain_auc", value=found.auc, interval=found.interval, unit="share", rows=rows
    )
    return ToldApart(figure, LikeWindow(before, found.odds))
