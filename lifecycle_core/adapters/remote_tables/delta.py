"""Delta tables: read at their newest version, replaced in one commit."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import replacing
from lifecycle_core.errors import LifecycleError, MissingExtra, TableInvalid, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress

_BATCH_ROWS = 65_536
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_BEYOND = re.compile(r"\n\s*(?:Preview of invalid data|Help: |\d+: )")
# There is one class of errors for all of these.
_OF_THE_CONTENT = (
    "Invalid data", "Cast error", "Schema error", "append-only", "Partition column",
)  # fmt: skip


def copy(address: TableAddress, path: Path) -> None:
    """Write the newest version of a table as a parquet file.

    Raises:
        MissingExtra: deltalake is not installed.
        TableInvalid: There is no such table, or it cannot be read.
        TargetUnwritable: The operating system refuses.
    """
    from pyarrow import parquet

    _require_library()
    from deltalake import DeltaTable

    with replacing(path) as temporary:
        with _readable(address):
            dataset = DeltaTable(address.location).to_pyarrow_dataset()
        with parquet.ParquetWriter(temporary, dataset.schema, compression="lz4") as writer:
            for batch in _batches(address, dataset):
                writer.write_batch(batch)


def _batches(address: TableAddress, dataset: Any) -> Iterator[Any]:  # noqa: ANN401 - pyarrow's
    with _readable(address):
        yield from dataset.to_batches(batch_size=_BATCH_ROWS, use_threads=False)


@contextmanager
def _readable(address: TableAddress) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # its errors share no class
        raise TableInvalid(
            f"{address.shown} cannot be read as a Delta table: {_line(error, address)}",
            hint="Check the address, and your credentials.",
        ) from error


def publish(address: TableAddress, file: Path) -> None:
    """Make the rows of a parquet file the newest version of a table, which is made if need be.

    Raises:
        MissingExtra: deltalake is not installed.
        TargetUnwritable: The table cannot be written; it is as it was.
    """
    import pyarrow as pa
    from pyarrow import parquet

    _require_library()
    from deltalake import write_deltalake

    with parquet.ParquetFile(file) as opened:
        plain = pa.schema(
            [
                field.with_type(field.type.value_type)
                if pa.types.is_dictionary(field.type)
                else field
                for field in opened.schema_arrow
            ]
        )
        batches = (batch.cast(plain) for batch in opened.iter_batches(batch_size=_BATCH_ROWS))
        reader = pa.RecordBatchReader.from_batches(plain, batches)
        with _refusals(address):
            write_deltalake(address.location, reader, mode="overwrite", schema_mode="overwrite")


@contextmanager
def _refusals(address: TableAddress) -> Iterator[None]:
    try:
        yield
    except LifecycleError:
        raise
    except Exception as error:  # as above
        said = _line(error, address)
        raise TargetUnwritable(
            f"{address.shown} cannot be written: {said}",
            path=address.shown,
            hint=f"The table is as it was. {_what_to_do(said)}",
        ) from error


def _what_to_do(said: str) -> str:
    if "concurrent transaction" in said:
        return "Another process wrote it at the same moment; run the same command again."
    if any(each in said for each in _OF_THE_CONTENT):
        return (
            "The same command is refused again, until what it says is mended: in the table's rules "
            "or in the columns to be kept. Or name another table."
        )
    return "Check the address and your credentials, then run the same command again."


def _require_library() -> None:
    from importlib.util import find_spec

    if find_spec("deltalake") is None:
        raise MissingExtra("deltalake is not installed.", extra="serve")


def _line(error: Exception, address: TableAddress) -> str:
    """Return what it says, without its stack, rows of the table, colours, or secrets of the URL."""
    text = _COLOURS.sub("", _BEYOND.split(str(error))[0])
    return f"{' '.join(text.replace(address.location, address.shown).split()):.300}"
