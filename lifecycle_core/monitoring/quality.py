"""How good decisions were: with labels as they are known, without them as they are expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.monitoring.figures import share
from lifecycle_core.schema.review import Figure, Section
from lifecycle_core.stats.calibration import (
    BINS,
    Bins,
    calibration_drift,
    calibration_error,
)
from lifecycle_core.stats.cost import CostMatrix
from lifecycle_core.stats.labelless import expected_performance
from lifecycle_core.stats.ranking import auc_interval, weighted_auc
from lifecycle_core.stats.scored import Reference, scored_at
from lifecycle_core.stats.shares import mean_interval_of_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.window_counts import ScoreGroup, WindowCounts
    from lifecycle_core.stats.labelless import Estimate, Expected

_LEAST_KNOWN = 100  # labelled rows that a calibrator is fitted on
_DRAWS = 200
_NO_LABELS = "No labels yet."
_NO_COSTS = "`costs` are not declared."
_REGRESSION = "Only for a classification."


def quality(
    reference: WindowCounts,
    window: WindowCounts,
    costs: CostsSection,
    *,
    final: bool,
    draws: int = _DRAWS,
) -> Section:
    """Return the quality of a window of a classification.

    Args:
        reference: Windows before, with labels, that the expectation is learned from.
        window: The window.
        costs: Money per row.
        final: No more labels are expected.
        draws: Of the intervals of what is expected.
    """
    matrix = _matrix(costs)
    known = [
        share("labelled_share", window.labelled, window.rows, "No predictions in the window."),
        *_realised(window.groups, matrix, costs.currency),
        *_calibration(reference.groups, window.groups),
    ]
    return Section(
        name="quality",
        figures=(
            *(figure.model_copy(update={"final": final}) for figure in known),
            *_expected(reference, window, matrix, costs.currency, draws),
        ),
    )


def forecast_quality(window: WindowCounts, costs: CostsSection, *, final: bool) -> Section:
    """Return the quality of a window of a regression; without labels nothing can be said."""
    errors = window.absolute_error
    priced = costs.over is not None and costs.under is not None and errors.rows > 0
    cost = (
        (costs.over or 0.0) * window.over + (costs.under or 0.0) * window.under if priced else None
    )
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
            value=None if cost is None else cost / errors.rows,
            unit=costs.currency,
            rows=errors.rows,
            note="" if priced else _NO_LABELS if not errors.rows else _NO_COSTS,
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
            Figure(name=f"expected_{name}", note=_REGRESSION)
            for name in ("accuracy", "auc", "cost_per_row")
        ),
    )
    return Section(
        name="quality",
        figures=tuple(figure.model_copy(update={"final": final}) for figure in figures),
    )


def _matrix(costs: CostsSection) -> CostMatrix | None:
    if costs.false_positive is None or costs.false_negative is None:
        return None
    return CostMatrix(
        false_positive=costs.false_positive,
        false_negative=costs.false_negative,
        true_positive=costs.true_positive,
        true_negative=costs.true_negative,
    )


def _realised(
    groups: Sequence[ScoreGroup], matrix: CostMatrix | None, currency: str
) -> list[Figure]:
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
        _cost(groups, matrix, known, currency),
    ]


def _cost(
    groups: Sequence[ScoreGroup], matrix: CostMatrix | None, known: int, currency: str
) -> Figure:
    if matrix is None or not known:
        note = _NO_COSTS if matrix is None else _NO_LABELS
        return Figure(name="cost_per_row", unit=currency, rows=known, note=note)
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
        where = _NO_LABELS if now is None else "No labels in the windows before."
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


def _expected(
    reference: WindowCounts,
    window: WindowCounts,
    matrix: CostMatrix | None,
    currency: str,
    draws: int,
) -> list[Figure]:
    found, why = _estimated(reference, window, matrix or CostMatrix(
        false_positive=0.0, false_negative=0.0
    ), draws)  # fmt: skip
    rows = sum(each.rows for each in window.groups)

    def figure(name: str, estimate: Estimate | None, unit: str, note: str) -> Figure:
        return Figure(
            name=f"expected_{name}",
            value=None if estimate is None else estimate.value,
            interval=None if estimate is None else estimate.interval,
            unit=unit,
            rows=rows,
            note=note,
        )

    if found is None:
        return [
            figure("accuracy", None, "share", why),
            figure("auc", None, "share", why),
            figure("cost_per_row", None, currency, why),
        ]
    auc_note = "" if found.auc else "One class is not expected at all."
    cost, cost_note = (found.cost, "") if matrix else (None, _NO_COSTS)
    return [
        figure("accuracy", found.accuracy, "share", ""),
        figure("auc", found.auc, "share", auc_note),
        figure("cost_per_row", cost, currency, cost_note),
    ]


def _estimated(
    reference: WindowCounts, window: WindowCounts, matrix: CostMatrix, draws: int
) -> tuple[Expected | None, str]:
    known = [each for each in reference.groups if each.positives + each.negatives]
    positives = sum(each.positives for each in known)
    rows = positives + sum(each.negatives for each in known)
    if not window.groups:
        return None, "No scores in the window."
    if rows < _LEAST_KNOWN or not 0 < positives < rows:
        least = f"{_LEAST_KNOWN} labelled rows of both classes"
        return None, f"The windows before have {rows:,} labelled rows; {least} are needed."
    counts = np.array([each.positives + each.negatives for each in known], dtype=np.float64)
    return expected_performance(
        Reference(
            scores=np.array([each.score for each in known]),
            truth=np.array([each.positives for each in known]) / counts,
            rows=counts,
            weights=np.ones(len(known)),
        ),
        scored_at(
            np.array([each.score for each in window.groups]),
            np.array([each.acted for each in window.groups]),
            matrix,
            np.array([each.rows for each in window.groups], dtype=np.float64),
        ),
        draws=draws,
    ), ""
