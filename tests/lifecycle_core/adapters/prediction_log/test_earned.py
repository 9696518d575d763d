"""What a release has earned so far, without reading all that it ever predicted."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.schema.window_counts import Money
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime(2026, 11, 28, tzinfo=UTC)
SPAN = Span(DAY - timedelta(days=9_000), DAY + timedelta(days=1), DAY + timedelta(days=30))


def test_it_is_what_all_rows_read_at_once_have_earned(tmp_path: Path) -> None:
    rows = [prediction(at) for at in range(8)]
    rows[5] = rows[5].model_copy(update={"arm": "shadow"})
    rows[6] = rows[6].model_copy(update={"release": "other"})
    money = {"money": 10.0, "currency": "EUR"}
    said = [
        outcome(0, 0, **money),
        outcome(1, 1, **money),
        outcome(2, 1, money=-3.0, currency=None),  # told again: the amount, not its currency
        outcome(3, 2, money=7.0, currency=None),
        outcome(4, 2, money=None, currency="USD"),  # told later what it was in
        outcome(5, 3, money=None, currency=None),
        outcome(6, 5, **money),
        outcome(7, 6, **money),
        outcome(8, 77, **money),  # of a prediction that the log does not have
    ]
    for _ in range(2):  # a caller who was in doubt sends all of it again
        with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as log:
            log.append(rows)
            log.append_outcomes(said).result(timeout=60)
    with closing(CountsWindows(tmp_path / "log", "churn", acts=True)) as counts:
        found = counts.earned(SPAN)
        earlier = counts.earned(SPAN._replace(as_of=DAY - timedelta(days=99)))
        counts.read(SPAN, features=False)
        assert counts.count(SPAN).money == found
    assert found == {
        "EUR": Money(rows=2, total=7.0, squares=109.0),
        "USD": Money(rows=1, total=7.0, squares=49.0),
    }
    assert earlier == {}
