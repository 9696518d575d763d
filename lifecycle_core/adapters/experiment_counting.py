"""Units of an experiment, counted for each purpose: its design, its A/A check, its read-out."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifecycle_core.adapters.prediction_log.unit_counting import CountsUnits, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from lifecycle_core.schema.experiment import ExperimentPlan, FrozenExperiment
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.review import Window
    from lifecycle_core.schema.unit_counts import UnitCounts

_MOST_PERIODS = 12


class Numbers(NamedTuple):
    """Which numbers of a unit are counted: those of all metrics.

    Attributes:
        names: The primary metric's first.
        leading: How many are the primary metric's.
    """

    names: tuple[str, ...]
    leading: int


class Read(Protocol):
    """The time that an experiment is read over; `experimenting.Span` is one."""

    @property
    def start(self) -> datetime:
        """When it was started."""

    @property
    def until(self) -> datetime:
        """Until when predictions count."""

    @property
    def as_of(self) -> datetime:
        """Until when it counts what was said of them."""

    @property
    def asked(self) -> datetime:
        """Until when it looks for what was said of them, `as_of` or later."""

    @property
    def history(self) -> datetime | None:
        """From when on rows tell what units were like before."""


def count_experiment(
    address: Path | str,
    frozen: FrozenExperiment,
    span: Read,
    numbers: Numbers,
    windows: Sequence[Window],
) -> UnitCounts:
    """Count the units of an experiment.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    with closing(_units_of(address, frozen)) as counts:
        counts.load(span.history or span.start, span.until, span.asked)
        return counts.count(
            Stage(span.start, span.until, span.as_of, span.history),
            numbers.names,
            windows=windows,
            segments=frozen.plan.segments,
            middle=span.start + (span.until - span.start) / 2,
            leading=numbers.leading,
        )


def count_balance(
    address: Path | str, frozen: FrozenExperiment, numbers: Numbers, *, days: int, until: datetime
) -> UnitCounts:
    """Count the units of the days before the start by the arms that they will be in.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    first = until - timedelta(days=days)
    with closing(_units_of(address, frozen)) as counts:
        counts.load(first, until, until)
        return counts.count(Stage(first, until, until), numbers.names)


def count_history(
    address: Path | str,
    plan: ExperimentPlan,
    numbers: Numbers,
    *,
    key: Sequence[str],
    costs: CostsSection,
    acts: bool,
    as_of: datetime,
    period_days: float,
) -> tuple[tuple[UnitCounts, ...], int]:
    """Count the units of the last period, the last two, and so on, as far as the log goes.

    Returns:
        At most twelve counts, and how many days of history there are.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    end = as_of - timedelta(days=plan.maturity_days)
    before = timedelta(days=plan.history_days)
    period = timedelta(days=period_days)
    with closing(CountsUnits(address, plan, key=key, costs=costs, acts=acts)) as counts:
        counts.load(end - _MOST_PERIODS * period - before, end, as_of)
        oldest = counts.oldest()
        if oldest is None:
            return (), 0
        # A log that begins within a day of the period's first moment covers it.
        reach = end - oldest + timedelta(days=1)
        found = []
        for at in range(1, min(_MOST_PERIODS, max(1, int(reach / period))) + 1):
            start = end - at * period
            room = min(before, reach - at * period)
            # The first length looks back as far as it can; later ones all the way or not at all.
            looks = bool(room) and (room == before or (at == 1 and room >= period))
            known = start - room if looks else None
            found.append(counts.count(Stage(start, end, as_of, known), numbers.names))
        return tuple(found), (end - oldest).days


def _units_of(address: Path | str, frozen: FrozenExperiment) -> CountsUnits:
    return CountsUnits(address, frozen.plan, key=frozen.key, costs=frozen.costs, acts=frozen.acts)
