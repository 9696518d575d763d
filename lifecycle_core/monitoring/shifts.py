"""How far score, decision and features of a window are from the reference: drift in three states.

An effect counts as drift when it is above its tolerance with all comparisons considered, as
"no material drift" when twice the tolerance is excluded, else as "not enough data". Features may
come from rows of several versions; scores and decisions are compared within one version only, as
those of another model differ without anything having drifted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from lifecycle_core.monitoring.versions import answers_of, main_version, new_since
from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.schema.review import ColumnDrift
from lifecycle_core.stats.drift_states import judge, persistent
from lifecycle_core.stats.shift import Shift, jensen_shannon_shift, share_shift

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.monitoring.changes import Change
    from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts

Against = Literal["before", "release", "same_phase"]
What = Literal["distribution", "missing", "new_values", "share"]
_FIRST = ("score", "decision")
_ORDER = ("drift", "not_enough_data", "no_material_drift")
SEASONAL = "As it was at the same phase of the last cycle."


class Since(NamedTuple):
    """What the release keeps, beside the window in the same bins."""

    released: WindowCounts
    window: WindowCounts


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
    reference: WindowCounts,
    window: WindowCounts,
    tolerances: Tolerances,
    *,
    changes: Sequence[Change] = (),
    since: Since | None = None,
    same_phase: WindowCounts | None = None,
) -> tuple[ColumnDrift, ...]:
    """Compare a window with the reference, what the release keeps, and the same phase.

    Windows before move along with drift that is slow, and hide it; what the release keeps does not.
    Neither has the season of the window, which the same phase of the last cycle has.
    All comparisons are one family: the more there are, the more each has to show.

    Args:
        reference: Of windows before.
        window: Counted with the same bins.
        tolerances: What is bearable.
        changes: Signs that columns mean something else, which are told beside them.
        since: What the release keeps; without it, and without rows before, nothing is compared.
        same_phase: The window at the same phase of the last cycle, counted with the bins of the
            reference; None if it was not counted.

    Returns:
        Score and decision first; then drift before what is not known before what has not moved, and
        the largest effect first. Drift that the same phase had, too, says so.

    Example:
        >>> from lifecycle_core.schema.window_counts import Answers, ColumnCounts, WindowCounts
        >>> def of(acted: int) -> WindowCounts:
        ...     score = ColumnCounts(name="score")
        ...     one = Answers(version="3", decided=900, acted=acted, score=score)
        ...     return WindowCounts(rows=900, versions={"3": 900}, answers=(one,))
        >>> found = drift_of(of(90), of(270), Tolerances(0.1, 0.05))[0]
        >>> found.column, found.state, round(found.value, 2)
        ('decision', 'drift', 0.2)
    """
    shifts: dict[tuple[Against, str, What], tuple[Shift | None, float]] = (
        {
            ("before", column, what): (shift, tolerances.of(what))
            for column, what, shift in _shifts(reference, window, tolerances)
            if reference.rows or since is None
        }
        | {
            ("release", column, what): (shift, tolerances.of(what))
            for column, what, shift in (_shifts(*since, tolerances) if since else ())
            if shift is not None or column not in _FIRST
        }
        | {
            ("same_phase", column, what): (shift, tolerances.of(what))
            for column, what, shift in (
                _shifts(same_phase, window, tolerances) if same_phase else ()
            )
            if shift is not None
        }
    )
    judged = judge({"\n".join(key): pair for key, pair in shifts.items()})
    changed = new_since(reference, main_version(window))
    notes = {change.column: change.note for change in reversed(changes)}
    found = []
    for (against, column, what), (shift, tolerance) in shifts.items():
        known = notes.get(column, "") * (
            what == "distribution" and (against == "before" or not reference.rows)
        )
        verdict = judged[f"{against}\n{column}\n{what}"]
        why = (changed if column in _FIRST else "") or "There are no rows in one of the two."
        found.append(
            ColumnDrift(
                column=column,
                what=what,
                against=against,
                state=verdict.state,
                value=None if shift is None else shift.value,
                low=None if shift is None else shift.low,
                high=None if shift is None else shift.high,
                tolerance=tolerance,
                adjusted=verdict.adjusted,
                note=why if shift is None else known,
            )
        )
    return ranked(_with_season(found))


def _with_season(drift: Sequence[ColumnDrift]) -> list[ColumnDrift]:
    """Return comparisons; drift that is none beside the same phase has a note."""
    settled = {
        (each.column, each.what)
        for each in drift
        if each.against == "same_phase" and each.state == "no_material_drift"
    }
    return [
        each.model_copy(update={"note": f"{each.note} {SEASONAL}".strip()})
        if each.state == "drift" and (each.column, each.what) in settled
        else each
        for each in drift
    ]


def weighed(
    drift: Sequence[ColumnDrift], importance: dict[str, float], cost_change: float | None
) -> tuple[ColumnDrift, ...]:
    """Rank drift by what it may cost: effect times importance, of the change of the cost.

    Args:
        drift: Of one window.
        importance: By feature or group of features: how far it moves scores.
        cost_change: Money per row by which cost has moved; None if that is not known.

    Returns:
        Of each distribution that has drifted: its part of the importance of all features, and of
        the change of the cost, which is shared out among them by effect times importance.
    """
    whole, own = sum(importance.values()), recent(drift)
    if whole <= 0:
        return tuple(drift)
    parts = {
        each.column: importance[each.column] / whole
        for each in drift
        if each.column in importance and each.column not in _FIRST
    }
    pulls = {
        each.column: (each.value or 0.0) * parts[each.column]
        for each in own
        if each.column in parts and each.what == "distribution" and each.state == "drift"
    }
    pulled = sum(pulls.values())
    found = []
    for each in drift:
        update: dict[str, float | None] = {"importance": parts.get(each.column)}
        if each.what == "distribution" and pulled and cost_change is not None:
            pull = pulls.get(each.column) if each in own else None
            update["cost"] = None if pull is None else cost_change * pull / pulled
        found.append(each.model_copy(update=update))
    return ranked(found)


def ranked(drift: Sequence[ColumnDrift]) -> tuple[ColumnDrift, ...]:
    """Return comparisons in the order in which they are worth reading."""

    def place(each: ColumnDrift) -> tuple[bool, int, float, float, str, str, str]:
        weight = (each.importance or 0.0) * (each.value or 0.0)
        state = _ORDER.index(each.state)
        return (
            each.column not in _FIRST,
            state,
            -weight,
            -(each.value or 0.0),
            each.column,
            each.what,
            each.against,
        )

    return tuple(sorted(drift, key=place))


def lasting(
    drift: Sequence[ColumnDrift],
    before: Sequence[Sequence[ColumnDrift]],
    *,
    at_least: int,
    of: int,
) -> tuple[ColumnDrift, ...]:
    """Say of each comparison what the last windows say together.

    Args:
        drift: Of the newest window.
        before: Of the windows before it, oldest first.
        at_least: Windows with drift that make it lasting.
        of: Windows that are looked back on, with the newest.
    """
    states = [{_key(each): each.state for each in one} for one in (*before, drift)]
    return tuple(
        each.model_copy(
            update={
                "lasting": persistent(
                    [one.get(_key(each), "not_enough_data") for one in states],
                    at_least=at_least,
                    of=of,
                )
            }
        )
        for each in drift
    )


def _key(each: ColumnDrift) -> tuple[str, str, str]:
    return each.against, each.column, each.what


def _shifts(
    reference: WindowCounts, window: WindowCounts, tolerances: Tolerances
) -> Iterator[tuple[str, What, Shift | None]]:
    version = main_version(window)
    before, now = answers_of(reference, version), answers_of(window, version)
    if before is None or now is None:
        yield "decision", "share", None
        yield "score", "distribution", None
    else:
        yield (
            "decision",
            "share",
            share_shift(
                (before.acted, before.decided), (now.acted, now.decided), tolerance=tolerances.share
            ),
        )
        yield from _of_column(before.score, now.score, tolerances)
    current = {each.name: each for each in window.columns}
    for old in reference.columns:
        new = current.get(old.name)
        if new is None:
            yield old.name, "distribution", None
        else:
            yield from _of_column(old, new, tolerances)


def _of_column(
    old: ColumnCounts, new: ColumnCounts, tolerances: Tolerances
) -> Iterator[tuple[str, What, Shift | None]]:
    shift = jensen_shannon_shift(*_filled(old, new), tolerance=tolerances.distribution)
    yield old.name, "distribution", shift
    rows = old.present + old.missing, new.present + new.missing
    if old.missing or new.missing:
        pairs = (old.missing, rows[0]), (new.missing, rows[1])
        yield old.name, "missing", share_shift(*pairs, tolerance=tolerances.share)
    if old.other or new.other:
        pairs = (old.other, old.present), (new.other, new.present)
        yield old.name, "new_values", share_shift(*pairs, tolerance=tolerances.share)


def _filled(old: ColumnCounts, new: ColumnCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows by bin, without bins that are empty in both: nothing can be told of them."""
    before, now = _bins(old), _bins(new)
    seen = before + now > 0
    return before[seen], now[seen]


def _bins(column: ColumnCounts) -> NDArray[np.int64]:
    """Return rows by bin; of categories in the order of the reference, and of all others."""
    counts = column.counts or (*column.categories.values(), column.other)
    return np.array(counts, dtype=np.int64)
