"""Bodies of requests and responses: JSON for rows, Arrow's stream format for tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.schema.serving import Refusal

JSON = "application/json"
ARROW = "application/vnd.apache.arrow.stream"


class Unusable(Exception):  # noqa: N818 - the fact that a client is told
    """A request cannot be read.

    Attributes:
        status: The HTTP status that says so.
    """

    def __init__(self, status: int, fact: str) -> None:
        super().__init__(fact)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a request asks to be scored.

    Attributes:
        columns: By name, `rows` values each; None where a row does not have the field.
        single: It was one object and not a list of them.
    """

    columns: Mapping[str, Sequence[Any]]
    rows: int
    single: bool = False


def json_body(content: bytes, *, most: int) -> Body:
    """Read one row, or a list of rows, from JSON.

    Args:
        content: As it came.
        most: Rows that a request may have.

    Raises:
        Unusable: It is not JSON, or not rows.

    Example:
        >>> json_body(b'[{"tenure": 3}, {"plan": "basic"}]', most=10).columns
        {'tenure': [3, None], 'plan': [None, 'basic']}
    """
    import orjson

    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Unusable(400, f"The body is not JSON: {error}") from None
    if type(found) is dict:
        return Body(columns={name: [value] for name, value in found.items()}, rows=1, single=True)
    if type(found) is not list or not all(type(row) is dict for row in found):
        raise Unusable(422, "The body must be an object with a row's fields, or a list of such.")
    _require_rows(len(found), most)
    names = dict.fromkeys(name for row in found for name in row)
    return Body(columns={name: [row.get(name) for row in found] for name in names}, rows=len(found))


def arrow_body(content: bytes, *, most: int) -> Body:
    """Read a table from Arrow's stream format; nothing of it can hold code.

    Args:
        content: As it came.
        most: Rows that a request may have.

    Raises:
        Unusable: It is no such stream, names a column twice, or has too many rows.
    """
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(pa.BufferReader(content)) as reader:
            batches, rows = [], 0
            for batch in reader:
                batch.validate(full=True)
                rows += batch.num_rows
                _require_rows(max(rows, 1), most)
                batches.append(batch)
            table = pa.Table.from_batches(batches, reader.schema)
        if len(set(table.column_names)) != table.num_columns:
            raise Unusable(422, "The table names a column twice.")
        columns = {name: table.column(name).to_pylist() for name in table.column_names}
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        raise Unusable(400, f"The body is no Arrow stream: {type(error).__name__}.") from None
    _require_rows(rows, most)
    return Body(columns=columns, rows=rows)


def encoded(value: object) -> bytes:
    """Return a value as JSON; dates and moments in ISO form."""
    import orjson

    return orjson.dumps(value)


def said_json(answers: Sequence[Mapping[str, Any]], *, single: bool) -> bytes:
    """Return answers as JSON: an object for a single row, else a list."""
    return encoded(answers[0] if single else answers)


def said_arrow(answers: Sequence[Mapping[str, Any]]) -> bytes:
    """Return answers as a table in Arrow's stream format, without their reasons."""
    import pyarrow as pa

    names = [name for name in answers[0] if name != "reasons"]
    decisions = [answer["decision"] for answer in answers]
    acts = any(isinstance(decision, bool) for decision in decisions)
    decided = pa.bool_() if acts else pa.float64()
    kinds = {"version": pa.int64(), "score": pa.float64(), "decision": decided}
    table = pa.table(
        {
            name: pa.array([answer[name] for answer in answers], kinds.get(name, pa.string()))
            for name in names
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def refused_json(refusals: Sequence[Refusal]) -> bytes:
    """Return what a client is told about rows that break the contract."""
    first = refusals[0]
    where = f"Field {first.field!r} of row {first.row}" if first.field else f"Row {first.row}"
    more = f" {len(refusals) - 1} more." if len(refusals) > 1 else ""
    fact = f"{where}: got {first.got}, want {first.want}.{more}"
    return encoded({"detail": fact, "refusals": [each.model_dump() for each in refusals[:100]]})


def problem_json(fact: str, **more: object) -> bytes:
    """Return a fact as the body of a response that is no answer."""
    return encoded({"detail": fact, **more})


def _require_rows(rows: int, most: int) -> None:
    if rows == 0:
        raise Unusable(422, "There are no rows; at least one is wanted.")
    if rows > most:
        raise Unusable(413, f"A request may have {most:,} rows; score more with `nbrelease score`.")
