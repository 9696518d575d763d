"""How far score, decision and features of a window are from the reference: drift in three states.

An effect counts as drift when it is above its tolerance with all comparisons considered, as
"no material drift" when twice the tolerance is excluded, else as "not enough data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from lifecycle_core.schema.review import ColumnDrift, Figure, Section
from lifecycle_core.stats.drift_states import judge
from lifecycle_core.stats.shift import Shift, jensen_shannon_shift, share_shift
from lifecycle_core.stats.unit_change import unit_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts

What = Literal["distribution", "missing", "new_values", "share"]
_FIRST = ("score", "decision")
_QUANTILES = 19


class Tolerances(NamedTuple):
    """The largest bearable effects.

    Attributes:
        distribution: A Jensen-Shannon distance, in (0, 1).
        share: A change of a share, in (0, 1).
    """

    distribution: float
    share: float

    def of(self, what: What) -> float:
        """Return the one for a kind of comparison."""
        return self.distribution if what == "distribution" else self.share


def drift_of(
    reference: WindowCounts, window: WindowCounts, tolerances: Tolerances
) -> tuple[ColumnDrift, ...]:
    """Compare a window with the reference.

    Args:
        reference: Of windows before.
        window: Counted with the same bins.
        tolerances: What is bearable.

    Returns:
        Score and decision first; then drift before what is not known before what has not moved, and
        the largest effect first.

    Example:
        >>> from lifecycle_core.schema.window_counts import WindowCounts
        >>> before = WindowCounts(decided=9_000, acted=900)
        >>> now = WindowCounts(decided=900, acted=270)
        >>> found, = drift_of(before, now, Tolerances(0.1, 0.05))
        >>> found.column, found.state, round(found.value, 2)
        ('decision', 'drift', 0.2)
    """
    shifts = {
        (column, what): (shift, tolerances.of(what))
        for column, what, shift in _shifts(reference, window, tolerances)
    }
    judged = judge({f"{column}\n{what}": pair for (column, what), pair in shifts.items()})
    notes = dict(_units(reference, window))
    found = [
        ColumnDrift(
            column=column,
            what=what,
            state=judged[f"{column}\n{what}"].state,
            value=None if shift is None else shift.value,
            low=None if shift is None else shift.low,
            high=None if shift is None else shift.high,
            tolerance=tolerance,
            adjusted=judged[f"{column}\n{what}"].adjusted,
            note="There are no rows in one of the two."
            if shift is None
            else notes.get(column, "") * (what == "distribution"),
        )
        for (column, what), (shift, tolerance) in shifts.items()
    ]
    order = ("drift", "not_enough_data", "no_material_drift")
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.column not in _FIRST, order.index(each.state), -(each.value or 0.0),
                each.column, each.what,
            ),
        )
    )  # fmt: skip


def data(
    drift: Sequence[ColumnDrift], same_phase: WindowCounts | None, window: WindowCounts
) -> Section:
    """Return drift as figures, so that rules can name it.

    Args:
        drift: Against the windows before.
        same_phase: The window at the same phase of the last cycle; None if it was not counted.
        window: The window.
    """
    told = [each for each in drift if each.state != "not_enough_data"]
    nothing = "Too few rows to tell of any column."
    by = {(each.column, each.what): each for each in drift}
    moved = float(sum(each.state == "drift" for each in drift))

    def effect(name: str, column: str, what: What) -> Figure:
        found = by.get((column, what))
        known = found is not None and found.state != "not_enough_data"
        return Figure(
            name=name,
            value=found.value if known and found is not None else None,
            unit="distance" if what == "distribution" else "share",
            note="" if known else "Too few rows to tell.",
        )

    return Section(
        name="data",
        figures=(
            Figure(
                name="drifted", value=moved if told else None, unit="comparisons",
                rows=len(drift), note="" if told else nothing,
            ),
            Figure(
                name="undecided", value=float(len(drift) - len(told)), unit="comparisons",
                rows=len(drift),
            ),
            effect("score_shift", "score", "distribution"),
            effect("decision_shift", "decision", "share"),
            _since(same_phase, window),
        ),
    )  # fmt: skip


def _since(same_phase: WindowCounts | None, window: WindowCounts) -> Figure:
    """Return the signed change of the share acted on since the same phase of the last cycle."""
    name, unit = "decision_shift_same_phase", "share"
    if same_phase is None or not same_phase.decided or not window.decided:
        note = "One of the two windows has no decisions."
        return Figure(name=name, unit=unit, rows=window.decided, note=note)
    change = window.acted / window.decided - same_phase.acted / same_phase.decided
    return Figure(name=name, value=change, unit=unit, rows=window.decided)


def _shifts(
    reference: WindowCounts, window: WindowCounts, tolerances: Tolerances
) -> Iterator[tuple[str, What, Shift | None]]:
    share = tolerances.share
    before, now = (reference.acted, reference.decided), (window.acted, window.decided)
    yield "decision", "share", share_shift(before, now, tolerance=share)
    current = {each.name: each for each in window.columns}
    for old in reference.columns:
        new = current.get(old.name)
        if new is None:
            yield old.name, "distribution", None
            continue
        yield (
            old.name,
            "distribution",
            jensen_shannon_shift(*_filled(old, new), tolerance=tolerances.distribution),
        )
        rows = old.present + old.missing, new.present + new.missing
        if old.missing or new.missing:
            pairs = (old.missing, rows[0]), (new.missing, rows[1])
            yield old.name, "missing", share_shift(*pairs, tolerance=share)
        if old.other or new.other:
            pairs = (old.other, old.present), (new.other, new.present)
            yield old.name, "new_values", share_shift(*pairs, tolerance=share)


def _filled(old: ColumnCounts, new: ColumnCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows by bin, without bins that are empty in both: nothing can be told of them."""
    before, now = _bins(old), _bins(new)
    seen = before + now > 0
    return before[seen], now[seen]


def _bins(column: ColumnCounts) -> NDArray[np.int64]:
    """Return rows by bin; of categories in the order of the reference, and of all others."""
    counts = column.counts or (*column.categories.values(), column.other)
    return np.array(counts, dtype=np.int64)


def _units(reference: WindowCounts, window: WindowCounts) -> Iterator[tuple[str, str]]:
    current = {each.name: each for each in window.columns}
    for old in reference.columns:
        new = current.get(old.name)
        if new is None or len(old.quantiles) != _QUANTILES or len(new.quantiles) != _QUANTILES:
            continue
        found = unit_change(
            np.array(old.quantiles), np.array(new.quantiles), rows=min(old.present, new.present)
        )
        if found is not None and found.kind == "unit_changed":
            yield old.name, f"Its unit seems to have changed: {found.name}."
