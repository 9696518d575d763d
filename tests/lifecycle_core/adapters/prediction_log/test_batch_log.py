"""Rows of tables in the log: by day, in one commit, beside upkeep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from lifecycle_core.adapters.prediction_log import compact, forget, read
from lifecycle_core.adapters.prediction_log.batch_log import BatchLog, LoggedRows
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.errors import LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

BEGAN = datetime(2026, 11, 28, 9, tzinfo=UTC)


def rows(start: int, *times: datetime) -> LoggedRows:
    count = len(times)
    moment = pa.timestamp("us")
    return LoggedRows(
        start=start,
        key=pa.array([f"customer {start + at}" for at in range(count)]),
        time=pa.array(times, pa.timestamp("us", tz="UTC")),
        version=pa.repeat(3, count),
        bundle_digest=pa.repeat("sha256:0", count),
        arm=pa.repeat("champion", count),
        features={
            "seen": pa.array([datetime(2026, 1, 31, 6)] * count, moment),  # noqa: DTZ001 - contracts know no zones
            "born": pa.array([BEGAN.date()] * count),
            "charge's": pa.array([float("nan")] * count),
        },
        score=pa.array([0.5] * count),
        decision=pa.array([1.0] * count),
        fallback=pa.repeat("", count),
    )


def opened(folder: Path, run: str = "run") -> BatchLog:
    staging = folder / f"staging {run}"
    staging.mkdir(exist_ok=True)
    return BatchLog(str(folder / "log"), "churn", run, began=int(BEGAN.timestamp()), folder=staging)


def test_rows_of_many_days_in_any_order_are_there_once(tmp_path: Path) -> None:
    days = [BEGAN + timedelta(days=at * 7 % 40) for at in range(80)]
    for _ in range(2):  # killed before the commit, then done
        log = opened(tmp_path)
        log.put(rows(0, *days[:50]))
        log.put(rows(50, *days[50:]))
        log.close()
    log = opened(tmp_path)
    log.put(rows(0, *days[:50]))
    log.put(rows(50, *days[50:]))
    assert log.commit()
    log.close()
    again = opened(tmp_path)
    again.put(rows(0, *days))
    assert not again.commit()
    again.close()
    found = read(tmp_path / "log")
    assert found.column("key").to_pylist() == [f"customer {at}" for at in range(80)]
    assert found.column("time").to_pylist() == days
    assert set(found.column("features").to_pylist()) == {
        '{"seen":"2026-01-31T06:00:00","born":"2026-11-28","charge\'s":null}'
    }
    assert LogTable(str(tmp_path / "log"), Kind.PREDICTION).dataset().count_rows() == 80


def test_upkeep_that_comes_between_takes_nothing_away(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.put(rows(0, BEGAN, BEGAN))
    log.commit()
    log.close()
    table = LogTable(str(tmp_path / "log"), Kind.PREDICTION)
    tries = []

    def batches() -> Iterator[pa.RecordBatch]:
        tries.append(1)
        if len(tries) == 1:  # the file that is being written has no name in any version yet
            forget(str(tmp_path / "log"), key="customer 0")
        yield from made.to_batches()

    schema = table.dataset().schema
    made = table.dataset().to_table().select(schema.names[:-2])
    day: date = BEGAN.date()
    assert table.add("another", {day: batches}, "churn")
    assert len(tries) == 2
    assert table.dataset().count_rows() == 3


def test_upkeep_that_began_before_is_refused(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.put(rows(0, BEGAN))
    log.commit()
    log.close()
    table = LogTable(str(tmp_path / "log"), Kind.PREDICTION)
    files = table.files()
    other = opened(tmp_path, "other")
    other.put(rows(0, BEGAN))
    assert other.commit()
    other.close()
    with pytest.raises(LogUnavailable, match="somebody else's upkeep"):
        table.replace(files, (), same_rows=False)
    assert compact(str(tmp_path / "log"), keep_hours=0).tables[0].files_after == 1
    assert read(tmp_path / "log").num_rows == 2
