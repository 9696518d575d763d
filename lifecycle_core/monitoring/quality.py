"""How good decisions were: with labels as they are known, without them as they are expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.monitoring.expecting import NO_COSTS, UNPRICED, expected, matrix_of, priced_note
from lifecycle_core.monitoring.figures import share
from lifecycle_core.monitoring.sums import money_added
from lifecycle_core.monitoring.versions import main_version, only
from lifecycle_core.schema.review import Figure, Section
from lifecycle_core.stats.calibration import (
    BINS,
    Bins,
    calibration_drift,
    calibration_error,
)
from lifecycle_core.stats.ranking import auc_interval, weighted_auc
from lifecycle_core.stats.shares import mean_interval_of_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.monitoring.expecting import Learned, LikeWindow
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.window_counts import ScoreGroup, WindowCounts

_DRAWS = 200
_NO_LABELS = "No labels yet."
_REGRESSION = "Only for a classification."


def quality(
    learned: Learned,
    window: WindowCounts,
    costs: CostsSection,
    *,
    final: bool,
    draws: int = _DRAWS,
    like: LikeWindow | None = None,
    more: Sequence[Figure] = (),
) -> Section:
    """Return the quality of a window of a classification.

    Args:
        learned: Rows with labels, that the expectation is learned from.
        window: The window.
        costs: Money per row.
        final: No more labels are expected.
        draws: Of the intervals of what is expected.
        like: How much rows of the windows before are like those of the window.
        more: Figures that follow.
    """
    version = main_version(window)
    known = [
        share("labelled_share", window.labelled, window.rows, "No predictions in the window."),
        *_realised(window.groups, costs),
        *_calibration(learned.groups, only(window, version).groups),
    ]
    return Section(
        name="quality",
        figures=(
            *(figure.model_copy(update={"final": final}) for figure in known),
            *expected(learned, window, costs, draws=draws, like=like),
            *more,
        ),
    )


def forecast_quality(
    window: WindowCounts, costs: CostsSection, *, final: bool, more: Sequence[Figure] = ()
) -> Section:
    """Return the quality of a window of a regression; without labels nothing can be said.

    Args:
        window: The window.
        costs: Money per unit of error.
        final: No more labels are expected.
        more: Figures that follow.
    """
    errors = window.absolute_error
    declared = costs.over is not None and costs.under is not None
    spent = window.model_cost  # as of a classification: what fallbacks cost more is told apart
    priced = declared and spent.rows > 0
    figures = (
        share("labelled_share", window.labelled, window.rows, "No predictions in the window."),
        Figure(
            name="mean_absolute_error",
            value=errors.total / errors.rows if errors.rows else None,
            interval=mean_interval_of_sums(errors.rows, errors.total, errors.squares),
            rows=errors.rows,
            note="" if errors.rows else _NO_LABELS,
        ),
        Figure(
            name="cost_per_row",
            value=spent.total / spent.rows if priced else None,
            interval=mean_interval_of_sums(spent.rows, spent.total, spent.squares)
            if priced
            else None,
            unit=costs.currency,
            rows=spent.rows,
            note="" if priced else _NO_LABELS if declared else NO_COSTS,
        ),
        *(
            Figure(name=name, note=_REGRESSION)
            for name in (
                "accuracy",
                "precision",
                "recall",
                "auc",
                "calibration_error",
                "calibration_growth",
            )
        ),
        *(
            Figure(name=f"{kind}_{name}", note=_REGRESSION)
            for kind in ("expected", "weighted")
            for name in ("accuracy", "auc", "cost_per_row")
        ),
        *more,
    )
    return Section(
        name="quality",
        figures=tuple(figure.model_copy(update={"final": final}) for figure in figures),
    )


def _realised(groups: Sequence[ScoreGroup], costs: CostsSection) -> list[Figure]:
    right = sum(each.positives if each.acted else each.negatives for each in groups)
    positives = sum(each.positives for each in groups)
    acted = sum(each.positives + each.negatives for each in groups if each.acted)
    caught = sum(each.positives for each in groups if each.acted)
    known = positives + sum(each.negatives for each in groups)
    area = weighted_auc(
        np.array([each.score for each in groups]),
        np.array([each.positives for each in groups], dtype=np.float64),
        np.array([each.negatives for each in groups], dtype=np.float64),
    )
    return [
        share("accuracy", right, known, _NO_LABELS),
        share("precision", caught, acted, "No row that was acted on has a label."),
        share("recall", caught, positives, "No row with a label is positive."),
        Figure(
            name="auc",
            value=area,
            interval=None if area is None else auc_interval(area, positives, known - positives),
            unit="share",
            rows=known,
            note="" if area is not None else "Labels of both classes are needed.",
        ),
        Figure(name="mean_absolute_error", note="Only for a regression."),
        _cost(groups, costs, known),
    ]


def _cost(groups: Sequence[ScoreGroup], costs: CostsSection, known: int) -> Figure:
    matrix, currency = matrix_of(costs), costs.currency
    own = money_added(each.cost for each in groups)
    if matrix is None or not known or (costs.amounts and not own.rows):
        note = NO_COSTS if matrix is None else UNPRICED if known else _NO_LABELS
        return Figure(name="cost_per_row", unit=currency, rows=known, note=note)
    if own.rows:
        return Figure(
            name="cost_per_row",
            value=own.total / own.rows,
            interval=mean_interval_of_sums(own.rows, own.total, own.squares),
            unit=currency,
            rows=own.rows,
            note=priced_note(own.rows, known),
        )
    pairs = [
        (matrix.true_positive if each.acted else matrix.false_negative, each.positives)
        for each in groups
    ] + [
        (matrix.false_positive if each.acted else matrix.true_negative, each.negatives)
        for each in groups
    ]
    total = sum(cost * rows for cost, rows in pairs)
    squares = sum(cost * cost * rows for cost, rows in pairs)
    return Figure(
        name="cost_per_row",
        value=total / known,
        interval=mean_interval_of_sums(known, total, squares),
        unit=currency,
        rows=known,
    )


def _calibration(reference: Sequence[ScoreGroup], groups: Sequence[ScoreGroup]) -> list[Figure]:
    """Return how far promises are from what came true, and how much that has grown."""
    now, before = calibration_error(_bins(groups)), calibration_error(_bins(reference))
    known = sum(each.positives + each.negatives for each in groups)
    error = Figure(
        name="calibration_error",
        value=None if now is None else now.debiased,
        interval=None if now is None else now.interval,
        unit="share",
        rows=known,
        note="" if now else _NO_LABELS,
    )
    growth = Figure(name="calibration_growth", unit="share", rows=known)
    if now is None or before is None:
        where = _NO_LABELS if now is None else "No final labels in the windows before."
        return [error, growth.model_copy(update={"note": where})]
    told = {
        "value": now.debiased - before.debiased,
        "interval": calibration_drift(before, now),
    }
    return [error, growth.model_copy(update=told)]


def _bins(groups: Sequence[ScoreGroup]) -> Bins:
    """Return labelled rows by promised probability, in ten bins of equal width."""
    counted = np.zeros((3, BINS))
    for each in groups:
        rows = each.positives + each.negatives
        place = min(max(int(each.score * BINS), 0), BINS - 1)
        counted[:, place] += (rows, rows * each.score, each.positives)
    return Bins(*counted)
