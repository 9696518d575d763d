"""What an alert says beside the figures of its rule: where, and what it costs."""

from __future__ import annotations

import pytest

from lifecycle_core.adapters.notifying.wording import message_of
from lifecycle_core.adapters.rendering import to_text
from lifecycle_core.monitoring import alerts_of
from lifecycle_core.schema.review_history import Notification
from tests.fakes.windows import review_that_fired

_SAID = (
    "Where: tenure drifted by 0.389, tolerated 0.1",
    "plan = <b>: error_rate 0.4, elsewhere 0.1",
    (
        "Cost: 18.4 EUR a row, as expected without labels, -1.6 since the windows before: "
        "-1,600 EUR in this window"
    ),
)


def test_an_alert_says_where_and_what_it_costs() -> None:
    found = review_that_fired()
    (alert, _) = alerts_of(found)
    impact = alert.firing.impact
    assert impact is not None
    assert [each.column for each in impact.columns] == ["tenure", "decision", "score"]
    assert impact.segment == found.segments[0]
    assert impact.cost_per_row == found.figure("cost_per_row").value
    assert impact.cost_change == pytest.approx(18.4 - 20.0)
    assert impact.cost_of_change == pytest.approx(-1.6 * 1_000)
    told = message_of(
        Notification(release="churn", version=3, at="2026-03-10T00:00:00Z", alert=alert)
    )
    assert all(words in told for words in _SAID)
    assert all(words in " ".join(to_text(found, width=300).split()) for words in _SAID)


def test_what_was_kept_before_alerts_said_so_is_read_and_raises_the_same_alerts() -> None:
    now = review_that_fired()
    firings = now.model_dump(mode="json")["firings"]
    for each in firings:
        del each["impact"]
    old = type(now).model_validate(now.model_dump(mode="json") | {"firings": firings})
    assert {each.firing.impact for each in alerts_of(old)} == {None}
    assert [each.key for each in alerts_of(old)] == [each.key for each in alerts_of(now)]
