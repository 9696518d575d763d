"""Rows of the logs: checked when they come in, and as they stand in the tables.

A row waits as the JSON of its record. In the tables, features and the values in reasons are JSON
text: their names and types differ from release to release and from row to row, and text keeps a
number a number where a map would want one type for all; the tables' columns never change with a
model, so that one query reads all releases. Decisions and labels are numbers, where true is 1.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import from_json

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.prediction import Outcome, Prediction
from lifecycle_core.schema.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

PARTITION = ("release", "day")
TABLES = {Kind.PREDICTION: "predictions", Kind.OUTCOME: "outcomes", Kind.USAGE: "usage"}
LogRecord: TypeAlias = Prediction | Outcome | Usage
_RECORDS: dict[Kind, type[LogRecord]] = {
    Kind.PREDICTION: Prediction,
    Kind.OUTCOME: Outcome,
    Kind.USAGE: Usage,
}
_ARTICLES = {Kind.PREDICTION: "A", Kind.OUTCOME: "An", Kind.USAGE: "A"}


def time_of(seconds: float) -> str:
    """Return a moment as records have it: in UTC, with microseconds.

    Args:
        seconds: Since 1970.

    Example:
        >>> time_of(1_795_851_000.25)
        '2026-11-28T07:30:00.250000Z'
    """
    moment = datetime.fromtimestamp(seconds, tz=UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='microseconds')}Z"


def checked(kind: Kind, record: LogRecord | bytes) -> bytes:
    """Return a record as the JSON that is kept; JSON comes through unchanged if it is one.

    Raises:
        InvalidCall: It is no such record, or its time is no time in UTC.

    Example:
        >>> checked(Kind.OUTCOME, b'{"id": "1"}')
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.InvalidCall: An outcome has no `prediction`: Field required.
    """
    if isinstance(record, bytes):
        try:
            found = _RECORDS[kind].model_validate_json(record, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            said = f"has no `{place}`" if first["type"] == "missing" else f"is wrong at `{place}`"
            raise InvalidCall(
                f"{_ARTICLES[kind]} {kind.name.lower()} {said}: {first['msg']}.",
                hint="The log keeps whole records only; nothing of this call was kept.",
            ) from None
        content = record
    else:
        found = record
        content = record.model_dump_json().encode()
    moment_of(found.time)
    if isinstance(found, Outcome) and found.label_time is not None:
        moment_of(found.label_time)
    if isinstance(found, Usage):
        moment_of(found.since)
    return content


def table_schema(kind: Kind) -> pa.Schema:
    """Return the Arrow schema of a table, with the columns that it is divided by at the end."""
    import pyarrow as pa

    stored = stored_schema(kind)
    return stored.append(pa.field("release", pa.string())).append(pa.field("day", pa.date32()))


def stored_schema(kind: Kind) -> pa.Schema:
    """Return the Arrow schema of a table's files; times are UTC, `sequence` orders rows."""
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    text, number = pa.string(), pa.float64()
    reason = pa.struct([("feature", text), ("value", text), ("effect", number), ("text", text)])
    always = [pa.field("id", text, nullable=False), pa.field("time", moment, nullable=False)]
    last = [pa.field("sequence", pa.int64(), nullable=False)]
    counted = pa.list_(pa.struct([("cause", text), ("rows", pa.int64())]))
    broken = pa.struct([("field", text), ("rule", text), ("fields", pa.int64())])
    if kind is Kind.USAGE:
        columns = [
            ("since", moment), ("version", pa.int64()), ("source", text), ("who", text),
            ("answered", pa.int64()), ("refused", counted), ("refused_fields", pa.list_(broken)),
            ("errors", counted), ("cpu_seconds", number), ("peak_bytes", pa.int64()),
            ("wall_seconds", number),
        ]  # fmt: skip
    elif kind is Kind.OUTCOME:
        columns = [
            ("prediction", text), ("who", text), ("action", text), ("label", number),
            ("label_time", moment), ("money", number), ("currency", text),
        ]  # fmt: skip
    else:
        columns = [
            ("key", text), ("version", pa.int64()), ("bundle_digest", text), ("arm", text),
            ("features", text), ("score", number), ("decision", number),
            ("reasons", pa.list_(reason)), ("latency_ms", number), ("fallback", text),
            ("explainer", text),
        ]  # fmt: skip
    return pa.schema([*always, *(pa.field(*column) for column in columns), *last])


def prediction_of(row: Mapping[str, Any]) -> Prediction:
    """Return the record that a row of the table was made of; its decision stays a number."""
    made = {name: value for name, value in row.items() if name not in {"day", "sequence"}}
    made["time"] = time_of(row["time"].timestamp())
    made["features"] = from_json(row["features"])
    made["reasons"] = [{**reason, "value": from_json(reason["value"])} for reason in row["reasons"]]
    return Prediction.model_validate(made)


def moment_of(text: str) -> datetime:
    """Return a time in UTC.

    Raises:
        InvalidCall: It is no ISO 8601, or of another zone.

    Example:
        >>> moment_of("2026-11-28T07:30:00.25Z")
        datetime.datetime(2026, 11, 28, 7, 30, 0, 250000, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment is None or moment.utcoffset() != timedelta(0):
        raise InvalidCall(
            f"{text!r} is no time in UTC.", hint="Write it as 2026-11-28T07:30:00.000000Z."
        )
    return moment
