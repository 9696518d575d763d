"""False alarms of whole reviews, power, and windows that have to agree."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle_core.stats.drift_states import State, judge, persistent
from lifecycle_core.stats.shift import Shift, jensen_shannon_shift, share_shift

EVEN = np.full(8, 1 / 8)


def reviewed(
    rng: np.random.Generator, rows: int, tolerance: float, shares: np.ndarray
) -> list[State]:
    """Judge 25 features of which the first has these shares."""
    shifts: dict[str, tuple[Shift | None, float]] = {}
    for at in range(25):
        before = rng.multinomial(max(rows, 50_000), EVEN)
        now = rng.multinomial(rows, EVEN if at else shares)
        shifts[str(at)] = jensen_shannon_shift(before, now, tolerance=tolerance), tolerance
    return [one.state for one in judge(shifts).values()]


@pytest.mark.parametrize(
    ("rows", "tolerance"), [(200, 0.05), (200, 0.2), (5_000, 0.02), (1_000_000, 0.002)]
)
def test_no_change_is_no_alarm(rows: int, tolerance: float) -> None:
    rng = np.random.default_rng(0)
    alarms = sum("drift" in reviewed(rng, rows, tolerance, EVEN) for _ in range(60))
    assert alarms <= 3


@pytest.mark.parametrize(("rows", "tilt"), [(5_000, 0.3), (1_000_000, 0.03)])
def test_twice_the_tolerance_is_seen(rows: int, tilt: float) -> None:
    shares = np.exp(np.linspace(-tilt, tilt, 8))
    shares /= shares.sum()
    exact = [np.rint(each * 1e12).astype(np.int64) for each in (EVEN, shares)]
    far = jensen_shannon_shift(*exact, tolerance=0.1)
    assert far is not None
    rng = np.random.default_rng(1)
    seen = [reviewed(rng, rows, far.value / 2, shares)[0] for _ in range(60)]
    assert seen.count("drift") >= 54


def test_enough_rows_clear_and_few_do_not() -> None:
    rng = np.random.default_rng(2)
    assert reviewed(rng, 20_000, 0.1, EVEN).count("no_material_drift") == 25
    assert reviewed(rng, 30, 0.1, EVEN).count("not_enough_data") >= 24


def test_many_features_raise_the_bar() -> None:
    shift = share_shift((2_000, 20_000), (160, 1_000), tolerance=0.04)
    assert shift is not None
    assert 0.01 < shift.p_value < 0.05
    alone = judge({"one": (shift, 0.04)})["one"]
    among = judge(
        {"one": (shift, 0.04), **{str(n): (Shift(0, 0, 0.01, 1.0), 0.04) for n in range(20)}}
    )["one"]
    assert alone.state == "drift"
    assert among.state != "drift"
    assert among.adjusted > alone.adjusted


def test_nothing_is_judged_of_nothing() -> None:
    assert judge({}) == {}
    assert judge({"gone": (None, 0.1)})["gone"] == ("not_enough_data", 1.0)


def test_an_interval_above_the_tolerance_is_not_no_drift_for_want_of_others() -> None:
    """Benjamini and Hochberg hold back what alone would be drift: then it is open."""
    above = Shift(value=0.12, low=0.105, high=0.135, p_value=0.03)
    quiet = Shift(value=0.0, low=0.0, high=0.05, p_value=1.0)
    many = {"above": (above, 0.1)} | {str(at): (quiet, 0.1) for at in range(9)}
    assert judge({"above": (above, 0.1)})["above"].state == "drift"
    found = judge(many)
    assert (found["above"].state, found["0"].state) == ("not_enough_data", "no_material_drift")
    near = above._replace(low=0.1)
    assert judge(many | {"above": (near, 0.1)})["above"].state == "no_material_drift"


D, N, U = "drift", "no_material_drift", "not_enough_data"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([D, D, D], D),
        ([D, N, D], D),
        ([D, D, N, N], N),
        ([N, N, D], N),
        ([N, U, D], U),
        ([U, U, U], U),
        ([N, N, U], N),
        ([N, U, U], U),
        ([N], U),
        ([N, N], N),
        ([], U),
        ([D], U),
    ],
)
def test_two_of_three_windows(states: list[State], expected: State) -> None:
    assert persistent(states, at_least=2, of=3) == expected


@pytest.mark.parametrize(("at_least", "of"), [(0, 3), (4, 3)])
def test_windows_can_be_counted(at_least: int, of: int) -> None:
    with pytest.raises(ValueError, match="want 1 <= at_least <= of"):
        persistent([], at_least=at_least, of=of)
