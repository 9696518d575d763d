"""What quality and cost are expected to be without labels, and what came of it when they came.

Everything here is of one version: what a score of another model means is not known from its past.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.monitoring.versions import main_version, only
from lifecycle_core.schema.review import Figure, Reconciled
from lifecycle_core.stats.cost import CostMatrix
from lifecycle_core.stats.label_draws import expected_numbers
from lifecycle_core.stats.labelless import Estimate, expected_performance
from lifecycle_core.stats.score_rounding import rounded
from lifecycle_core.stats.scored import Reference, Scored, scored_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.window_counts import ScoreGroup, WindowCounts
    from lifecycle_core.stats.labelless import Expected
    from lifecycle_core.stats.sampled import SampledRows

LEAST_KNOWN = 100  # labelled rows that a calibrator is fitted on
NO_COSTS = "`costs` are not declared."
UNPRICED = "No row has a number of each feature that costs are proportional to (`costs.amounts`)."
_NAMES = ("accuracy", "auc", "cost_per_row")


class LikeWindow(NamedTuple):
    """Rows of the reference, and how much each is like those of the window.

    Attributes:
        rows: Picked by their ids.
        odds: Shape (n,): how many times likelier each is in the window, at least 0.
    """

    rows: SampledRows
    odds: NDArray[np.float64]


class Learned(NamedTuple):
    """What expectations are learned from: rows of one version, with labels.

    Attributes:
        groups: Those rows.
        kept: They are not of the log: the release keeps them of its held-out rows.
    """

    groups: tuple[ScoreGroup, ...]
    kept: bool = False


def learned_from(
    labelled: WindowCounts, released: WindowCounts | None, window: WindowCounts
) -> Learned:
    """Return what is known of the version of a window: of the log if it suffices, else kept rows.

    Args:
        labelled: Windows before whose labels are final.
        released: What the release keeps; its held-out rows count until the log has enough.
        window: The window.
    """
    version = main_version(window)
    groups = only(labelled, version).groups
    if released is None or _suffices(_labelled(groups)):
        return Learned(groups)
    kept = only(released, version).groups
    return Learned(kept, kept=True) if kept else Learned(groups)


def matrix_of(costs: CostsSection) -> CostMatrix | None:
    """Return what decisions about a usual row cost; None if that is not declared."""
    if costs.false_positive is None or costs.false_negative is None:
        return None
    return CostMatrix(
        false_positive=costs.false_positive,
        false_negative=costs.false_negative,
        true_positive=costs.true_positive,
        true_negative=costs.true_negative,
    )


def priced_note(priced: int, rows: int) -> str:
    """Return what a figure keeps in mind that is made of rows whose costs are known.

    Example:
        >>> priced_note(20, 200), priced_note(200, 200)
        ('The costs of 20 of 200 rows are known.', '')
    """
    return f"The costs of {priced:,} of {rows:,} rows are known." if priced < rows else ""


def expected(
    learned: Learned,
    window: WindowCounts,
    costs: CostsSection,
    *,
    draws: int,
    like: LikeWindow | None = None,
) -> list[Figure]:
    """Return what a window of a classification is expected to show.

    Args:
        learned: Rows with labels.
        window: The window; its labels are not looked at.
        costs: Money per row.
        draws: Of the intervals.
        like: Weights the reference for how much its rows are like the window's; without it the
            figures that are weighted so have no value.
    """
    version = main_version(window)
    groups, matrix = only(window, version).groups, matrix_of(costs)
    known = _labelled(learned.groups)
    found, why = _estimated(known, version, _scored(groups, matrix), draws)
    part = sum(each.rows for each in window.groups) - sum(each.rows for each in groups)
    note = f"Of version {version} alone." if part else ""
    if learned.kept and not why:
        why = f"{note} Learned from the held-out rows of finalization.".strip()
    weighted, why_not = _weighted(like, version, _scored(groups, matrix), draws)
    return [
        *_figures("expected", found, why or note, groups, costs),
        *_figures("weighted", weighted, why_not or note, groups, costs),
    ]


def reconciled(
    learned: Learned,
    window: WindowCounts,
    costs: CostsSection,
    figures: Mapping[str, Figure],
    *,
    draws: int,
) -> tuple[Reconciled, ...]:
    """Return what the rows with labels were expected to show, beside what they showed.

    Args:
        learned: Rows with labels.
        window: The window.
        costs: Money per row.
        figures: What `expected` returned, by name: where all rows have labels, it is about these.
        draws: Of the intervals.

    Returns:
        Nothing where no label has come, or nothing could be expected.
    """
    version, matrix = main_version(window), matrix_of(costs)
    all_groups = only(window, version).groups
    groups = [
        each.model_copy(update={"rows": rows})
        for each in all_groups
        if (rows := each.positives + each.negatives)
    ]
    scored = _scored(groups, matrix)
    estimates: dict[str, Estimate | None] = dict.fromkeys(_NAMES)
    if all(each.positives + each.negatives == each.rows for each in all_groups):
        estimates = {name: _estimate_of(figures[f"expected_{name}"]) for name in _NAMES}
    else:
        found, _ = _estimated(_labelled(learned.groups), version, scored, draws)
        if found is not None:
            estimates = dict(zip(_NAMES, (found.accuracy, found.auc, found.cost), strict=True))
    if not groups or all(each is None for each in estimates.values()):
        return ()
    positives = np.array([each.positives for each in groups], dtype=np.float64)
    seen = expected_numbers(scored, positives / scored.rows)
    cost = seen[-1]
    priced = sum(each.cost.rows for each in groups)
    if priced:
        cost = sum(each.cost.total for each in groups) / priced
    told = matrix is not None and (priced > 0 or not costs.amounts)
    rows = int(scored.rows.sum())
    pairs = {
        "accuracy": (estimates["accuracy"], float(seen[1]), "share"),
        "auc": (estimates["auc"], float(seen[0]), "share"),
        "cost_per_row": (
            estimates["cost_per_row"] if told else None, float(cost), costs.currency,
        ),
    }  # fmt: skip
    return tuple(
        Reconciled(
            name=name,
            unit=unit,
            rows=rows,
            expected=estimate.value,
            interval=estimate.interval,
            realised=realised,
            difference=realised - estimate.value,
            held=estimate.interval.low <= realised <= estimate.interval.high,
        )
        for name, (estimate, realised, unit) in pairs.items()
        if estimate is not None and np.isfinite(realised)
    )


def _figures(
    kind: str,
    found: Expected | None,
    note: str,
    groups: Sequence[ScoreGroup],
    costs: CostsSection,
) -> Iterator[Figure]:
    """Yield the figures, in the order of `_NAMES`; the note says why there is none."""
    estimates: tuple[Estimate | None, ...] = (None, None, None)
    notes = [note] * 3
    rows = sum(each.rows for each in groups)
    if found is not None:
        lacking, partly = "", ""
        if costs.amounts:
            priced = sum(each.priced for each in groups)
            lacking, partly = "" if priced else UNPRICED, priced_note(priced, rows)
        if matrix_of(costs) is None:
            lacking = NO_COSTS
        estimates = found.accuracy, found.auc, None if lacking else found.cost
        notes[1] = note if found.auc else "One class is not expected at all."
        notes[2] = lacking or f"{note} {partly}".strip()
    units = "share", "share", costs.currency
    for name, estimate, unit, said in zip(_NAMES, estimates, units, notes, strict=True):
        yield Figure(
            name=f"{kind}_{name}",
            value=None if estimate is None else estimate.value,
            interval=None if estimate is None else estimate.interval,
            unit=unit,
            rows=rows,
            note=said,
        )


def _estimate_of(figure: Figure) -> Estimate | None:
    if figure.value is None or figure.interval is None:
        return None
    return Estimate(figure.value, figure.interval)


def _labelled(groups: Sequence[ScoreGroup]) -> Reference | None:
    known = [each for each in groups if each.positives + each.negatives]
    if not known:
        return None
    rows = np.array([each.positives + each.negatives for each in known], dtype=np.float64)
    return Reference(
        scores=np.array([each.score for each in known]),
        truth=np.array([each.positives for each in known]) / rows,
        rows=rows,
        weights=np.ones(len(known)),
    )


def _suffices(known: Reference | None) -> bool:
    if known is None:
        return False
    rows, positives = float(known.rows.sum()), float(known.rows @ known.truth)
    return rows >= LEAST_KNOWN and 0 < positives < rows


def _scored(groups: Sequence[ScoreGroup], matrix: CostMatrix | None) -> Scored:
    """Return groups with what their rows cost.

    Those whose own costs are not known cost what others do that were decided alike; where all rows
    cost the same, the usual.
    """
    found = scored_at(
        np.array([each.score for each in groups]),
        np.array([each.acted for each in groups], dtype=bool),
        matrix or CostMatrix(false_positive=0.0, false_negative=0.0),
        np.array([each.rows for each in groups], dtype=np.float64),
    )
    priced = np.array([each.priced for each in groups], dtype=np.float64)
    own = priced > 0
    sums = (
        np.array([getattr(each, name) for each in groups])
        for name in ("if_positive", "if_negative")
    )
    for usual, total in zip((found.if_positive, found.if_negative), sums, strict=True):
        usual[own] = total[own] / priced[own]
        for alike in (found.acted, ~found.acted):
            if (known := own & alike).any():
                usual[~own & alike] = total[known].sum() / priced[known].sum()
    return found


def _estimated(
    known: Reference | None, version: str, window: Scored, draws: int
) -> tuple[Expected | None, str]:
    if not window.scores.size:
        return None, "No scores in the window."
    if known is None or not _suffices(known):
        rows = 0 if known is None else round(float(known.rows.sum()))
        least = f"{LEAST_KNOWN} rows of both classes"
        return None, (
            f"The windows before have {rows:,} rows of version {version} whose labels are final; "
            f"{least} are needed."
        )
    return expected_performance(known, window, draws=draws), ""


def _weighted(
    like: LikeWindow | None, version: str, window: Scored, draws: int
) -> tuple[Expected | None, str]:
    if like is None:
        return None, "Rows of the two could not be told apart, or only for the newest window."
    rows = like.rows
    used = np.isfinite(rows.scores) & np.isfinite(rows.labels)
    if version.isdigit():
        used &= rows.versions == int(version)
    known = Reference(
        scores=rounded(rows.scores[used]),
        truth=(rows.labels[used] >= 0.5).astype(np.float64),  # noqa: PLR2004 - as labels are kept
        rows=np.ones(int(used.sum())),
        weights=like.odds[used],
    )
    return _estimated(known, version, window, draws)
