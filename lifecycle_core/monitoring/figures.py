"""The figures of one window, made of counts: technical and action.

Every figure that a review can have is there, with a value or with the reason why there is none, so
that rules can name it and readers need not wonder.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.schema.review import Figure, Section
from lifecycle_core.stats.shares import share_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.release_file import Metric
    from lifecycle_core.schema.window_counts import Spread, WindowCounts

LEAST_ROWS = 30
"""Rows without which nothing is concluded from a figure; as few say little of skewed amounts."""
FALLBACK_CAUSES = ("deadline", "model_error", "bad_input", "shed", "log_full")
_EXACT = ("money_total", "money_cumulated")  # sums; all else needs an interval to be sure of
_HOUR = 3600.0
_NO_ROWS = "No predictions in the window."
_NO_LATENCY = "Rows that are scored in tables have no latency of their own."


class Around(NamedTuple):
    """What a window is compared with.

    Attributes:
        expected_rows: Predictions in a usual window; None if that is not known.
        same_phase: The window at the same phase of the last cycle; None if it was not counted.
        until: The window's end, or the moment up to which it is read, with a zone.
        final: No more outcomes are expected.
        running: Money since the release began; None if that was not counted.
    """

    expected_rows: float | None
    same_phase: WindowCounts | None
    until: datetime
    final: bool
    running: WindowCounts | None = None


def technical(window: WindowCounts, around: Around, more: tuple[Figure, ...] = ()) -> Section:
    """Return volume, latency, fallbacks and freshness.

    Args:
        window: The window.
        around: What it is compared with.
        more: Figures that follow.

    Example:
        >>> from datetime import UTC
        >>> from lifecycle_core.schema.window_counts import WindowCounts
        >>> around = Around(100.0, None, datetime(2026, 3, 9, tzinfo=UTC), final=True)
        >>> [each.value for each in technical(WindowCounts(rows=50), around).figures[:2]]
        [50.0, 0.5]
    """
    rows = window.rows
    newest = datetime.fromisoformat(window.newest) if window.newest else None
    stale = None if newest is None else max(0.0, (around.until - newest).total_seconds() / _HOUR)
    return Section(
        name="technical",
        figures=(
            Figure(name="rows", value=float(rows), unit="rows", rows=rows),
            _ratio("volume_ratio", rows, around.expected_rows, "No window before has predictions."),
            _ratio(
                "volume_ratio_same_phase",
                rows,
                around.same_phase.rows if around.same_phase else None,
                "The same phase of the last cycle has no predictions.",
            ),
            *_spread("latency", "ms", window.latency, _NO_LATENCY if rows else _NO_ROWS),
            share("fallback_share", sum(window.fallbacks.values()), rows, _NO_ROWS),
            *(
                share(f"fallback_share_{cause}", window.fallbacks.get(cause, 0), rows, _NO_ROWS)
                for cause in FALLBACK_CAUSES
            ),
            Figure(
                name="hours_since_newest",
                value=stale,
                unit="hours",
                rows=rows,
                note="" if newest else _NO_ROWS,
            ),
            *more,
        ),
    )


def action(window: WindowCounts, around: Around, more: tuple[Figure, ...] = ()) -> Section:
    """Return whether decisions are followed, how soon, and whether overriding was right.

    Args:
        window: The window.
        around: What it is compared with.
        more: Figures that follow.

    Example:
        >>> from datetime import UTC
        >>> from lifecycle_core.schema.window_counts import WindowCounts
        >>> around = Around(None, None, datetime(2026, 3, 9, tzinfo=UTC), final=True)
        >>> found = action(WindowCounts(rows=100, accepted=45, overridden=5), around)
        >>> {each.name: each.value for each in found.figures}["adoption_rate"]
        0.9
    """
    told = window.accepted + window.overridden
    silent = "Nobody has said yet what was done with a decision."
    figures = (
        share("action_share", window.acted, window.decided, "No decisions in the window."),
        share("answered_share", told, window.rows, _NO_ROWS),
        share("adoption_rate", window.accepted, told, silent),
        share("override_rate", window.overridden, told, silent),
        share(
            "override_share_of_actions",
            window.overridden_actions,
            window.overridden,
            "Nothing was overridden.",
        ),
        share(
            "override_correctness",
            window.overridden_rightly,
            window.overridden_labelled,
            "Of no overridden decision the truth is known.",
        ),
        *_spread("time_to_action", "hours", window.hours_to_action, silent),
    )
    return Section(name="action", figures=as_final((*figures, *more), around))


def share(name: str, hits: int, rows: int, note: str) -> Figure:
    """Return a share with its interval; the note says why there is none without rows."""
    return Figure(
        name=name,
        value=hits / rows if rows else None,
        interval=share_interval(hits, rows),
        unit="share",
        rows=rows,
        note="" if rows else note,
    )


def against(figure: Figure, metric: Metric) -> Figure:
    """Return a figure with what the release file wants of it, and whether it is so for sure.

    Example:
        >>> from lifecycle_core.schema.release_file import Metric
        >>> total = Figure(name="money_total", value=900.0)
        >>> against(total, Metric(name="money_total", at_least=500)).met
        True
    """
    wanted = [
        f"{word} {bound:,.10g}"
        for word, bound in (("at least", metric.at_least), ("at most", metric.at_most))
        if bound is not None
    ]
    met: bool | None = None
    sure = figure.interval is not None or figure.name in _EXACT
    if figure.value is not None and wanted and sure:
        between = None if figure.name in _EXACT else figure.interval
        low = between.low if between else figure.value
        high = between.high if between else figure.value
        least = -float("inf") if metric.at_least is None else metric.at_least
        most = float("inf") if metric.at_most is None else metric.at_most
        if least <= low and high <= most:
            met = True
        elif high < least or low > most:
            met = False
    return figure.model_copy(update={"target": ", ".join(wanted), "met": met})


def _ratio(name: str, rows: int, usual: float | None, note: str) -> Figure:
    return Figure(
        name=name,
        value=rows / usual if usual else None,
        unit="ratio",
        rows=rows,
        note="" if usual else note,
    )


def _spread(name: str, unit: str, spread: Spread, note: str) -> Iterator[Figure]:
    for place, value in (("p50", spread.p50), ("p95", spread.p95), ("p99", spread.p99)):
        yield Figure(
            name=f"{name}_{place}_{unit}",
            value=value,
            unit=unit,
            rows=spread.rows,
            note="" if value is not None else note,
        )


def as_final(figures: tuple[Figure, ...], around: Around) -> tuple[Figure, ...]:
    """Return figures that say whether labels may still change them."""
    return tuple(figure.model_copy(update={"final": around.final}) for figure in figures)
