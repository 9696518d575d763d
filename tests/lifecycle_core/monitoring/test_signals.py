"""Figures of a window's data beside the same phase of the last cycle."""

from __future__ import annotations

import math

import pytest

from lifecycle_core.monitoring.planning import plan_of
from lifecycle_core.monitoring.reviewing import Counted, review
from lifecycle_core.schema.window_counts import WindowCounts
from tests.fakes.windows import AS_OF, counts, stated


@pytest.mark.parametrize("rows", [1_000, 20])
def test_the_change_since_the_same_phase_has_an_interval_where_there_are_rows_enough(
    rows: int,
) -> None:
    of = stated()
    plan = plan_of(of.review, label="2026-W10", as_of=AS_OF)
    counted = Counted(
        window=counts(rows, acted=0.4), before=(WindowCounts(),) * len(plan.before),
        reference=WindowCounts(), same_phase=counts(1_000, acted=0.3),
    )  # fmt: skip
    figure = review("churn", of, plan, counted, as_of=AS_OF).figure("decision_shift_same_phase")
    assert figure.value == pytest.approx(0.1)
    if rows < 30:
        assert figure.interval is None
        return
    reach = 1.96 * math.sqrt(0.4 * 0.6 / 1_000 + 0.3 * 0.7 / 1_000)
    assert figure.interval is not None
    assert figure.interval.low == pytest.approx(0.1 - reach, abs=1e-4)
    assert figure.interval.high == pytest.approx(0.1 + reach, abs=1e-4)
