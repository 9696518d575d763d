"""Segments and teams of one window: where decisions are worst, and who decides otherwise how often.

Many groups are looked at, so that some stand out by chance: p-values and intervals allow for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.monitoring.sums import money_added
from lifecycle_core.schema.review import Figure, Overriding, SegmentQuality
from lifecycle_core.stats.effect import difference
from lifecycle_core.stats.moments import Sample, proportion
from lifecycle_core.stats.multiplicity import holm
from lifecycle_core.stats.shares import share_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.schema.release_file import ReviewSection
    from lifecycle_core.schema.window_counts import Money, SegmentCounts, WindowCounts
    from lifecycle_core.stats.effect import Effect

_LEVEL = 0.95
_ORDER = ("too_high", "too_low", "not_enough_data", "within")


def segment_quality(window: WindowCounts, *, least: int) -> tuple[SegmentQuality, ...]:
    """Compare each segment with all other rows of the window, the worst first.

    Args:
        window: The window.
        least: Rows with a label that a segment needs.

    Returns:
        By what rows cost where that is known, else by how many were decided wrongly.

    Example:
        >>> from lifecycle_core.schema.window_counts import SegmentCounts, WindowCounts
        >>> good = SegmentCounts(column="plan", value="a", rows=900, labelled=900, right=810)
        >>> bad = SegmentCounts(column="plan", value="b", rows=300, labelled=300, right=180)
        >>> found = segment_quality(WindowCounts(segments=(good, bad)), least=100)
        >>> [(each.value, round(each.figure, 2), each.worse) for each in found]
        [('b', 0.4, True), ('a', 0.1, False)]
    """
    pairs = list(_compared(window.segments, least))
    raised = holm([effect.p_value for _, _, effect, _ in pairs]) if pairs else ()
    found = [
        SegmentQuality(
            column=segment.column,
            value=segment.value,
            rows=segment.cost.rows if metric == "cost_per_row" else segment.labelled,
            metric=metric,
            figure=elsewhere + effect.value,
            elsewhere=elsewhere,
            interval=effect.interval,
            adjusted=adjusted,
            worse=adjusted <= 1 - _LEVEL and effect.value > 0,
        )
        for (segment, metric, effect, elsewhere), adjusted in zip(pairs, raised, strict=True)
    ]
    return tuple(
        sorted(
            found,
            key=lambda each: (
                not each.worse, each.elsewhere - each.figure, each.column, each.value,
            ),
        )
    )  # fmt: skip


def overriding(window: WindowCounts, stated: ReviewSection) -> tuple[Overriding, ...]:
    """Return how often teams, and people in segments, decide otherwise.

    Args:
        window: The window.
        stated: Says below and above which share that is odd.

    Returns:
        Those that are odd first.
    """
    groups = [("team", each.who, each.accepted, each.overridden) for each in window.teams]
    groups += [
        (each.column, each.value, each.accepted, each.overridden) for each in window.segments
    ]
    told = [each for each in groups if each[2] + each[3]]
    level = 1 - (1 - _LEVEL) / max(1, len(told))
    found = []
    for of, value, accepted, overridden in told:
        rows = accepted + overridden
        interval = share_interval(overridden, rows, level=level)
        if interval is None:
            continue
        state = "not_enough_data"
        if interval.high < stated.override_at_least:
            state = "too_low"
        elif interval.low > stated.override_at_most:
            state = "too_high"
        elif stated.override_at_least <= interval.low and interval.high <= stated.override_at_most:
            state = "within"
        found.append(
            Overriding.model_validate(
                {
                    "of": of, "value": value, "told": rows, "overridden": overridden,
                    "share": overridden / rows, "interval": interval, "state": state,
                }
            )
        )  # fmt: skip
    return tuple(
        sorted(found, key=lambda each: (_ORDER.index(each.state), -each.told, each.of, each.value))
    )


def counted(name: str, unit: str, many: int, of: int, note: str) -> Figure:
    """Return how many of some groups are odd; the note says why nothing is known of any."""
    return Figure(
        name=name,
        value=float(many) if of else None,
        unit=unit,
        rows=of,
        note="" if of else note,
    )


def sample_of(money: Money) -> Sample:
    """Return sums of amounts as mean and variance."""
    if not money.rows:
        return Sample(0, 0.0, 0.0)
    mean = money.total / money.rows
    scatter = max(0.0, money.squares - money.rows * mean * mean)
    return Sample(money.rows, mean, scatter / max(1, money.rows - 1))


def _compared(
    segments: Sequence[SegmentCounts], least: int
) -> Iterator[tuple[SegmentCounts, str, Effect, float]]:
    """Yield each segment that is large enough, beside the rest of its column."""
    for column in dict.fromkeys(each.column for each in segments):
        own = [each for each in segments if each.column == column]
        priced = any(each.cost.rows for each in own)
        for segment in own:
            others = [each for each in own if each is not segment]
            if priced:
                pair = (
                    sample_of(money_added(each.cost for each in others)),
                    sample_of(segment.cost),
                )
            else:
                pair = (
                    proportion(
                        sum(each.labelled - each.right for each in others),
                        sum(each.labelled for each in others),
                    ),
                    proportion(segment.labelled - segment.right, segment.labelled),
                )
            effect = difference(*pair)
            if effect is None or pair[1].n < least or pair[0].n < least:
                continue
            yield segment, "cost_per_row" if priced else "error_rate", effect, pair[0].mean
