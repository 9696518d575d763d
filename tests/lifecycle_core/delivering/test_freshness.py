"""Rows of a table must be as fresh as the contract says, as those of a request must be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from lifecycle_core.delivering import deliver_in_database
from lifecycle_core.delivering.row_checks import RowChecks
from lifecycle_core.errors import InvalidCall, TableInvalid
from tests.fakes.scoring import NOW, Made, customers, logged, make

if TYPE_CHECKING:
    from pathlib import Path

OLD = "as_of is more than 24 hours old"
NONE = "as_of has no moment to judge freshness by"
DATES: dict[Any, str | None] = {
    "2026-11-28T08:00:00+00:00": None,
    "2026-11-27T09:00:00Z": None,  # 24 hours, to the second
    "2026-11-27T08:59:59Z": OLD,
    "2026-11-27T10:59:59+02:00": OLD,
    "2026-11-27 09:30:00": None,  # without zone it is UTC
    "2026-11-28": None,
    "2026-11-27": OLD,
    "yesterday": NONE,
    None: NONE,
}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make(tmp_path, fresh_hours=24)


def reasons(made: Made) -> list[str | None]:
    found = pd.read_parquet(made.folder / "out.parquet")["unscored"]
    return [None if pd.isna(each) else each for each in found]


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_row_that_is_not_fresh_gets_no_score_and_says_so(made: Made, name: str) -> None:
    frame = customers(len(DATES)).assign(as_of=list(DATES))
    summary = made.deliver(made.table(frame, name))
    assert reasons(made) == list(DATES.values())
    assert (summary.rows, summary.unscored) == (4, 5)
    rejects = pd.read_parquet(made.folder / "rejects.parquet")
    assert rejects["unscored"].tolist() == [each for each in DATES.values() if each]
    # The very rows that a service would refuse.
    checks = RowChecks(made.contract)
    columns = {str(column): frame[column].tolist() for column in frame}
    refused = checks.check(columns, len(frame), now=NOW.timestamp()).bad
    assert refused == {row for row, reason in enumerate(DATES.values()) if reason}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", None])
def test_timestamps_and_dates_of_a_file_are_judged_too(made: Made, zone: str | None) -> None:
    moments = pd.Series([NOW - timedelta(hours=23), NOW - timedelta(hours=25)])
    there = moments.dt.tz_convert(zone or "UTC")
    frame = customers(2).assign(as_of=there if zone else there.dt.tz_localize(None))
    made.deliver(made.table(frame, "in.parquet"))
    assert reasons(made) == [None, OLD]


def test_a_replay_judges_each_row_as_of_its_own_moment(made: Made) -> None:
    days = pd.Series(["2013-07-01T08:00:00Z"] * 3)
    dates: list[Any] = ["2013-07-01T00:00:00Z", "2013-06-29T00:00:00Z", None]
    frame = customers(3).assign(as_of=dates, decided_at=days)
    made.deliver(made.table(frame), time="decided_at")
    assert reasons(made) == [None, OLD, NONE]
    assert pd.read_parquet(made.folder / "out.parquet")["decided_at"].tolist() == days.tolist()
    made.deliver(made.table(frame), log=logged(made.folder / "log", "decided_at"), run="r2")
    assert reasons(made) == [None, OLD, NONE]


def test_a_table_without_the_column_is_refused_and_nothing_is_written(made: Made) -> None:
    with pytest.raises(TableInvalid, match="has no column 'as_of'"):
        made.deliver(made.table(customers(3)))
    assert not (made.folder / "out.parquet").exists()
    frame = customers(3).assign(as_of="2026-11-28")
    with pytest.raises(InvalidCall, match="no column 'decided_at' to take the moments from"):
        made.deliver(made.table(frame), time="decided_at")


def test_a_run_that_goes_on_another_day_judges_as_of_its_first(made: Made) -> None:
    class BrokenError(Exception):
        """The process ends here."""

    frame = customers(3).assign(as_of="2026-11-28T08:00:00Z")
    table = made.table(frame)

    def fail(*_: object, **__: object) -> None:
        raise BrokenError

    with pytest.raises(BrokenError):
        made.deliver(table, engine=BrokenEngine(fail))  # type: ignore[arg-type]  # opens nothing
    made.deliver(table, now=NOW + timedelta(days=3))
    assert reasons(made) == [None, None, None]


class BrokenEngine:
    """An engine that cannot be opened."""

    def __init__(self, fail: object) -> None:
        self.open = fail


def test_a_database_is_not_asked_how_fresh_its_rows_are(made: Made) -> None:
    address = f"sqlite:///{made.folder / 'shop.db'}"
    frame = customers(3).assign(as_of="2026-11-28")
    frame.to_sql("customers", address, index=False)
    with pytest.raises(InvalidCall, match="asks how fresh 'as_of' of each row is"):
        made.deliver(f"{address}::customers", f"{address}::scores", activity=deliver_in_database)
