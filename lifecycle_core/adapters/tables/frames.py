"""Tables in memory: any frame that speaks Arrow, counted in place, or column by column."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifecycle_core.adapters.tables.measuring import measure_source
from lifecycle_core.adapters.tables.source import (
    FORMATS,
    Source,
    connect,
    reading,
    require_distinct,
)
from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lifecycle_core.adapters.tables.measurement import Measurement
    from lifecycle_core.schema.contract import Contract

_MOST_CATEGORIES = 1_000


class Column(NamedTuple):
    """What a column holds, as far as drift is judged by it.

    Attributes:
        numbers: Shape (n,), without NaN and nulls; None for a column of categories.
        categories: How often each value occurs, as text: at most the 1,000 most frequent; empty
            for a column of numbers.
        others: Rows with a value beyond those.
        missing: Rows without a value.
    """

    numbers: NDArray[np.float64] | None
    categories: dict[str, int]
    others: int
    missing: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.present + self.missing

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        if self.numbers is not None:
            return int(self.numbers.size)
        return sum(self.categories.values()) + self.others


def arrow_of(frame: object, *, name: str) -> Any:  # noqa: ANN401 - a pyarrow table
    """Return a frame as an Arrow table, with as little copied as its library can.

    Args:
        frame: A frame of pandas, polars, pyarrow, or of any library that speaks Arrow.
        name: What messages call it.

    Raises:
        TableInvalid: It is no table, or a column mixes types.
    """
    import pyarrow as pa

    if not hasattr(frame, "__arrow_c_stream__"):
        raise TableInvalid(
            f"{name} is a {type(frame).__name__}, it must be a table.",
            hint="A pandas or polars frame, or a pyarrow table.",
        )
    try:
        table = pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        text = " ".join(str(error).split())
        raise TableInvalid(
            f"{name} cannot be read as a table: {text:.200}",
            hint="Give every column values of one type, and text for its name.",
        ) from error
    if not table.num_columns:
        raise TableInvalid(f"{name} has no columns, it must have at least one.")
    require_distinct(tuple(table.column_names), name)
    return table


def read_arrow(path: Path) -> Any:  # noqa: ANN401 - as above
    """Read a CSV or parquet file whole.

    Raises:
        TableInvalid: There is no such file, or it is no such table.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    kind = FORMATS.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise TableInvalid(
            f"{path} is no table.", hint=f"Name a file that is one of {', '.join(FORMATS)}."
        )
    try:
        if kind == "parquet":
            return pa.table(pyarrow.parquet.read_table(path))
        nulls = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
        return pyarrow.csv.read_csv(path, convert_options=nulls)
    except (pa.ArrowException, OSError) as error:
        raise TableInvalid(
            f"{path} cannot be read: {error}", hint="Write the table again."
        ) from error


def measure_frame(frame: object, contract: Contract, *, name: str) -> Measurement:
    """Count, for every rule of a contract, the rows of a table in memory that break it.

    Args:
        frame: As in `arrow_of`.
        contract: The rules.
        name: What messages call the table.

    Raises:
        TableInvalid: It is no table.
    """
    with _open_frame(frame, name) as source:
        return measure_source(source, contract)


class FrameColumns:
    """Reads the columns of files and frames that drift can be judged by."""

    def of_file(self, path: str) -> dict[str, Column]:
        """Read a CSV or parquet file; see `read_arrow`."""
        return columns_of(read_arrow(Path(path)))

    def of_frame(self, frame: object, *, name: str) -> dict[str, Column]:
        """Read a frame; see `arrow_of`."""
        return columns_of(arrow_of(frame, name=name))


def columns_of(table: Any) -> dict[str, Column]:  # noqa: ANN401 - a pyarrow table
    """Return the columns that drift can be judged by: numbers, text and booleans.

    Dates are left out: they differ from any reference by their nature. Infinite values stay.
    """
    return {
        name: column
        for name in table.column_names
        if (column := _column(table.column(name))) is not None
    }


def _column(values: Any) -> Column | None:  # noqa: ANN401 - a chunked array
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = values.drop_null().cast(pa.float64(), safe=False).to_numpy()
        present = numbers[~np.isnan(numbers)]
        return Column(present, {}, 0, len(values) - present.size)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    if not (pa.types.is_boolean(kind) or any(test(kind) for test in texts)):
        return None
    counted = pc.value_counts(values.drop_null())
    if len(counted) > _MOST_CATEGORIES:
        most = [("counts", "descending")]
        counted = counted.take(
            pc.select_k_unstable(counted.field("counts"), _MOST_CATEGORIES, most)
        )
    categories = {str(pair["values"]): int(pair["counts"]) for pair in counted.to_pylist()}
    others = len(values) - values.null_count - sum(categories.values())
    return Column(None, categories, others, values.null_count)


@contextmanager
def _open_frame(frame: object, name: str) -> Iterator[Source]:
    import pyarrow as pa

    table = arrow_of(frame, name=name)
    categorical = {field.name for field in table.schema if pa.types.is_dictionary(field.type)}
    names = tuple(table.column_names)
    connection = connect(None)
    try:
        # A relation of it, never the frame by its name: no text of the user's reaches SQL.
        with reading(Path(name)):
            relation = connection.from_arrow(
                table.rename_columns([f"c{index}" for index in range(len(names))])
            )
        yield Source(
            path=Path(name),
            relation=relation,
            names=names,
            physical=tuple(str(kind) for kind in relation.types),
            categorical=frozenset(categorical),
            text=False,
        )
    finally:
        connection.close()
