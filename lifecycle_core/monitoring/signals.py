"""What a window's data look like, as figures that response rules can name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from lifecycle_core.monitoring.figures import share
from lifecycle_core.monitoring.versions import answers_of, main_version
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.schema.review import Broken, Figure, Section
from lifecycle_core.stats.effect import difference
from lifecycle_core.stats.moments import proportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.monitoring.changes import Change
    from lifecycle_core.monitoring.shifts import What
    from lifecycle_core.schema.review import ColumnDrift
    from lifecycle_core.schema.window_counts import SegmentCounts, WindowCounts

_SHOWN = 5  # columns that are named
_FEWEST = 30  # rows from which on the law of an interval is that of large samples
_NO_ROWS = "No predictions in the window."


class Signals(NamedTuple):
    """What has been found out about the data of a window.

    Attributes:
        drift: Against the windows before, the release, and the same phase of the last cycle.
        changes: Columns that seem to mean something else.
        fresh: Segments that no window before has.
        broken: Rules of the contract.
        domain: The figure of the domain classifier.
    """

    drift: Sequence[ColumnDrift]
    changes: Sequence[Change]
    fresh: Sequence[SegmentCounts]
    broken: Sequence[Broken]
    domain: Figure


def data(
    found: Signals, reference: WindowCounts, same_phase: WindowCounts | None, window: WindowCounts
) -> Section:
    """Return the section of a window's data.

    Args:
        found: What has been found out.
        reference: The windows before.
        same_phase: The window at the same phase of the last cycle; None if it was not counted.
        window: The window.
    """
    drift = recent(found.drift)
    since = [each for each in found.drift if each.against == "release"]
    season = [each for each in found.drift if each.against == "same_phase"]
    told = [each for each in drift if each.state != "not_enough_data"]
    compared = bool(reference.columns and window.rows and reference.rows)
    # Of a version that is new in the log, only the release has scores to compare with.
    by = {(each.column, each.what): each for each in since} | {
        (each.column, each.what): each
        for each in drift
        if each.state != "not_enough_data" or not any(_same(each, other) for other in since)
    }
    longer = [each for each in drift if each.lasting != "not_enough_data"]

    def effect(name: str, column: str, what: What) -> Figure:
        seen = by.get((column, what))
        known = seen is not None and seen.state != "not_enough_data"
        return Figure(
            name=name,
            value=seen.value if known and seen is not None else None,
            interval=_bounds(seen) if known and seen is not None else None,
            unit="distance" if what == "distribution" else "share",
            rows=window.rows,
            note="" if known else (seen.note if seen else "") or "Too few rows to tell.",
        )

    def count(
        name: str, many: int, rows: int, unit: str, *, known: bool, note: str, which: str = ""
    ) -> Figure:
        value = float(many) if known else None
        return Figure(name=name, value=value, unit=unit, rows=rows, note=which if known else note)

    def changed(kind: Literal["unit", "meaning"]) -> Figure:
        columns = sorted({each.column for each in found.changes if each.kind == kind})
        shown = ", ".join(columns[:_SHOWN]) + (", ..." if len(columns) > _SHOWN else "")
        return count(
            f"{kind}_changes", len(columns), window.rows, "columns", known=compared,
            note="There are no features to compare.", which=shown,
        )  # fmt: skip

    few = "Too few rows to tell of any column."
    return Section(
        name="data",
        figures=(
            count("drifted", sum(each.state == "drift" for each in drift), len(drift),
                  "comparisons", known=bool(told), note=few),
            count("drifted_lastingly", sum(each.lasting == "drift" for each in drift), len(drift),
                  "comparisons", known=bool(longer), note=few),
            count("undecided", len(drift) - len(told), len(drift), "comparisons", known=True,
                  note=""),
            count("drifted_since_release", sum(each.state == "drift" for each in since),
                  len(since), "comparisons",
                  known=any(each.state != "not_enough_data" for each in since),
                  note=few if since else "The release keeps no counts to compare with."),
            count("drifted_since_same_phase", sum(each.state == "drift" for each in season),
                  len(season), "comparisons",
                  known=any(each.state != "not_enough_data" for each in season),
                  note=few if season else "The same phase of the last cycle has no predictions."),
            effect("score_shift", "score", "distribution"),
            effect("decision_shift", "decision", "share"),
            _since(same_phase, window),
            found.domain,
            changed("unit"),
            changed("meaning"),
            count("new_segments", len(found.fresh), window.rows, "segments",
                  known=bool(reference.values), note="No segments in the windows before."),
            _contract(found.broken, window),
        ),
    )  # fmt: skip


def _same(one: ColumnDrift, other: ColumnDrift) -> bool:
    return (one.column, one.what) == (other.column, other.what)


def _bounds(of: ColumnDrift) -> Interval | None:
    """Return two one-sided bounds of 95% each as one interval."""
    if of.low is None or of.high is None:
        return None
    return Interval(low=of.low, high=of.high, level=0.9)


def broken_rules(reference: WindowCounts, window: WindowCounts) -> tuple[Broken, ...]:
    """Return the rules of the contract that rows of a window break, the most broken first.

    Args:
        reference: The windows before, which say how often that is usual.
        window: The window.

    Example:
        >>> from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts
        >>> column = ColumnCounts(name="tenure", counts=(98,), missing=2, broken={"null": 2})
        >>> broken_rules(WindowCounts(), WindowCounts(rows=100, columns=(column,)))[0].share
        0.02
    """
    usual = {
        (each.name, rule): rows / reference.rows
        for each in reference.columns
        for rule, rows in each.broken.items()
        if reference.rows
    }
    found = [
        Broken(
            column=each.name,
            rule=rule,
            rows=rows,
            share=rows / window.rows,
            usual=usual.get((each.name, rule)),
        )
        for each in window.columns
        for rule, rows in each.broken.items()
        if rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.rows, each.column, each.rule)))


def _contract(broken: Sequence[Broken], window: WindowCounts) -> Figure:
    """Return the share of rows that break the rule that is broken most."""
    name, checked = "contract_break_share", any(each.broken for each in window.columns)
    if not window.rows or not checked:
        note = (
            "No rule of the contract is about a column that the log keeps."
            if window.rows
            else _NO_ROWS
        )
        return Figure(name=name, unit="share", rows=window.rows, note=note)
    worst = max((each.rows for each in broken), default=0)
    return share(name, worst, window.rows, "")


def _since(same_phase: WindowCounts | None, window: WindowCounts) -> Figure:
    """Return the signed change of the share acted on since the same phase of the last cycle."""
    name, unit = "decision_shift_same_phase", "share"
    version = main_version(window)
    now = answers_of(window, version)
    then = None if same_phase is None else answers_of(same_phase, version)
    rows = now.decided if now else 0
    if now is None or not now.decided or then is None or not then.decided:
        note = "One of the two windows has no decisions of this version."
        return Figure(name=name, unit=unit, rows=rows, note=note)
    shares = proportion(then.acted, then.decided), proportion(now.acted, now.decided)
    few = min(now.decided, then.decided) < _FEWEST
    effect = difference(*shares)
    return Figure(
        name=name,
        value=shares[1].mean - shares[0].mean,
        interval=None if few or effect is None else effect.interval,
        unit=unit,
        rows=min(rows, then.decided),
    )
