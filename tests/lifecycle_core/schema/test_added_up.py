from __future__ import annotations

import numpy as np
import pytest

from lifecycle_core.schema.added_up import added_up
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.review import Figure, Review, Section
from tests.fakes.review_series import series

REVIEW = series().reviews[0]


def reviewed(*figures: Figure) -> Review:
    return REVIEW.model_copy(update={"sections": (Section(name="business", figures=figures),)})


def earned(value: float | None, half: float | None = 1.0, name: str = "uplift_total") -> Figure:
    interval = None
    if value is not None and half is not None:
        interval = Interval(low=value - half, high=value + half, level=0.95)
    return Figure(name=name, value=value, interval=interval, unit="EUR", rows=10)


def test_windows_without_a_value_are_left_out_and_counted() -> None:
    (found,) = added_up([reviewed(earned(2.0)), reviewed(earned(None)), reviewed(earned(3.0))])
    assert (found.value, found.rows, found.unit) == (5.0, 20, "EUR")
    assert found.interval == Interval(low=3.0, high=7.0, level=0.95)
    assert found.note == "Known in 2 of 3 windows."


def test_an_interval_of_the_sum_wants_one_of_each_window() -> None:
    (found,) = added_up([reviewed(earned(2.0)), reviewed(earned(3.0, None))])
    assert found.value == 5.0
    assert found.interval is None


def test_what_a_row_saves_counts_for_all_rows_of_its_window() -> None:
    (found,) = added_up([reviewed(earned(0.5, 0.1, "saved_against_nobody"))] * 2)
    assert found.value == pytest.approx(10.0)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(8.0)


def test_a_figure_that_may_change_makes_a_sum_that_may() -> None:
    late = earned(1.0).model_copy(update={"final": False})
    assert [each.final for each in added_up([reviewed(earned(1.0)), reviewed(late)])] == [False]
    assert added_up([]) == ()


@pytest.mark.parametrize("shared", [0.0, 0.5, 1.0])
def test_the_interval_covers_whatever_windows_have_in_common(shared: float) -> None:
    rng = np.random.default_rng(5)
    common = rng.normal(size=(400, 1)) * np.sqrt(shared)
    seen = common + rng.normal(size=(400, 6)) * np.sqrt(1 - shared)
    covered = 0
    for windows in seen:
        (found,) = added_up([reviewed(earned(value, 1.96)) for value in windows])
        assert found.interval is not None
        covered += found.interval.low <= 0 <= found.interval.high
    assert covered / 400 >= 0.93
