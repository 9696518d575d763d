from __future__ import annotations

from lifecycle_core.monitoring.sums import added
from lifecycle_core.schema.window_counts import Money, ScoreGroup, WindowCounts


def test_groups_of_several_windows_add_up_to_the_last_sum() -> None:
    one = ScoreGroup(
        version="3", score=0.2, acted=True, rows=5, positives=2, negatives=1, priced=3,
        if_positive=8.0, if_negative=1.0, cost=Money(rows=3, total=9.0, squares=41.0),
        positive_cost=8.0,
    )  # fmt: skip
    other = one.model_copy(update={"score": 0.4})
    found = added([WindowCounts(groups=(one, other)), WindowCounts(groups=(one,))])
    assert found.groups[1] == other
    assert (found.groups[0].rows, found.groups[0].cost.total) == (10, 18.0)
    assert (found.groups[0].if_positive, found.groups[0].positive_cost) == (16.0, 16.0)
