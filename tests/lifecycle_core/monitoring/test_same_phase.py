"""Windows beside the same phase of the last cycle: seasons that are as every year, or are not."""

from __future__ import annotations

import pytest

from lifecycle_core.monitoring.shifts import SEASONAL
from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts
from tests.fakes.windows import reviewed, stated

RULES = [
    "when drifted > 0 then notify operations",
    "when drifted > 0 and drifted_since_same_phase > 0 then retrain data",
]


def warm(share: float, rows: int = 20_000) -> WindowCounts:
    """Return a window of which a share of rows is of warm days."""
    days = round(rows * share)
    column = ColumnCounts(name="celsius", edges=(20.0,), counts=(rows - days, days))
    return WindowCounts(rows=rows, versions={"3": rows}, columns=(column,))


@pytest.mark.parametrize(("last_summer", "state"), [(0.8, "no_material_drift"), (0.2, "drift")])
def test_a_season_as_every_year_is_told_from_drift(last_summer: float, state: str) -> None:
    spring = [warm(0.2)] * 4
    found = reviewed(
        *spring, warm(0.8), of=stated(rules=RULES), reference=warm(0.2, 80_000),
        same_phase=warm(last_summer),
    )  # fmt: skip
    by = {each.against: each for each in found.drift if each.column == "celsius"}
    assert (by["before"].state, by["same_phase"].state) == ("drift", state)
    assert found.figure("drifted").value == 1
    known = state == "drift"
    assert found.figure("drifted_since_same_phase").value == known
    assert by["before"].note == ("" if known else SEASONAL)
    assert [each.rule for each in found.firings] == RULES[: 1 + known]


def test_without_a_cycle_before_nothing_is_said_of_it() -> None:
    found = reviewed(*[warm(0.2)] * 4, warm(0.8), reference=warm(0.2))
    assert {each.against for each in found.drift} == {"before"}
    figure = found.figure("drifted_since_same_phase")
    assert figure.value is None
    assert figure.note == "The same phase of the last cycle has no predictions."


def test_the_same_phase_does_not_stand_in_for_the_windows_before() -> None:
    found = reviewed(warm(0.8), reference=WindowCounts(), same_phase=warm(0.2))
    assert [each.against for each in found.drift if each.column == "celsius"] == ["same_phase"]
    assert not [each for each in recent(found.drift) if each.column == "celsius"]
