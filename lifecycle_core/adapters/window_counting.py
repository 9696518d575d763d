"""All that a review needs, counted: its window, those before, and everything until its end."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.baselines import baseline_of
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.adapters.reference_profile import binnings_of, number_by_name, with_rules
from lifecycle_core.adapters.table_counting import CountedTable
from lifecycle_core.schema.window_counts import WindowCounts
from lifecycle_core.stats.domain import ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.contract import Feature
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.review import Window
    from lifecycle_core.stats.sampled import SampledRows

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

    @property
    def looks_back(self) -> int:
        """How many windows are compared with a reference: it, and some before it."""


class Found(NamedTuple):
    """What was counted, all with the same bins; as `monitoring.Counted` wants it.

    Attributes:
        window: Of the window.
        before: Of those before it.
        reference: Of its reference.
        same_phase: Of the window at the same phase of the last cycle, what drift looks at.
        running: Of everything until the window's end: what it earned, and nothing else.
        rows_before: Rows of the reference that were picked by their ids.
        rows_now: Likewise, of the window.
        released: What the release keeps of its training table and its held-out rows.
        since: The last `looks_back` windows in the bins of that; empty without it.
    """

    window: WindowCounts
    before: tuple[WindowCounts, ...]
    reference: WindowCounts
    same_phase: WindowCounts
    running: WindowCounts
    rows_before: SampledRows
    rows_now: SampledRows
    released: WindowCounts | None = None
    since: tuple[WindowCounts, ...] = ()


def count_windows(
    asked: Asked,
    address: Path | str,
    *,
    release: str,
    stated: ReleaseFile,
    features: Sequence[Feature],
    as_of: datetime,
    profile: WindowCounts | None = None,
) -> Found:
    """Count the windows of a review; bins come from the windows that are its reference.

    Args:
        asked: Which windows.
        address: Folder or URL of the log.
        release: Name of the release.
        stated: Its release file.
        features: Of the contract; those of which the log keeps nothing are left out.
        as_of: Nothing that was said later counts; with a zone.
        profile: Of the training table and the held-out rows; windows are compared with it, too, and
            it stands in where those before have no rows.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    kinds = number_by_name(features)
    own = {each.column for each in stated.costs.amounts.values()}
    assigned = stated.serving.experiment
    segments = [name for name in stated.review.segments if name in kinds]
    with closing(
        CountsWindows(
            address,
            release,
            acts=stated.model.task == "classification",
            costs=stated.costs,
            kinds=kinds | dict.fromkeys(sorted(own), True),
            unit=assigned.unit if assigned else None,
            key=stated.workflow.key,
            maturity=timedelta(days=stated.review.label_maturity_days),
            baseline=baseline_of(stated.serving.fallback, features),
            bounds={each.name: (each.minimum, each.maximum) for each in features},
        )
    ) as counts:
        # Of windows that are there for their labels alone, features are not read.
        near = asked.before[-(asked.reference + asked.looks_back - 1) :]
        far = asked.before[: -len(near)]
        if far:
            counts.read(_span(far[0], far[-1], as_of), features=False)
        labelled = _labelled(
            counts,
            far,
            as_of,
            maturity=timedelta(days=stated.review.label_maturity_days),
            most=asked.reference,
        )
        counts.read(_span(near[0], asked.window, as_of))
        used = asked.before[-asked.reference :]
        span = _span(used[0], used[-1], as_of)
        bins = counts.binnings(span, ["score", *kinds])
        reference = counts.count(span, with_rules(bins, features), segments=segments)
        if not reference.rows and profile is not None:
            bins, reference = binnings_of(profile), profile
            if not profile.answers:
                now = _span(asked.window, asked.window, as_of)
                bins = (*counts.binnings(now, ["score"]), *bins)
        bins = with_rules(bins, features)
        now = _span(asked.window, asked.window, as_of)
        rows_before, rows_now = (counts.sample(each, bins, ROWS) for each in (span, now))
        found = Found(
            reference=reference,
            before=labelled
            + tuple(
                counts.count(_span(one, one, as_of), bins, segments=segments, quantiles=False)
                for one in near
            ),
            window=counts.count(now, bins, segments=segments),
            same_phase=WindowCounts(),
            running=WindowCounts(),
            rows_before=rows_before,
            rows_now=rows_now,
            released=profile,
        )
        if profile is reference:
            found = found._replace(since=(*found.before, found.window)[-asked.looks_back :])
        elif profile is not None:
            since = (*near, asked.window)[-asked.looks_back :]
            kept = binnings_of(profile)
            found = found._replace(
                since=tuple(counts.compared(_span(one, one, as_of), kept) for one in since)
            )
        phase = _span(asked.same_phase, asked.same_phase, as_of)
        counts.read(phase)
        found = found._replace(same_phase=counts.compared(phase, bins))
        running = Span(_EARLIEST, datetime.fromisoformat(asked.window.end), as_of)
        return found._replace(running=WindowCounts(money=counts.earned(running)))


def _labelled(
    counts: CountsWindows,
    windows: Sequence[Window],
    as_of: datetime,
    *,
    maturity: timedelta,
    most: int,
) -> tuple[WindowCounts, ...]:
    """Return windows that are there for their labels alone.

    Figures are learned from the last ones whose labels are final, as many as a reference has. Only
    those are counted whole: there may be hundreds, and a count takes a tenth of a second. Of the
    others it is known how many rows have their label, which says whether those are final.
    """
    found: list[WindowCounts] = []
    whole = 0
    for one in reversed(windows):
        span = _span(one, one, as_of)
        count = counts.compared(span, ())
        final = span.end + maturity <= as_of or 0 < count.rows <= count.labelled
        if final and whole < most:
            count, whole = counts.count(span, units=False), whole + 1
        found.append(count)
    return tuple(reversed(found))


def count_table(
    asked: Asked,
    table: object,
    *,
    features: Sequence[Feature],
    as_of: datetime,
    maturity_days: float = 0.0,
    profile: WindowCounts | None = None,
) -> Found:
    """Count the windows of a review in a table of any engine, where that table is.

    Args:
        asked: Which windows.
        table: A frame that narwhals takes, as `CountedTable` wants it, with the moment of each
            prediction in `time`.
        features: Of the contract, which are columns of the table.
        as_of: No later row counts; with a zone.
        maturity_days: How long after a prediction its label may still come.
        profile: As of `count_windows`.
    """
    kinds = number_by_name(features)
    whole = CountedTable(table, kinds)

    def part(first: Window, last: Window) -> CountedTable:
        span = _span(first, last, as_of)
        return whole.between(span.start, min(span.end, as_of + timedelta(microseconds=1)))

    used = asked.before[-asked.reference :]
    before, now = part(used[0], used[-1]), part(asked.window, asked.window)
    bins = with_rules(before.binnings(["score", *kinds]), features)
    reference = before.count(bins)
    if not reference.rows and profile is not None:
        bins = binnings_of(profile)
        if not profile.answers:
            bins = (*now.binnings(["score"]), *bins)
        bins, reference = with_rules(bins, features), profile
    ripe = as_of - timedelta(days=maturity_days)
    found = Found(
        reference=reference,
        before=tuple(part(one, one).count(bins, quantiles=False) for one in asked.before),
        window=now.count(bins),
        same_phase=part(asked.same_phase, asked.same_phase).compared(bins),
        running=WindowCounts(),
        rows_before=before.sample(bins, ROWS, ripe=ripe),
        rows_now=now.sample(bins, ROWS),
        released=profile,
    )
    since = [*asked.before, asked.window][-asked.looks_back :]
    if profile is reference:
        return found._replace(since=(*found.before, found.window)[-asked.looks_back :])
    if profile is None:
        return found
    kept = binnings_of(profile)
    return found._replace(since=tuple(part(one, one).compared(kept) for one in since))


def _span(first: Window, last: Window, as_of: datetime) -> Span:
    return Span(datetime.fromisoformat(first.start), datetime.fromisoformat(last.end), as_of)
