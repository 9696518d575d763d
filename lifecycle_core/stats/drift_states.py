"""Whether shifts are drift: three states, many features at once, k of the last m windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from lifecycle_core.stats.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.stats.shift import Shift

State = Literal["drift", "no_material_drift", "not_enough_data"]
SEEN_AT = 2.0  # times the tolerance: what "no material drift" excludes


class Judged(NamedTuple):
    """What is said of one feature in one window.

    Attributes:
        state: `drift`: the shift is above its tolerance, with all features considered.
            `no_material_drift`: it is not, nor would it be if it were the only feature, and twice
            the tolerance is excluded.
            `not_enough_data`: neither is shown.
        adjusted: P-value by Benjamini and Hochberg over the features, in [0, 1]; 1 where there
            were no rows.
    """

    state: State
    adjusted: float


def judge(
    shifts: Mapping[str, tuple[Shift | None, float]], *, level: float = 0.95
) -> dict[str, Judged]:
    """Judge the features of one window together.

    Args:
        shifts: By feature: the shift, None where a sample had no rows, and its tolerance, the one
            that its p-value speaks of.
        level: 1 - level is the share of false findings among all findings, in (0, 1).

    Returns:
        In the same order. A feature whose true shift is at most its tolerance is called `drift`
        in at most 1 - level of windows, and one that has moved by twice its tolerance is called
        `no_material_drift` as rarely as its upper bound is wrong.

    Example:
        >>> from lifecycle_core.stats.shift import share_shift
        >>> late = share_shift((10, 10_000), (80, 1_000), tolerance=0.02), 0.02
        >>> few = share_shift((10, 10_000), (0, 20), tolerance=0.02), 0.02
        >>> [one.state for one in judge({"late": late, "few": few, "none": (None, 0.02)}).values()]
        ['drift', 'not_enough_data', 'not_enough_data']
    """
    seen = {name: shift for name, (shift, _) in shifts.items() if shift is not None}
    raised = benjamini_hochberg([shift.p_value for shift in seen.values()])
    adjusted = dict(zip(seen, raised, strict=True))
    judged: dict[str, Judged] = {}
    for name, (shift, tolerance) in shifts.items():
        state: State = "not_enough_data"
        if shift is not None and adjusted[name] <= 1 - level:
            state = "drift"
        elif shift is not None and shift.low <= tolerance and shift.high < SEEN_AT * tolerance:
            state = "no_material_drift"
        judged[name] = Judged(state, adjusted.get(name, 1.0))
    return judged


def persistent(states: Sequence[State], *, at_least: int, of: int) -> State:
    """Return what the last windows say together.

    Args:
        states: Of windows in the order of time, the newest last.
        at_least: Windows with drift that make an alert, at least 1.
        of: Windows that are looked back on, at least `at_least`.

    Returns:
        `drift` with enough such windows among the last; `not_enough_data` where those that could
        not tell might make it so; else `no_material_drift`. Windows before the first could not
        tell.

    Raises:
        ValueError: 1 <= at_least <= of does not hold.

    Example:
        >>> persistent(["drift", "no_material_drift", "drift"], at_least=2, of=3)
        'drift'
        >>> persistent(["drift", "no_material_drift", "no_material_drift"], at_least=2, of=3)
        'no_material_drift'
        >>> persistent(["drift"], at_least=2, of=3)
        'not_enough_data'
    """
    if not 1 <= at_least <= of:
        raise ValueError(f"at_least == {at_least} of {of}, want 1 <= at_least <= of.")
    last = list(states)[-of:]
    sure = last.count("drift")
    open_ = last.count("not_enough_data") + of - len(last)
    if sure >= at_least:
        return "drift"
    return "not_enough_data" if sure + open_ >= at_least else "no_material_drift"
