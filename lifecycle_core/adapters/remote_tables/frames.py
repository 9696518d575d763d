"""Frames in memory, of any library that narwhals reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import replacing
from lifecycle_core.adapters.tables import require_distinct
from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from pathlib import Path


def copy_frame(frame: Any, path: Path) -> None:  # noqa: ANN401 - of any library
    """Write a frame as a parquet file; an index is no column of it.

    Args:
        frame: Of pandas, polars, pyarrow, Dask, DuckDB, or whatever else narwhals reads.
        path: The file.

    Raises:
        TableInvalid: It is no table, or a column mixes types.
        TargetUnwritable: The operating system refuses.
    """
    import narwhals as nw
    import pyarrow as pa
    from pyarrow import parquet

    try:
        given: Any = nw.from_native(frame)
        eager = given.collect(backend="pyarrow") if isinstance(given, nw.LazyFrame) else given
        table = eager.to_arrow()
    except (TypeError, ValueError, pa.ArrowException) as error:
        text = " ".join(str(error).split())
        raise TableInvalid(
            f"The frame cannot be read as a table: {text:.200}",
            hint="A frame of pandas, polars or pyarrow, each column with values of one type.",
        ) from error
    if not table.num_columns:
        raise TableInvalid(
            "The frame has no columns, it must have at least one.", hint="Check how it was made."
        )
    require_distinct(tuple(table.column_names), "The frame")
    with replacing(path) as temporary:
        parquet.write_table(table, temporary, compression="lz4")


def frame_like(frame: Any, path: Path) -> Any:  # noqa: ANN401 - of the frame's library
    """Read a parquet file as a frame of the same library as another frame.

    Args:
        frame: A lazy one is answered by what it would be when collected.
        path: The file.
    """
    import narwhals as nw
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(path)
    plain = pa.schema(
        [
            field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in table.schema
        ]
    )
    given: Any = nw.from_native(frame)
    backend: Any = "pyarrow" if isinstance(given, nw.LazyFrame) else given.implementation
    return nw.from_arrow(table.cast(plain), backend=backend).to_native()
