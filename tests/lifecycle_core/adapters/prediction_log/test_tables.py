from __future__ import annotations

import os
import shutil
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.prediction_log.dividing import divided
from lifecycle_core.adapters.prediction_log.entries import Entry, Kind
from lifecycle_core.adapters.prediction_log.places import ObjectStore, place_at
from lifecycle_core.adapters.prediction_log.rows import checked
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.errors import LogUnavailable
from tests.fakes.predictions import prediction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from lifecycle_core.adapters.prediction_log.dividing import Part

SESSION = "ab" * 16


def parts(*numbers: int) -> list[Part]:
    rows = [checked(Kind.PREDICTION, prediction(n)) for n in numbers]
    entries = [Entry(Kind.PREDICTION, n, row) for n, row in zip(numbers, rows, strict=True)]
    return divided(entries)[Kind.PREDICTION]


def ids(folder: Path) -> list[str]:
    table = LogTable(str(folder), Kind.PREDICTION)
    return sorted(table.dataset().to_table().column("id").to_pylist())


@pytest.fixture
def table(tmp_path: Path) -> LogTable:
    table = LogTable(str(tmp_path), Kind.PREDICTION)
    table.take(SESSION, 1, parts(1, 2))
    return table


def test_a_segment_is_taken_once(table: LogTable, tmp_path: Path) -> None:
    table.take(SESSION, 1, parts(1, 2))
    LogTable(str(tmp_path), Kind.PREDICTION).take(SESSION, 1, parts(1, 2))
    table.take(SESSION, 2, parts(3))
    table.take("cd" * 16, 1, parts(4))
    assert ids(tmp_path) == ["p-000001", "p-000002", "p-000003", "p-000004"]


def test_what_a_killed_drain_left_is_written_over(table: LogTable, tmp_path: Path) -> None:
    (file,) = table.files()
    orphan = tmp_path / "predictions" / file.path.replace("-00000001-", "-00000002-")
    orphan.write_bytes(b"half a file")
    assert table.remove_unnamed() == 0
    table.take(SESSION, 2, parts(3))
    assert ids(tmp_path) == ["p-000001", "p-000002", "p-000003"]


def test_files_that_nothing_names_are_removed(table: LogTable, tmp_path: Path) -> None:
    (file,) = table.files()
    folder = (tmp_path / "predictions" / file.path).parent
    (folder / "rewritten-of-somebody-who-was-killed.parquet").write_bytes(b"customer")
    (folder / f".{SESSION}-00000001-0.parquet.x1y2").write_bytes(b"customer")
    assert table.remove_unnamed() == 2
    assert [path.name for path in folder.iterdir()] == [file.path.rsplit("/", 1)[-1]]


def test_what_killed_runs_have_left_goes_when_it_is_old(table: LogTable, tmp_path: Path) -> None:
    table.take(SESSION, 2, parts(3))
    (file, other) = table.files()
    (part,) = parts(1, 2)
    new = table.write("rewritten", file.partition, iter(part.table.to_batches()))
    table.replace([file], [new], same_rows=True)
    folder = (tmp_path / "predictions" / file.path).parent
    young, *left = (folder / f"{name}.parquet" for name in ("rows-1", "rows-2", ".rows-3"))
    waits = tmp_path / "predictions" / other.path.replace("-00000002-", "-00000003-")
    for path in (young, *left, waits):
        path.write_bytes(b"customer")
    long_ago = time.time() - 5 * 3600
    for path in folder.iterdir():
        if path != young:
            os.utime(path, (long_ago, long_ago))
    before = set(folder.iterdir())
    assert table.remove_old(4) == 2
    # The file that was rewritten just now stays for those who read the version before.
    assert before - set(folder.iterdir()) == {*left}
    assert ids(tmp_path) == ["p-000001", "p-000002", "p-000003"]
    assert table.remove_old(0) == 2


def test_a_commit_that_is_tried_again_leaves_no_file_behind(
    table: LogTable, tmp_path: Path
) -> None:
    (part,) = parts(5)
    upkeep = LogTable(str(tmp_path), Kind.PREDICTION)
    tries: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        if not tries:
            upkeep.files()
            upkeep.replace((), (), same_rows=True)
        tries.append(1)
        return iter(part.table.to_batches())

    assert table.add("ef" * 16, {date(2026, 11, 28): batches}, "churn")
    assert len(tries) == 2
    assert len([*tmp_path.rglob("rows-*.parquet")]) == 1
    assert ids(tmp_path) == ["p-000001", "p-000002", "p-000005"]


def test_of_two_who_rewrite_the_same_files_one_fails(table: LogTable, tmp_path: Path) -> None:
    other = LogTable(str(tmp_path), Kind.PREDICTION)
    (file,) = table.files()
    assert other.files() == [file]
    other.replace([file], [], same_rows=False)
    with pytest.raises(LogUnavailable, match="somebody else's upkeep"):
        table.replace([file], [], same_rows=False)
    assert ids(tmp_path) == []


def test_nothing_that_was_written_before_unnamed_files_went_can_be_committed(
    table: LogTable, tmp_path: Path
) -> None:
    slow = LogTable(str(tmp_path), Kind.PREDICTION)
    old = slow.files()
    (part,) = parts(1, 2)
    new = slow.write("slow", old[0].partition, iter(part.table.to_batches()))
    assert table.remove_unnamed() == 1
    with pytest.raises(LogUnavailable, match="nothing was changed"):
        slow.replace(old, [new], same_rows=True)
    assert ids(tmp_path) == ["p-000001", "p-000002"]


def test_rows_come_in_while_upkeep_goes_on(table: LogTable, tmp_path: Path) -> None:
    drain = LogTable(str(tmp_path), Kind.PREDICTION)
    drain.files()
    (file,) = table.files()
    table.replace([file], [], same_rows=False)
    drain.take(SESSION, 2, parts(3))
    assert ids(tmp_path) == ["p-000003"]


def test_a_commit_that_a_power_failure_emptied_is_taken_back(
    table: LogTable, tmp_path: Path
) -> None:
    table.take(SESSION, 2, parts(3))
    newest = max((tmp_path / "predictions" / "_delta_log").glob("*.json"))
    for torn in (b"", newest.read_bytes()[:-9], bytes(80)):
        newest.write_bytes(torn)
        again = LogTable(str(tmp_path), Kind.PREDICTION)
        again.take(SESSION, 2, parts(3))
        assert ids(tmp_path) == ["p-000001", "p-000002", "p-000003"]


def test_a_checkpoint_comes_now_and_then(table: LogTable, tmp_path: Path) -> None:
    table.checkpoint_every = 5
    for number in range(2, 7):
        table.take(SESSION, number, [])
    log = tmp_path / "predictions" / "_delta_log"
    assert [path.name for path in log.glob("*.checkpoint.parquet")] == [
        "00000000000000000005.checkpoint.parquet"
    ]
    assert LogTable(str(tmp_path), Kind.PREDICTION).files() == table.files()


def test_a_table_that_went_away_and_came_back_is_found(table: LogTable, tmp_path: Path) -> None:
    shutil.move(tmp_path / "predictions", tmp_path / "away")
    (tmp_path / "predictions").write_text("in the way")
    with pytest.raises(LogUnavailable, match="cannot be used"):
        table.take(SESSION, 2, parts(3))
    (tmp_path / "predictions").unlink()
    shutil.move(tmp_path / "away", tmp_path / "predictions")
    table.take(SESSION, 2, parts(3))
    assert ids(tmp_path) == ["p-000001", "p-000002", "p-000003"]


def test_releases_may_have_any_name(tmp_path: Path) -> None:
    table = LogTable(str(tmp_path), Kind.PREDICTION)
    names = ["../../x", "ä b", "a=b&c", "a_b", "a/b", ""]
    records = [prediction(n).model_copy(update={"release": name}) for n, name in enumerate(names)]
    entries = [
        Entry(Kind.PREDICTION, n, checked(Kind.PREDICTION, each)) for n, each in enumerate(records)
    ]
    table.take(SESSION, 1, divided(entries)[Kind.PREDICTION])
    found = table.dataset().to_table().sort_by("id")
    assert found.column("release").to_pylist() == [*names[:-1], None]
    assert {path.name for path in tmp_path.iterdir()} == {"predictions"}


def test_an_address_is_a_folder_or_a_store(tmp_path: Path) -> None:
    assert place_at(tmp_path.as_uri(), "outcomes").uri == str(tmp_path / "outcomes")
    assert isinstance(place_at("s3://bucket/log", "outcomes"), ObjectStore)


def test_a_store_writes_reads_lists_and_removes(table: LogTable, tmp_path: Path) -> None:
    store = ObjectStore((tmp_path / "predictions").as_uri())
    (part,) = parts(5)
    size = store.write("release=x/new.parquet", iter(part.table.to_batches()), part.table.schema)
    assert size == (tmp_path / "predictions/release=x/new.parquet").stat().st_size
    with store.open("release=x/new.parquet") as file:
        assert file.size() == size
    assert store.data_files() == sorted([table.files()[0].path, "release=x/new.parquet"])
    store.remove("release=x/new.parquet")
    store.remove("release=x/new.parquet")
    assert store.data_files() == [table.files()[0].path]
