"""How sure the figures of a window are: what response rules may conclude from, and what not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.monitoring.figures import LEAST_ROWS
from lifecycle_core.monitoring.response_rules import Known
from lifecycle_core.stats.shares import share_bounds, share_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.monitoring.response_rules import Figures, ResponseRule
    from lifecycle_core.schema.review import Figure, Seen
    from lifecycle_core.schema.window_counts import WindowCounts

_BEYOND = {"_p50_": LEAST_ROWS, "_p95_": 100, "_p99_": 500}  # rows: five or more lie beyond it
_EXACT = frozenset({
    "rows", "volume_ratio", "volume_ratio_same_phase", "hours_since_newest", "peak_memory_mib",
    "drifted", "drifted_lastingly", "undecided", "drifted_since_release",
    "drifted_since_same_phase", "unit_changes",
    "meaning_changes", "new_segments", "worse_segments", "override_outliers",
})  # fmt: skip
"""What is measured of a window as a whole, and what statistics have decided already."""
_OF_LABELS = frozenset({
    "labelled_share", "accuracy", "precision", "recall", "auc", "calibration_error",
    "calibration_growth", "mean_absolute_error", "cost_per_row", "worse_segments",
    "override_correctness", "cost_of_false_alarms", "cost_of_misses", "cost_of_fallbacks",
    "cost_per_run", "cost_if_nobody_acts", "saved_against_nobody", "cost_by_fallback_rule",
    "saved_against_fallback_rule",
})  # fmt: skip
_OF_MONEY = frozenset({"money_total"})
_OF_WINDOW = {
    "money_total",
    "money_cumulated",
    "cost_of_fallbacks",
    "cost_of_false_alarms",
    "cost_of_misses",
}
_OF_COST = frozenset({"cost_per_run"})
"""Made of what a row costs, and so expected where that is."""
_TIED = ("expected_", "weighted_", "calibration_growth", "score_shift", "decision_shift")
"""What has part of its error from the windows before, which other windows share."""


def whole(window: WindowCounts) -> bool:
    """Whether each row has its label, so that no other will come.

    Example:
        >>> from lifecycle_core.schema.window_counts import WindowCounts
        >>> whole(WindowCounts(rows=9, labelled=9)), whole(WindowCounts())
        (True, False)
    """
    return 0 < window.rows <= window.labelled


def settled(figure: Figure, window: WindowCounts, *, expected: bool) -> bool:
    """Whether outcomes that are still to come may change what a figure says.

    Labels that come first are not as those that come last, nor is money: until they are all there
    a figure made of them is not that of the window.

    Args:
        figure: As it stands.
        window: That it is of.
        expected: What a row costs is what it is expected to, no label was looked at.
    """
    if figure.final or figure.name not in _OF_LABELS | _OF_MONEY:
        return True
    of_expected = expected and figure.name in _OF_COST
    return figure.name in _OF_LABELS and (whole(window) or of_expected)


def sure_of(
    figures: Sequence[Figure], window: WindowCounts, *, expected: bool
) -> dict[str, Known | None]:
    """Return what rules may conclude from: figures with their intervals.

    Args:
        figures: Of the window.
        window: That they are of.
        expected: As for `settled`.

    Returns:
        By name. None where there is no value, where there are too few rows, or where outcomes may
        still change it; of these, what is expected stands in where there is an estimate.
    """
    by_name = {each.name: each for each in figures}
    found = {}
    for each in figures:
        sure = settled(each, window, expected=expected)
        used = each if sure else by_name.get(f"expected_{each.name}")
        found[each.name] = None if used is None else _known(used, window, expected=expected)
    return found


def before_labels(surely: Figures) -> Figures:
    """Return what rules could have concluded before a window had its labels.

    Args:
        surely: What they conclude with them, as `sure_of` has it.

    Example:
        >>> before_labels({"recall": 0.7, "cost_per_row": 9.0, "expected_cost_per_row": 4.0})
        {'recall': None, 'cost_per_row': 4.0, 'expected_cost_per_row': 4.0}
    """
    return {
        name: surely.get(f"expected_{name}") if name in _OF_LABELS else known
        for name, known in surely.items()
    }


def unsure(
    rules: Sequence[ResponseRule], seen: Sequence[Seen], surely: Sequence[Figures]
) -> Iterator[str]:
    """Yield a sentence for each rule that would fire if figures were exact and final.

    Args:
        rules: Of the release file.
        seen: Figures as they stand, the newest window last.
        surely: What may be concluded from, likewise.
    """
    for rule in rules:
        if rule.fires([each.figures for each in seen]) and not rule.fires(surely):
            told = ", ".join(_told(name, seen[-1].figures, surely[-1]) for name in rule.figures)
            yield f"Not sure enough to fire: {rule.text} ({told})."


def _known(figure: Figure, window: WindowCounts, *, expected: bool) -> Known | None:
    name, value = figure.name, figure.value
    if value is None:
        return None
    if name not in _EXACT:
        rows = window.rows if name in _OF_WINDOW else figure.rows
        least = next((least for mark, least in _BEYOND.items() if mark in name), LEAST_ROWS)
        if rows < least:
            return None
    if figure.interval is None:
        return Known(value, value, value)
    hits = round(value * figure.rows)
    if 0 <= hits <= figure.rows and figure.interval == share_interval(hits, figure.rows):
        low, high = share_bounds(hits, figure.rows)
        return Known(value, low, high, apart=True)
    tied = name.startswith(_TIED) or (expected and name in _OF_COST)
    return Known(value, figure.interval.low, figure.interval.high, apart=not tied)


def _told(name: str, seen: Mapping[str, float | None], surely: Figures) -> str:
    value, known = seen.get(name), surely.get(name)
    if value is None:
        return f"{name} has no value"
    if not isinstance(known, Known):
        return f"{name} {value:.4g}, of too few rows or not final"
    if known.low == known.high:
        return f"{name} {known.value:.4g}"
    return f"{name} {known.value:.4g}, between {known.low:.4g} and {known.high:.4g}"
