"""Rows that wait on this machine for one commit: a few files a day, each written from front to end.

They are no log: a process that is killed begins them anew.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

    from lifecycle_core.adapters.prediction_log.tables import Batches

_OPEN = 32
"""Days whose file is open at one time: rows of many days may come in any order."""


class StagedRows:
    """Rows by day.

    Args:
        folder: It is there; files of an earlier start in it are removed.
        schema: Of the rows.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder, self._schema = folder, schema
        self._files: dict[date, list[Path]] = {}
        self._open: OrderedDict[date, Any] = OrderedDict()
        with writing(folder):
            for left in folder.glob("log-*.arrow"):
                left.unlink()

    def put(self, rows: pa.RecordBatch) -> None:
        """Add rows, each to the day of its `time` in UTC.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        days = pc.cast(rows.column("time"), pa.date32())
        with writing(self._folder):
            for day in pc.unique(days):
                mine = pc.equal(days, day)
                whole = pc.all(mine).as_py()
                self._writer(day.as_py()).write_batch(rows if whole else rows.filter(mine))

    def days(self) -> dict[date, Batches]:
        """Return what gives the rows of each day, in the order in which they came.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        with writing(self._folder):
            while self._open:
                self._open.popitem()[1].close()
        return {day: partial(_batches, files) for day, files in self._files.items()}

    def _writer(self, day: date) -> Any:  # noqa: ANN401 - a pyarrow writer
        import pyarrow as pa

        if day not in self._open:
            if len(self._open) == _OPEN:
                self._open.popitem(last=False)[1].close()
            files = self._files.setdefault(day, [])
            files.append(self._folder / f"log-{day.isoformat()}-{len(files)}.arrow")
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            self._open[day] = pa.ipc.new_stream(str(files[-1]), self._schema, options=options)
        self._open.move_to_end(day)
        return self._open[day]


def _batches(files: list[Path]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for file in files:
        with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as batches:
            yield from batches
