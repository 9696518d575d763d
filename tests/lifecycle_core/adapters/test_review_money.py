"""What a review says of rows in the logs: money by the unit, segments by all their values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import TABLES, table_schema
from lifecycle_core.adapters.window_counting import count_windows
from lifecycle_core.monitoring import Counted, plan_of, review
from lifecycle_core.schema.contract import Feature
from tests.fakes.windows import stated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.schema.review import Review

WEEKS, EACH, PLACES = 5, 6_000, 60
START = np.datetime64("2026-02-02", "us")
AS_OF = datetime(2026, 3, 10, tzinfo=UTC)
FEATURES = (Feature(name="place", type="string", required=True),)


def table_of(kind: Kind, columns: Mapping[str, object], rows: int) -> pa.Table:
    """Return a table of the log; what is not given is null."""
    return pa.Table.from_arrays(
        [
            pa.array(columns[field.name]).cast(field.type)
            if field.name in columns
            else pa.nulls(rows, field.type)
            for field in table_schema(kind)
        ],
        schema=table_schema(kind),
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rows a customer; 10% of the control's rows buy for 50, and 20% of the others."""
    address = tmp_path_factory.mktemp("log")
    rng = np.random.default_rng(0)
    rows = WEEKS * EACH
    seconds = np.repeat(np.arange(WEEKS) * 7 * 86_400, EACH) + rng.uniform(0, 7 * 86_400, rows)
    when = START + seconds.astype("timedelta64[s]")
    treated = np.repeat(rng.random(rows // 2) < 0.5, 2)
    ids = np.array([f"{number:016x}" for number in rng.permutation(rows)])
    both = {
        "release": np.full(rows, "churn"),
        "day": when.astype("datetime64[D]"),
        "sequence": np.arange(rows),
    }
    places = rng.permutation(np.resize(np.arange(PLACES), rows))
    predictions = both | {
        "id": ids, "key": np.repeat([f"c{number}" for number in range(rows // 2)], 2),
        "time": when, "version": np.full(rows, 3), "score": np.full(rows, 0.6),
        "arm": np.where(treated, "challenger", "champion"), "decision": np.ones(rows),
        "features": np.array([f'{{"place": "p{place:02d}"}}' for place in places]),
        "fallback": np.full(rows, ""),
    }  # fmt: skip
    buys = rng.random(rows) < np.where(treated, 0.2, 0.1)
    outcomes = {name: values[buys] for name, values in both.items()} | {
        "id": np.char.add("o", ids[buys]), "prediction": ids[buys],
        "time": when[buys] + np.timedelta64(60, "s"),
        "money": np.full(buys.sum(), 50.0), "currency": np.full(buys.sum(), "EUR"),
    }  # fmt: skip
    for kind, columns in ((Kind.PREDICTION, predictions), (Kind.OUTCOME, outcomes)):
        write_deltalake(
            str(address / TABLES[kind]), table_of(kind, columns, len(columns["id"])),
            partition_by=["release", "day"],
        )  # fmt: skip
    return address


def reviewed(log: Path, maturity: float, as_of: datetime = AS_OF) -> Review:
    release = stated(
        segments=["place"], segment_rows=30, label_maturity_days=maturity,
        rules=["when new_segments > 0 then notify data"],
    )  # fmt: skip
    plan = plan_of(release.review, label="2026-W10", as_of=as_of)
    found = count_windows(
        plan, log, release="churn", stated=release, features=FEATURES, as_of=as_of
    )
    return review("churn", release, plan, Counted(**found._asdict()), as_of=as_of)


def test_who_buys_nothing_counts_as_nothing(log: Path) -> None:
    """Only rows with an amount were compared: all of those are of 50, and the uplift was 0."""
    found = reviewed(log, 0.0)
    uplift, mean = found.figure("uplift_per_row"), found.figure("money_per_row")
    assert uplift.interval is not None
    assert uplift.interval.low < 5 < uplift.interval.high
    assert 0.5 < (uplift.interval.high - uplift.interval.low) / 2 < 1.5
    assert found.figure("uplift_total").value == pytest.approx((uplift.value or 0) * uplift.rows)
    assert mean.rows == EACH
    assert mean.value == pytest.approx((found.figure("money_total").value or 0) / EACH)
    assert 6.5 < (mean.value or 0) < 8.5


def test_money_that_may_still_come_is_waited_for(log: Path) -> None:
    some = reviewed(log, 5.0)  # of the window's last four days it may still come
    assert 0.4 * EACH < some.figure("money_per_row").rows < 0.5 * EACH
    none = reviewed(log, 30.0, AS_OF - timedelta(days=1))
    assert none.figure("uplift_per_row").value is None
    assert "label_maturity_days" in none.figure("money_per_row").note


def test_all_values_of_the_windows_before_are_known(log: Path) -> None:
    """Of 60 equally frequent values the ten that were not among the first 50 were called new."""
    found = reviewed(log, 0.0)
    assert found.new_segments == ()
    assert found.figure("new_segments").value == 0
    assert not found.firings
