"""Commits to a Delta table: what they load, which files come and go, and each transaction."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.rows import PARTITION
from lifecycle_core.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a table.

    Attributes:
        path: Below the table's root.
        partition: Release and day, as the Delta log writes them.
        first: Smallest sequence of its rows.
        last: Largest sequence of its rows.
    """

    path: str
    size: int
    rows: int
    partition: dict[str, str | None]
    first: int
    last: int

    def statistics(self) -> str:
        """Return what the Delta log says of it: nothing of a row but its sequence."""
        return json.dumps(
            {
                "numRecords": self.rows,
                "minValues": {"sequence": self.first},
                "maxValues": {"sequence": self.last},
                "nullCount": {"sequence": 0},
            }
        )


class Counted:
    """Batches on their way into a file, counted; empty ones are left out."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self.rows = 0
        self.first = (1 << 63) - 1
        self.last = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield them."""
        import pyarrow.compute as pc

        for batch in self._batches:
            if batch.num_rows:
                ends = pc.min_max(batch.column("sequence")).as_py()
                self.rows += batch.num_rows
                self.first, self.last = min(self.first, ends["min"]), max(self.last, ends["max"])
                yield batch


def folder_of(partition: dict[str, str | None]) -> str:
    """Return the folder of a part; the Delta log says what it holds, the name is for people.

    Example:
        >>> folder_of({"release": "churn/b", "day": "2026-11-28"})
        'release=churn_b/day=2026-11-28'
    """
    release = re.sub(r"[^A-Za-z0-9_.-]", "_", partition["release"] or "unknown")
    return f"release={release}/day={partition['day']}"


def files_of(table: Any) -> list[DataFile]:  # noqa: ANN401 - a DeltaTable
    """Return the files of a table's loaded version, oldest rows first."""
    import pyarrow as pa

    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    files = [
        DataFile(
            path=action["path"],
            size=action["size_bytes"],
            rows=action["num_records"],
            partition={name: _text(action[f"partition.{name}"]) for name in PARTITION},
            first=action.get("min.sequence") or 0,  # whoever else writes may leave it out
            last=action.get("max.sequence") or 0,
        )
        for action in actions
    ]
    return sorted(files, key=lambda file: (file.first, file.path))


def commit(
    table: Any,  # noqa: ANN401 - a DeltaTable
    schema: pa.Schema,
    *,
    add: Sequence[DataFile],
    remove: Sequence[DataFile],
    transactions: Sequence[tuple[str, int]],
    same_rows: bool = False,
) -> None:
    """Exchange files of the version that is loaded, and load the version that this makes.

    Args:
        table: The table.
        schema: Its Arrow schema.
        add: Files that are written and last.
        remove: Files that the new version does not name.
        transactions: Whose commit it is, each with its number; fails if another came first.
        same_rows: The rows are those that were there before.

    Raises:
        deltalake.exceptions.CommitFailedError: Somebody else's commit came first.
    """
    from deltalake.transaction import (
        AddAction,
        CommitProperties,
        PostCommitHookProperties,
        RemoveAction,
        Transaction,
    )

    now, changes = time.time_ns() // 1_000_000, not same_rows
    added = [
        AddAction(file.path, file.size, file.partition, now, changes, file.statistics())
        for file in add
    ]
    removed = [RemoveAction(file.path, changes, now, file.size, file.partition) for file in remove]
    table.create_write_transaction(
        [*added, *removed],
        "append",
        schema,
        list(PARTITION),
        commit_properties=CommitProperties(
            app_transactions=[Transaction(*each) for each in transactions]
        ),
        # A checkpoint must last before the commits that it stands for are removed.
        post_commithook_properties=PostCommitHookProperties(
            create_checkpoint=False, cleanup_expired_logs=False
        ),
    )
    table.update_incremental()


def load_delta() -> None:
    """Load what the first drain would otherwise load while requests are served: seconds of it.

    Raises:
        MissingExtra: deltalake is not installed.
    """
    try:
        import deltalake  # noqa: F401 - its cost is what this is about
    except ImportError as error:
        raise MissingExtra("deltalake is not installed.", extra="serve") from error
    import pyarrow as pa
    import pyarrow.parquet

    pa.array([0])  # the first list that pyarrow converts loads pandas


def _text(value: object) -> str | None:
    return None if value is None else str(value)
