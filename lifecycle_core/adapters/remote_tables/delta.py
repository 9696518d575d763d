"""Delta tables: read at their newest version, replaced in one commit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import replacing
from lifecycle_core.errors import LifecycleError, MissingExtra, TableInvalid, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress

_BATCH_ROWS = 65_536


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
        try:
            dataset = DeltaTable(address.location).to_pyarrow_dataset()
            with parquet.ParquetWriter(temporary, dataset.schema, compression="lz4") as writer:
                for batch in dataset.to_batches(batch_size=_BATCH_ROWS, use_threads=False):
                    writer.write_batch(batch)
        except OSError:
            raise
        except Exception as error:  # its errors share no class
            raise TableInvalid(
                f"{address.shown} cannot be read as a Delta table: {_line(error)}",
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
        raise TargetUnwritable(
            f"{address.shown} cannot be written: {_line(error)}",
            path=address.shown,
            hint="Check the address and your credentials, then run the same command again.",
        ) from error


def _require_library() -> None:
    from importlib.util import find_spec

    if find_spec("deltalake") is None:
        raise MissingExtra("deltalake is not installed.", extra="serve")


def _line(error: Exception) -> str:
    return f"{' '.join(str(error).split()):.300}"
