"""The moment of each row, out of a column of the table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    import pyarrow as pa

_HINT = "Write moments with their zone, such as 2026-11-28T07:30:00Z. Nothing was written."


def moments_of(values: pa.Array, column: str, start: int, *, missing: bool = False) -> pa.Array:
    """Return moments in UTC, to the microsecond.

    Args:
        values: ISO 8601 texts, or timestamps; each with a zone.
        column: What it is called in the table.
        start: Position of the first value in the table, from 0.
        missing: Some may be missing.

    Raises:
        TableInvalid: One is missing that may not be, is no moment, or has no zone.

    Example:
        >>> import pyarrow as pa
        >>> moments_of(pa.array(["2026-11-28T08:30:00+01:00"]), "at", 0)[0].as_py().isoformat()
        '2026-11-28T07:30:00+00:00'
    """
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if values.null_count and not missing:
        row = start + values.is_null().to_pylist().index(True)
        raise TableInvalid(f"Row {row:,} has no moment in the column {column!r}.", hint=_HINT)
    kind = pa.timestamp("us", tz="UTC")
    if values.null_count == len(values):
        return pa.nulls(len(values), kind)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        try:
            return values.cast(kind)
        except pa.ArrowInvalid:
            return pa.array(
                [
                    None if text is None else _moment(text, column, start + row)
                    for row, text in enumerate(values.to_pylist())
                ],
                kind,
            )
    if not pa.types.is_temporal(values.type) or pa.types.is_time(values.type):
        raise TableInvalid(
            f"The column {column!r} holds {values.type}, it must hold moments.", hint=_HINT
        )
    if not pa.types.is_timestamp(values.type) or values.type.tz is None:
        raise TableInvalid(
            f"The moments in the column {column!r} have no zone: nobody can tell when they were.",
            hint=_HINT,
        )
    return values.cast(kind, safe=False)


def _moment(text: str, column: str, row: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise TableInvalid(
            f"Row {row:,} has {text[:60]!r} in the column {column!r}, which is no moment.",
            hint=_HINT,
        ) from None
    if moment.tzinfo is None:
        raise TableInvalid(
            f"Row {row:,} has {text!r} in the column {column!r}, which has no zone.", hint=_HINT
        )
    return moment
