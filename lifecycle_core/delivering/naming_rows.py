"""What rows of a table are called: by their business key, or as the unit of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.schema.row_names import as_name, joined_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.tables import Batch


def names_of(batch: Batch, columns: Sequence[str]) -> Sequence[str | None]:
    """Return the name of each row as the service and the log have it; None where one is missing.

    Args:
        batch: It has these columns, among its features or beside them.
        columns: One, or several, which make a JSON list.
    """
    named = [[as_name(value) for value in values_of(batch, each).to_pylist()] for each in columns]
    return [joined_name(names) for names in zip(*named, strict=True)]


def values_of(batch: Batch, name: str) -> Any:  # noqa: ANN401 - a pyarrow array
    """Return the values of a column, also of rows that cannot be scored."""
    if name in batch.kept:
        return batch.kept[name]
    return spread_out(batch, batch.columns[name], batch.refused[name])


def spread_out(batch: Batch, good: Any, bad: Any) -> Any:  # noqa: ANN401 - pyarrow arrays
    """Return values in the order of the rows.

    Args:
        batch: Says which rows can be scored.
        good: Of the rows that can, in their order.
        bad: Of the others.
    """
    import numpy as np
    import pyarrow as pa

    if len(good) == batch.rows:
        return good
    order = np.argsort(
        np.concatenate([np.flatnonzero(batch.scorable), np.flatnonzero(~batch.scorable)])
    )
    return pa.concat_arrays([good, bad.cast(good.type)]).take(pa.array(order))
