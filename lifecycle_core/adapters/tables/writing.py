"""Write a table batch by batch; it appears whole or not at all."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import replacing
from lifecycle_core.adapters.tables.source import FORMATS
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(slots=True)
class TableWriter:
    """Appends batches to one file; the first one fixes the columns and their types.

    Attributes:
        path: The file.
        kind: Its format.
    """

    path: Path
    kind: str
    _open: Any = None

    def write(self, columns: Mapping[str, Any]) -> None:
        """Append rows.

        Args:
            columns: By name, arrays of one length (numpy or pyarrow).

        Raises:
            InvalidCall: CSV has no form for such a column.
        """
        import pyarrow as pa

        table = pa.table(dict(columns))
        try:
            if self._open is None:
                self._open = self._begin(table.schema)
            self._open.write_table(table)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InvalidCall(
                f"A {self.kind} file cannot hold these columns: {error}",
                hint="Do not keep lists, structures or bytes, or write a parquet file.",
            ) from error

    def close(self) -> None:
        """Write what is outstanding, such as the footer without which parquet is not parquet."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _begin(self, schema: Any) -> Any:  # noqa: ANN401 - pyarrow's schema and writer
        import pyarrow.csv
        import pyarrow.parquet

        if self.kind == "csv":
            return pyarrow.csv.CSVWriter(self.path, schema)
        return pyarrow.parquet.ParquetWriter(self.path, schema, compression="zstd")


@contextmanager
def writing_table(path: Path, *, mark: str = "") -> Iterator[TableWriter]:
    """Yield a writer; the file stands at `path` once the block has ended well.

    Args:
        path: The file.
        mark: As in `replacing`.

    Raises:
        InvalidCall: The suffix is neither that of CSV nor of parquet.
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidCall(
            f"{path.name} has the suffix {path.suffix or 'none'!r}, it must be one of "
            f"{', '.join(FORMATS)}.",
            hint="Name the output scores.parquet, for example.",
        )
    with replacing(path, mark=mark) as temporary:
        writer = TableWriter(temporary, kind)
        try:
            yield writer
        finally:
            writer.close()


@contextmanager
def lacking(path: Path, columns: Sequence[str]) -> Iterator[Path]:
    """Yield a parquet file whose row i is one of the table's rows without a value in column i.

    Args:
        path: A parquet file with at least one row.
        columns: Names of columns; the file has as many rows.
    """
    import pyarrow as pa
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    rows = table.take([index % table.num_rows for index in range(len(columns))])
    for row, name in enumerate(columns):
        position = rows.schema.get_field_index(name)
        field = rows.schema.field(position)
        # to take row "null" is to get a null, whatever the column's type
        at = pa.array([None if index == row else index for index in range(rows.num_rows)])
        rows = rows.set_column(position, field, rows.column(position).take(at))
    with tempfile.TemporaryDirectory(prefix="nbrelease-rehearsal-") as folder:
        target = Path(folder) / "lacking.parquet"
        pyarrow.parquet.write_table(rows, target)
        yield target
