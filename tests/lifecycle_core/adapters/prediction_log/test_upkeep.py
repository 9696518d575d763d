from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from lifecycle_core.adapters.prediction_log import (
    compact,
    flush,
    forget,
    open_prediction_log,
    read,
    retain,
)
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.prediction import TableUpkeep

VICTIM = "7590-VHVEG-Ångström"
IDS = ("p-000007", "p-000017", "p-000027", "p-000107")


def write(folder: Path, *numbers: int, **fields: str) -> None:
    with open_prediction_log(folder / "log", wal=folder / "wals" / "a") as log:
        log.append([prediction(number, **fields) for number in numbers]).result(timeout=60)


def holding(folder: Path, *texts: str) -> list[str]:
    """The files that hold one of the texts in their bytes, or in what a Parquet reader gives."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if content[:4] == b"PAR1":
                content += str(pq.read_table(path, partitioning=None).to_pylist()).encode()
            if any(text.encode() in content for text in texts):
                found.append(path.relative_to(folder).as_posix())
    return sorted(found)


def only(tables: tuple[TableUpkeep, ...], name: str) -> TableUpkeep:
    (found,) = (table for table in tables if table.table == name)
    return found


def test_compaction_merges_files_and_changes_no_row(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path, number)
    write(tmp_path, 9, day="2026-11-27")
    before = read(tmp_path / "log")
    merged = only(compact(str(tmp_path / "log")).tables, "predictions")
    assert (merged.files_before, merged.files_after, merged.files_removed) == (5, 2, 0)
    assert read(tmp_path / "log") == before
    (file,) = tmp_path.glob("log/predictions/*/day=2026-11-28/rewritten-*")
    assert pq.ParquetFile(file).metadata.num_row_groups == 1
    again = only(compact(str(tmp_path / "log"), keep_hours=0).tables, "predictions")
    assert (again.files_before, again.files_after, again.files_removed) == (2, 2, 4)
    assert read(tmp_path / "log") == before


def test_compaction_leaves_files_that_are_large_enough(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, number)
    size = max(path.stat().st_size for path in tmp_path.rglob("*.parquet"))
    done = only(compact(str(tmp_path / "log"), target_bytes=2 * size).tables, "predictions")
    assert (done.files_before, done.files_after) == (5, 3)
    assert read(tmp_path / "log").num_rows == 5


def test_old_days_leave_the_table_and_the_disk(tmp_path: Path) -> None:
    write(tmp_path, 1, 2, day="2026-11-26")
    write(tmp_path, 3, day="2026-11-27")
    done = only(retain(str(tmp_path / "log"), since=date(2026, 11, 27)).tables, "predictions")
    assert (done.rows_before, done.rows_after, done.files_removed) == (3, 1, 1)
    assert read(tmp_path / "log").column("id").to_pylist() == ["p-000003"]
    assert holding(tmp_path, "p-000001") == []


def test_upkeep_of_a_log_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    address = str(tmp_path / "log")
    for done in (
        compact(address),
        retain(address, since=date(2026, 1, 1)),
        forget(address, key="a"),
    ):
        assert [table.rows_before for table in done.tables] == [0, 0, 0]
    assert not (tmp_path / "log").exists()


@pytest.fixture
def scattered(tmp_path: Path) -> Path:
    """A log that holds a person wherever it can: in every kind of file."""
    numbers = count(100)
    write(tmp_path, 1, 2)
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wals" / "a") as log:
        log.append([prediction(7, key=VICTIM), prediction(3)])
        log.append_outcomes([outcome(1, 7), outcome(2, 1)]).result(timeout=60)
    compact(str(tmp_path / "log"))  # the files before it stay for those who read them
    write(tmp_path, 17, key=VICTIM, day="2026-11-27")
    (file,) = tmp_path.glob("log/predictions/*/day=2026-11-27/*.parquet")
    (file.parent / "rewritten-by-one-who-was-killed.parquet").write_bytes(file.read_bytes())
    (file.parent / f".{file.name}.tmp").write_bytes(file.read_bytes())
    (tmp_path / "log").rename(tmp_path / "away")
    (tmp_path / "log").write_text("in the way")
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wals" / "dead") as log:
        log.append([prediction(27, key=VICTIM), prediction(next(numbers))])
        log.append_outcomes([outcome(3, 27)]).result(timeout=60)
    (tmp_path / "log").unlink()
    (tmp_path / "away").rename(tmp_path / "log")
    return tmp_path


def test_a_forgotten_person_is_in_no_byte_of_any_file(scattered: Path) -> None:
    address = str(scattered / "log")
    with open_prediction_log(address, wal=scattered / "wals" / "living") as log:
        log.append([prediction(107, key=VICTIM), prediction(108)]).result(timeout=60)
        log.append_outcomes([outcome(4, 107), outcome(5, 108)]).result(timeout=60)
        before = holding(scattered, VICTIM, *IDS)
        kinds = Counter("/".join(path.split("/")[:2]) for path in before)
        assert kinds == {"log/predictions": 5, "log/outcomes": 1, "wals/dead": 1, "wals/living": 1}
        flush(address, scattered / "wals")
        done = forget(address, key=VICTIM)
        assert holding(scattered, VICTIM, *IDS) == []
    predictions = only(done.tables, "predictions")
    assert predictions.rows_before - predictions.rows_after == 4
    outcomes = only(done.tables, "outcomes")
    assert outcomes.rows_before - outcomes.rows_after == 3
    left = read(address)
    assert left.column("id").to_pylist() == [
        "p-000001", "p-000002", "p-000003", "p-000100", "p-000108",
    ]  # fmt: skip
    assert left.column("action").to_pylist() == ["accepted", None, None, None, "accepted"]
    assert forget(address, key=VICTIM).tables[0].files_removed == 0


def test_the_delta_log_never_held_a_key(scattered: Path) -> None:
    flush(str(scattered / "log"), scattered / "wals")
    forget(str(scattered / "log"), key=VICTIM)
    write(scattered, 200)
    compact(str(scattered / "log"))  # makes a checkpoint
    logs = list(scattered.glob("log/*/_delta_log"))
    assert len(logs) == 2
    assert any(list(folder.glob("*.checkpoint.parquet")) for folder in logs)
    assert [holding(folder, "customer", VICTIM, "p-0", "o-0", "tenure") for folder in logs] == [
        []
    ] * 2
