"""What is done with the tables now and then: many files to few, old days out, a person's rows out.

Rows leave in three steps: a commit without them; then the files of older versions; then files that
something which was killed had left. After that, no file below the log's address holds them.
"""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.rows import TABLES
from lifecycle_core.adapters.prediction_log.segments import remove_damaged
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.schema.prediction import LogUpkeep, TableUpkeep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

    from lifecycle_core.adapters.prediction_log.commits import DataFile

TARGET_BYTES = 128 << 20
KEEP_HOURS = 168


def compact(
    address: str, *, keep_hours: int = KEEP_HOURS, target_bytes: int = TARGET_BYTES
) -> LogUpkeep:
    """Merge the small files of each release and day, and remove files that nobody reads any more.

    Args:
        address: Where the tables are.
        keep_hours: How long the files of older versions stay, for those who read them now.
        target_bytes: Files are merged up to this size; larger ones are left.

    Raises:
        LogUnavailable: The store does not answer, or somebody else's upkeep came first.
    """
    done = []
    for kind in Kind:
        table = LogTable(address, kind)
        files = table.files()
        groups = _small_together(files, target_bytes)
        if groups:
            new = [_rewritten(table, group) for group in groups]
            old = [file for group in groups for file in group]
            table.replace(old, new, same_rows=True)
        done.append(_upkeep(table, files, table.remove_old(keep_hours)))
    return LogUpkeep(address=address, action="compact", tables=tuple(done))


def retain(address: str, *, since: date) -> LogUpkeep:
    """Remove the days before a day, in UTC, from all tables and from the disk.

    Args:
        address: Where the tables are.
        since: First day that stays.

    Raises:
        LogUnavailable: The store does not answer, or somebody else's upkeep came first.
    """
    done = []
    for kind in Kind:
        table = LogTable(address, kind)
        files = table.files()
        old = [file for file in files if (file.partition["day"] or "") < since.isoformat()]
        if old:
            table.replace(old, (), same_rows=False)
        done.append(_upkeep(table, files, table.remove_unnamed()))
    return LogUpkeep(address=address, action="retain", tables=tuple(done))


def forget(address: str, *, key: str, wals: Path | None = None) -> LogUpkeep:
    """Remove all predictions of a business key, and what came of them, from the disk.

    The table of usage holds counts and no value of any row, so there is nothing of a person in it.

    The write-ahead logs must be flushed before: rows that still wait there are not seen here. What
    was kept of those that the disk has damaged is removed, whoever's rows it holds.

    Args:
        address: Where the tables are.
        key: The business key as it was logged.
        wals: The folder with a write-ahead log for each process; None if there is none.

    Raises:
        LogUnavailable: The store does not answer, or somebody else's upkeep came first. Run again,
            it does what is left.
    """
    predictions = LogTable(address, Kind.PREDICTION)
    damaged = 0 if wals is None else remove_damaged(wals)
    ids = _ids(predictions, key)
    # Outcomes first: without the predictions, nobody would know any more which these are.
    outcomes = _without(LogTable(address, Kind.OUTCOME), "prediction", ids)
    usage = LogTable(address, Kind.USAGE)
    return LogUpkeep(
        address=address,
        action="forget",
        damaged_removed=damaged,
        tables=(
            _without(predictions, "key", [key]), outcomes, _upkeep(usage, usage.files(), 0),
        ),
    )  # fmt: skip


def _ids(table: LogTable, key: str) -> list[str]:
    import pyarrow.compute as pc

    if not table.exists():
        return []
    dataset = table.dataset()
    with answering(table.address):
        found = dataset.to_table(columns=["id"], filter=pc.field("key") == key)
    return [str(each) for each in found.column("id").to_pylist()]


def _without(table: LogTable, column: str, values: Sequence[str]) -> TableUpkeep:
    """Remove the rows that have one of these values, and every file that held them."""
    files = table.files()
    old = [file for file in files if _holds(table, file, column, values)]
    if old:
        new = [_rewritten(table, [file], column, values) for file in old]
        table.replace(old, new, same_rows=False)
    return _upkeep(table, files, table.remove_unnamed())


def _holds(table: LogTable, file: DataFile, column: str, values: Sequence[str]) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import ParquetFile

    with answering(table.address), table.place.open(file.path) as opened:
        found = ParquetFile(opened).read(columns=[column]).column(column)
    return bool(pc.any(pc.is_in(found, pa.array(values, pa.string()))).as_py())


def _rewritten(
    table: LogTable, files: Sequence[DataFile], column: str = "", values: Sequence[str] = ()
) -> DataFile | None:
    """Write the rows of files to one new file, without those that have one of the values."""
    return table.write(
        f"rewritten-{uuid.uuid4().hex}",
        files[0].partition,
        _batches(table, files, column, values),
    )


def _batches(
    table: LogTable, files: Sequence[DataFile], column: str, values: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import ParquetFile

    for file in files:
        with table.place.open(file.path) as opened:
            for batch in ParquetFile(opened).iter_batches():
                if not column:
                    yield batch
                    continue
                theirs = pc.is_in(batch.column(column), pa.array(values, pa.string()))
                yield batch.filter(pc.invert(theirs))


def _small_together(files: Sequence[DataFile], target: int) -> list[list[DataFile]]:
    """Return groups of two or more files of one part, each up to the target size, in order."""
    groups: list[list[DataFile]] = []

    def part(file: DataFile) -> tuple[str, str]:
        return file.partition["release"] or "", file.partition["day"] or ""

    for _, of_part in groupby(sorted(files, key=part), key=part):
        group: list[DataFile] = []
        for file in of_part:
            if group and sum(each.size for each in group) + file.size > target:
                groups.append(group)
                group = []
            group.append(file)
        groups.append(group)
    return [group for group in groups if len(group) > 1]


def _upkeep(table: LogTable, before: Sequence[DataFile], removed: int) -> TableUpkeep:
    after = table.files()
    return TableUpkeep(
        table=TABLES[table.kind],
        rows_before=sum(file.rows for file in before),
        rows_after=sum(file.rows for file in after),
        files_before=len(before),
        files_after=len(after),
        files_removed=removed,
    )
