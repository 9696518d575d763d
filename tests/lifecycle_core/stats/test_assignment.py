from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.stats.assignment import arm_at, point_of, stretches


@given(
    shares=st.lists(st.floats(0.1, 30), min_size=1, max_size=3),
    holdout=st.floats(0, 9),
    unit=st.text(max_size=8),
)
def test_arms_tile_the_units_and_a_larger_last_arm_moves_nobody_out(
    shares: list[float], holdout: float, unit: str
) -> None:
    arms = [(f"arm{at}", share) for at, share in enumerate(shares)]
    parts = stretches(arms, holdout=holdout)
    assert (parts[0].start, parts[-1].end) == (0, 100)
    assert all(one.end == other.start for one, other in pairwise(parts))
    before = arm_at(point_of(unit, "salt"), parts)
    larger = [*arms[:-1], (arms[-1][0], arms[-1][1] + 1)]
    after = arm_at(point_of(unit, "salt"), stretches(larger, holdout=holdout))
    assert after == before or (before == "champion" and after == arms[-1][0])


def test_units_are_shared_out_evenly_and_by_another_salt_independently() -> None:
    first, second = ([point_of(f"c{at}", salt) < 50 for at in range(4000)] for salt in "ab")
    both = sum(one and other for one, other in zip(first, second, strict=True))
    assert abs(sum(first) - 2000) < 150
    assert abs(both - 1000) < 120
