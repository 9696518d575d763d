"""Bodies of requests and responses: JSON for rows, Arrow's stream format for tables of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.serving.arrow_streams import (
    MOST_CELLS,
    PLAIN,
    is_compressed,
    odd_columns,
    text_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


class Rows(Protocol):
    """Rows of a request as they came, before they are made columns of, which may take long."""

    @property
    def count(self) -> int:
        """How many."""

    def body(self) -> Body:
        """Make columns of them; raises `Unusable` where that cannot be."""


@dataclass(frozen=True, slots=True)
class JsonRows:
    """Rows that came as JSON.

    Attributes:
        single: It was one object and not a list of them.
    """

    found: list[dict[str, Any]]
    single: bool

    @property
    def count(self) -> int:
        """How many."""
        return len(self.found)

    def body(self) -> Body:
        """Make columns of them.

        Raises:
            Unusable: They have too many fields.
        """
        found = self.found
        if self.single:
            columns = {name: [value] for name, value in found[0].items()}
            return Body(columns=columns, rows=1, single=True)
        names = dict.fromkeys(name for row in found for name in row)
        _require_cells(len(found), len(names))
        columns = {name: [row.get(name) for row in found] for name in names}
        return Body(columns=columns, rows=len(found))


@dataclass(frozen=True, slots=True)
class ArrowRows:
    """Rows that came as a table."""

    table: Any

    @property
    def count(self) -> int:
        """How many."""
        rows: int = self.table.num_rows
        return rows

    def body(self) -> Body:
        """Make columns of them.

        Raises:
            Unusable: A value is none of Python's.
        """
        with _readable_arrow():
            columns = {n: self.table.column(n).to_pylist() for n in self.table.column_names}
        return Body(columns=columns, rows=self.count)


def json_rows(content: bytes, *, most: int) -> JsonRows:
    """Read one row, or a list of rows, from JSON.

    Args:
        content: As it came.
        most: Rows that a request may have.

    Raises:
        Unusable: It is not JSON, or not rows.

    Example:
        >>> json_rows(b'[{"tenure": 3}, {"plan": "basic"}]', most=10).body().columns
        {'tenure': [3, None], 'plan': [None, 'basic']}
    """
    import orjson

    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Unusable(400, f"The body is not JSON: {error}") from None
    if type(found) is dict:
        return JsonRows([found], single=True)
    if type(found) is not list or not all(type(row) is dict for row in found):
        raise Unusable(422, "The body must be an object with a row's fields, or a list of such.")
    _require_rows(len(found), most)
    return JsonRows(found, single=False)


def arrow_rows(content: bytes, *, most: int, text: int) -> ArrowRows:
    """Read a table from Arrow's stream format; nothing of it can hold code.

    Args:
        content: As it came.
        most: Rows that a request may have.
        text: Bytes that its strings may have, each counted where it stands: dictionaries hold a
            string once for many rows.

    Raises:
        Unusable: It is no such stream, is compressed, has a column that is not plain or is named
            twice, or has too much of something.
    """
    import pyarrow as pa

    with _readable_arrow():
        if is_compressed(content):
            raise Unusable(415, "The stream's batches are compressed, want them uncompressed.")
        with pa.ipc.open_stream(pa.BufferReader(content)) as reader:
            _require_plain(reader.schema)
            batches, rows, said = [], 0, 0
            for batch in reader:
                batch.validate(full=True)
                rows += batch.num_rows
                _require_rows(max(rows, 1), most)
                _require_cells(rows, batch.num_columns)
                said += text_bytes(batch)
                if said > text:
                    raise Unusable(
                        413, f"The table's strings have {said:,} bytes, want at most {text:,}."
                    )
                batches.append(batch)
            table = pa.Table.from_batches(batches, reader.schema)
    _require_rows(rows, most)
    return ArrowRows(table)


def encoded(value: object) -> bytes:
    """Return a value as JSON; dates and moments in ISO form."""
    import orjson

    return orjson.dumps(value)


def said_json(answers: Sequence[Mapping[str, Any]], *, single: bool) -> bytes:
    """Return answers as JSON: an object for a single row, else a list."""
    return encoded(answers[0] if single else answers)


def said_arrow(answers: Sequence[Mapping[str, Any]]) -> bytes:
    """Return answers as a table in Arrow's stream format; a value in reasons is text there."""
    import pyarrow as pa

    decisions = [answer["decision"] for answer in answers]
    acts = any(isinstance(decision, bool) for decision in decisions)
    text, number = pa.string(), pa.float64()
    reason = [("feature", text), ("value", text), ("effect", number), ("text", text)]
    kinds = {
        "version": pa.int64(),
        "score": number,
        "decision": pa.bool_() if acts else number,
        "reasons": pa.list_(pa.struct(reason)),
        "refusals": pa.list_(pa.struct([(n, text) for n in ("field", "rule", "got", "want")])),
    }
    names = dict.fromkeys(name for answer in answers for name in answer)
    columns = {name: [answer.get(name) for answer in answers] for name in names}
    columns["reasons"] = [[_as_text(each) for each in said["reasons"]] for said in answers]
    table = pa.table({name: pa.array(v, kinds.get(name, text)) for name, v in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _as_text(reason: Mapping[str, Any]) -> dict[str, Any]:
    value = reason["value"]
    shown = f"{value:.10g}" if isinstance(value, float) else value
    return {**reason, "value": shown}


def refused_json(refusals: Sequence[Refusal], count: int) -> bytes:
    """Return what a client is told about rows that break the contract.

    Args:
        refusals: The first of them.
        count: How many there are.
    """
    first = refusals[0]
    where = f"Field {first.field!r} of row {first.row}" if first.field else f"Row {first.row}"
    more = f" {count - 1:,} more." if count > 1 else ""
    fact = f"{where}: got {first.got}, want {first.want}.{more}"
    return encoded({"detail": fact, "refusals": [each.model_dump() for each in refusals]})


def problem_json(fact: str, **more: object) -> bytes:
    """Return a fact as the body of a response that is no answer."""
    return encoded({"detail": fact, **more})


@contextmanager
def _readable_arrow() -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        raise Unusable(400, f"The body is no Arrow stream: {type(error).__name__}.") from None


def _require_plain(schema: Any) -> None:  # noqa: ANN401 - a pyarrow Schema
    if len(set(schema.names)) != len(schema.names):
        raise Unusable(422, "The table names a column twice.")
    if odd := odd_columns(schema):
        raise Unusable(422, f"Column {', '.join(odd)}, want {PLAIN}, or dictionaries of such.")


def _require_cells(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        got = f"{rows:,} rows of {columns:,} fields"
        raise Unusable(413, f"The request has {got}, want at most {MOST_CELLS:,} values.")


def _require_rows(rows: int, most: int) -> None:
    if rows == 0:
        raise Unusable(422, "There are no rows; at least one is wanted.")
    if rows > most:
        raise Unusable(413, f"A request may have {most:,} rows; score more with `nbrelease score`.")
