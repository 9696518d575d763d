"""The table of usage: written by the same log, counted by window, looked after as the others."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.prediction_log import compact, flush, forget, open_prediction_log
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.engine import open_engine
from lifecycle_core.adapters.prediction_log.free_folders import leave_usage
from lifecycle_core.adapters.prediction_log.upkeep import retain
from lifecycle_core.adapters.prediction_log.usage_counting import count_usage
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.window_counts import UsageCounts
from tests.fakes.predictions import DAY, prediction, usage

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = datetime(2026, 11, 28, tzinfo=UTC)
SPAN = Span(BEGIN, BEGIN + timedelta(days=1), BEGIN + timedelta(days=30))


def counted(log: Path, release: str = "churn") -> UsageCounts:
    with closing(open_engine(str(log))) as engine:
        return count_usage(engine, release, SPAN)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which rows were written twice, and some are of others."""
    folder = tmp_path_factory.mktemp("log")
    broken = {"field": "tenure", "rule": "range", "fields": 3}
    rows = [
        usage(1, refused={"contract": 2, "rate": 1}, refused_fields=[broken]),
        usage(2, version=4, peak_bytes=1 << 30, errors={"deadline": 5}, refused_fields=[broken]),
        usage(3, source="batch", answered=1_000, cpu_seconds=None, peak_bytes=None),
        usage(4, time="2026-11-29T00:00:00Z"),
        usage(5, release="claims", cpu_seconds=99.0),
    ]
    for _ in range(2):
        with open_prediction_log(folder / "log", wal=folder / "wal") as opened:
            opened.append_usage(rows).result(timeout=60)
    return folder / "log"


def test_each_interval_counts_once_in_the_window_in_which_it_ended(log: Path) -> None:
    assert counted(log) == UsageCounts(
        intervals=3,
        answered=1_200,
        refused={"contract": 2, "rate": 1},
        errors={"deadline": 5},
        fields={"tenure": {"range": 6}},
        cpu_seconds=1.0,
        cpu_rows=200,
        peak_bytes=1 << 30,
    )
    assert counted(log, "claims").cpu_seconds == 99.0
    assert counted(log, "unknown") == UsageCounts()


def test_a_log_of_before_has_no_such_table_and_tells_nothing(tmp_path: Path) -> None:
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as opened:
        opened.append([prediction(1)]).result(timeout=60)
    assert counted(tmp_path / "log") == UsageCounts()


def test_only_whole_usage_comes_in(tmp_path: Path) -> None:
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as opened:
        with pytest.raises(InvalidCall, match="A usage has no `time`"):
            opened.append_usage([json.dumps({"id": "1"}).encode()])
        local = usage(1, since=f"{DAY}T08:59:00+01:00")
        with pytest.raises(InvalidCall, match="is no time in UTC"):
            opened.append_usage([local])


def test_upkeep_covers_the_table(tmp_path: Path) -> None:
    address = tmp_path / "log"
    for number, day in enumerate(("2026-11-26", DAY, DAY)):
        with open_prediction_log(address, wal=tmp_path / "wal") as opened:
            row = usage(number, time=f"{day}T09:00:00Z", since=f"{day}T08:59:00Z")
            opened.append([prediction(number, key="7590-VHVEG")])
            opened.append_usage([row]).result(timeout=60)
    table = compact(str(address)).tables[-1]
    assert (table.table, table.files_before, table.files_after) == ("usage", 3, 2)
    table = retain(str(address), since=date(2026, 11, 27)).tables[-1]
    assert (table.table, table.rows_before, table.rows_after) == ("usage", 3, 2)
    assert not list(tmp_path.glob("log/usage/*/day=2026-11-26/*.parquet"))
    # There is nothing of a person in it, which is said, and true of the bytes on the disk.
    table = forget(str(address), key="7590-VHVEG").tables[-1]
    assert (table.table, table.rows_before, table.rows_after) == ("usage", 2, 2)
    assert not [x for x in tmp_path.rglob("*") if x.is_file() and b"7590-V" in x.read_bytes()]


def test_what_a_run_leaves_is_in_the_table_after_the_next_flush(tmp_path: Path) -> None:
    wals = tmp_path / "wals"
    leave_usage(wals, [usage(1, source="batch", who="run-1")])
    assert counted(tmp_path / "log") == UsageCounts()
    assert flush(str(tmp_path / "log"), wals) == 1
    assert counted(tmp_path / "log").answered == 100
