"""All that a review needs, counted: its window, those before, and everything until its end."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifecycle_core.adapters.prediction_log.counting import CountsWindows, Span
from lifecycle_core.adapters.reference_profile import binnings_of, number_by_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.contract import Feature
    from lifecycle_core.schema.review import Window
    from lifecycle_core.schema.window_counts import WindowCounts

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no prediction is older


class Asked(Protocol):
    """Which windows are counted; `monitoring.Plan` is one."""

    @property
    def window(self) -> Window:
        """The one that is reviewed."""

    @property
    def before(self) -> tuple[Window, ...]:
        """Those before it, oldest first."""

    @property
    def same_phase(self) -> Window:
        """The one at the same phase of the last cycle."""

    @property
    def reference(self) -> int:
        """How many before it are its reference."""


class Found(NamedTuple):
    """What was counted, all with the same bins; as `monitoring.Counted` wants it."""

    window: WindowCounts
    before: tuple[WindowCounts, ...]
    reference: WindowCounts
    same_phase: WindowCounts
    running: WindowCounts


def count_windows(
    asked: Asked,
    address: Path | str,
    *,
    release: str,
    acts: bool,
    features: Sequence[Feature],
    as_of: datetime,
    profile: WindowCounts | None = None,
) -> Found:
    """Count the windows of a review; bins come from the windows that are its reference.

    Args:
        asked: Which windows.
        address: Folder or URL of the log.
        release: Name of the release.
        acts: A decision is to act or not; else it is a number in the target's unit.
        features: Of the contract; those of which the log keeps nothing are left out.
        as_of: Nothing that was said later counts; with a zone.
        profile: Of the training table; it stands in where those windows have no rows.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    kinds = {"score": True} | number_by_name(features)
    end = datetime.fromisoformat(asked.window.end)
    with closing(CountsWindows(address, release, acts=acts)) as counts:
        used = asked.before[-asked.reference :]
        start, until = used[0].start, used[-1].end
        span = Span(datetime.fromisoformat(start), datetime.fromisoformat(until), as_of)
        bins = counts.binnings(span, kinds)
        reference = counts.count(span, bins)
        if not reference.rows and profile is not None:
            bins, reference = binnings_of(profile), profile
        return Found(
            reference=reference,
            before=tuple(counts.count(_span(each, as_of), bins) for each in asked.before),
            window=counts.count(_span(asked.window, as_of), bins),
            same_phase=counts.count(_span(asked.same_phase, as_of)),
            running=counts.count(Span(_EARLIEST, end, as_of)),
        )


def _span(window: Window, as_of: datetime) -> Span:
    return Span(datetime.fromisoformat(window.start), datetime.fromisoformat(window.end), as_of)
