"""One window read: its sections, and what stands behind their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.monitoring.business import business
from lifecycle_core.monitoring.changes import changes_of, new_segments
from lifecycle_core.monitoring.expecting import learned_from, reconciled
from lifecycle_core.monitoring.figures import Around, action, technical
from lifecycle_core.monitoring.groups import counted, overriding, segment_quality
from lifecycle_core.monitoring.impact import impact_of
from lifecycle_core.monitoring.quality import forecast_quality, quality
from lifecycle_core.monitoring.shifts import Since, Tolerances, drift_of, lasting, weighed
from lifecycle_core.monitoring.signals import Signals, broken_rules, data
from lifecycle_core.monitoring.sureness import whole
from lifecycle_core.monitoring.telling_apart import NOT_ASKED, ToldApart
from lifecycle_core.monitoring.usage import refused_input, usage_figures
from lifecycle_core.schema.window_counts import WindowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.review import (
        Broken,
        ColumnDrift,
        Figure,
        Impact,
        Overriding,
        Reconciled,
        RefusedInput,
        Section,
        SegmentQuality,
    )
    from lifecycle_core.schema.window_counts import SegmentCounts


class Beside(NamedTuple):
    """What a window is read beside.

    Attributes:
        reference: Of the windows before it.
        around: What its volume and its money are compared with.
        labelled: Of the last windows before it whose labels are final: what has a label already
            in a window where more will come is not as the rest.
        released: What the release keeps of its training table and its held-out rows.
        since: The window in the bins of that.
        drift: Of the windows before it, oldest first.
        domain: How well a model tells it from the reference.
        draws: Of intervals of what is expected.
    """

    reference: WindowCounts
    around: Around
    labelled: WindowCounts = WindowCounts()
    released: WindowCounts | None = None
    since: WindowCounts | None = None
    drift: Sequence[Sequence[ColumnDrift]] = ()
    domain: ToldApart = NOT_ASKED
    draws: int = 1


class Found(NamedTuple):
    """What one window says; the attributes are those of the review, and of its firings."""

    sections: tuple[Section, ...]
    drift: tuple[ColumnDrift, ...]
    contract: tuple[Broken, ...]
    refused: tuple[RefusedInput, ...]
    reconciled: tuple[Reconciled, ...]
    segments: tuple[SegmentQuality, ...]
    overriding: tuple[Overriding, ...]
    fresh: tuple[SegmentCounts, ...]
    impact: Impact


def read(stated: ReleaseFile, counts: WindowCounts, beside: Beside) -> Found:
    """Return what a window says.

    Args:
        stated: The release file.
        counts: Of the window.
        beside: What it is read beside.
    """
    reference, around = beside.reference, beside.around
    rules, costs = stated.review, stated.costs
    segments = segment_quality(counts, least=rules.segment_rows)
    others = overriding(counts, rules)
    of_segments = counted(
        "worse_segments", "segments", sum(each.worse for each in segments), len(segments),
        "No segment of `review.segments` has enough labels.",
    ).model_copy(update={"final": around.final})  # fmt: skip
    acts = stated.model.task == "classification"
    learned = learned_from(beside.labelled, beside.released, counts)
    if acts:
        good = quality(
            learned, counts, costs, final=around.final, draws=beside.draws,
            like=beside.domain.like, more=(of_segments,),
        )  # fmt: skip
    else:
        good = forecast_quality(counts, costs, final=around.final, more=(of_segments,))
    by_name = {each.name: each for each in good.figures}
    cost = _cost_of(by_name, final=around.final or whole(counts))
    cost_change = _cost_change(beside.labelled, cost)
    tolerances = Tolerances(rules.drift_tolerance, rules.share_tolerance)
    changes = changes_of(reference, counts)
    since = None
    if beside.released is not None and beside.since is not None:
        since = Since(beside.released, beside.since)
    drift = lasting(
        weighed(
            drift_of(
                WindowCounts() if reference is beside.released else reference,
                counts,
                tolerances,
                changes=changes,
                since=since,
                same_phase=around.same_phase,
            ),
            counts.importance,
            cost_change,
        ),
        beside.drift,
        at_least=rules.drift_windows,
        of=max(rules.drift_windows, rules.drift_windows_of),
    )
    fresh = new_segments(reference, counts, least=rules.segment_rows)
    broken = broken_rules(reference, counts)
    signals = Signals(drift, changes, fresh, broken, beside.domain.figure)
    odd = sum(each.state in {"too_low", "too_high"} for each in others)
    silent = "Nobody has said yet what was done with a decision."
    return Found(
        sections=(
            technical(counts, around, usage_figures(counts.usage)),
            data(signals, reference, around.same_phase, counts),
            good,
            action(
                counts, around, (counted("override_outliers", "groups", odd, len(others), silent),)
            ),
            business(counts, around, stated, cost),
        ),
        drift=drift,
        contract=broken,
        refused=refused_input(counts.usage),
        reconciled=reconciled(learned, counts, costs, by_name, draws=beside.draws) if acts else (),
        segments=segments,
        overriding=others,
        fresh=fresh,
        impact=impact_of(
            drift, segments, cost, cost_change=cost_change, rows=counts.rows,
            currency=costs.currency,
        ),
    )  # fmt: skip


def _cost_of(figures: dict[str, Figure], *, final: bool) -> Figure:
    """Return what a row costs: as it was seen once that is final, else as it is expected."""
    cost, expected = figures["cost_per_row"], figures["expected_cost_per_row"]
    if expected.value is not None and not (final and cost.interval is not None):
        why = "as too few labels are there" if final else "as labels may still come"
        return expected.model_copy(update={"note": f"Expected, {why}."})
    return cost


def _cost_change(labelled: WindowCounts, cost: Figure) -> float | None:
    """Return money per row by which cost has moved since the windows before."""
    known = labelled.model_cost
    if cost.value is None or not known.rows:
        return None
    return cost.value - known.total / known.rows
