"""What the windows of a release come to together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.review import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.schema.review import Review

_SUMS = (
    "uplift_total", "money_total", "cost_of_false_alarms", "cost_of_misses", "cost_of_fallbacks",
)  # fmt: skip
_PER_ROW = ("saved_against_nobody", "saved_against_fallback_rule")


def added_up(reviews: Sequence[Review]) -> tuple[Figure, ...]:
    """Return figures in money, each added up over the windows in which it has a value.

    An interval is the sum of the windows' intervals, so it covers at least as often as each of
    them whatever windows have in common, such as units that are in several; it is None where one
    of the windows has none. Figures that no window has are left out.

    Args:
        reviews: One of each window; no two windows overlap.

    Example:
        >>> from lifecycle_core.schema.review import Review, Section, Window
        >>> week = Window(label="2026-W10", grain="week", zone="UTC", first="2026-03-02",
        ...               after="2026-03-09", start="2026-03-02T00:00:00Z",
        ...               end="2026-03-09T00:00:00Z")
        >>> earned = Figure(name="uplift_total", value=120.0, unit="EUR", rows=40)
        >>> review = Review(release="churn", window=week, as_of="2026-03-09T00:00:00Z",
        ...                 complete=True, labels_final_from="2026-03-09T00:00:00Z",
        ...                 labels_final=True, currency="EUR", same_phase="2025-W10",
        ...                 sections=(Section(name="business", figures=(earned,)),))
        >>> added_up([review, review])[0].value
        240.0
    """
    return tuple(
        _sum(name, found, len(reviews))
        for name in (*_SUMS, *_PER_ROW)
        if (found := list(_whole(name, reviews)))
    )


def _whole(name: str, reviews: Sequence[Review]) -> Iterator[Figure]:
    """Yield the figure of each window that has it, for all its rows."""
    figures = (
        figure for review in reviews for section in review.sections for figure in section.figures
    )
    for figure in figures:
        if figure.name != name or figure.value is None:
            continue
        by = figure.rows if name in _PER_ROW else 1
        inner = figure.interval
        yield figure.model_copy(
            update={
                "value": figure.value * by,
                "interval": inner
                and Interval(low=inner.low * by, high=inner.high * by, level=inner.level),
            }
        )


def _sum(name: str, found: Sequence[Figure], windows: int) -> Figure:
    intervals = [each.interval for each in found if each.interval is not None]
    return Figure(
        name=name,
        value=sum(each.value or 0.0 for each in found),
        interval=Interval(
            low=sum(each.low for each in intervals),
            high=sum(each.high for each in intervals),
            level=intervals[0].level,
        )
        if len(intervals) == len(found)
        else None,
        unit=found[-1].unit,
        rows=sum(each.rows for each in found),
        final=all(each.final for each in found),
        note="" if len(found) == windows else f"Known in {len(found)} of {windows} windows.",
    )
