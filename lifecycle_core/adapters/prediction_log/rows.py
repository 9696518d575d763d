"""Rows of the logs: checked when they come in, and turned into Arrow when they go to the tables.

A row waits as the JSON of its record. In the tables, features and the values in reasons are JSON
text: their names and types differ from release to release and from row to row, and text keeps a
number a number where a map would want one type for all; the tables' columns never change with a
model, so that one query reads all releases. Decisions and labels are numbers, where true is 1.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from lifecycle_core.adapters.prediction_log.entries import Entry, Kind
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.prediction import Outcome, Prediction
from lifecycle_core.schema.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
_AT_ONCE = 32  # rows
_PAUSE = 0.0005


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
    _moment(found.time)
    if isinstance(found, Outcome) and found.label_time is not None:
        _moment(found.label_time)
    if isinstance(found, Usage):
        _moment(found.since)
    return content


@dataclass(slots=True)
class Part:
    """Rows of one segment that go to the same part of a table.

    Attributes:
        release: Name of the release; None if it is not known.
        schema: Columns, without those that the table is divided by.
    """

    release: str | None
    day: date
    schema: pa.Schema
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _batches: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= _AT_ONCE:
            self._convert()

    def table(self) -> pa.Table:
        """Return its rows, in the order in which they came."""
        import pyarrow as pa

        self._convert()
        return pa.Table.from_batches(self._batches, self.schema)

    def _convert(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._batches.append(pa.RecordBatch.from_pylist(self._rows, self.schema))
            self._rows = []


def divided(entries: Iterable[Entry]) -> dict[Kind, list[Part]]:
    """Return the rows of a segment by kind, release and day, each row id once, in order.

    It pauses after every few rows: the threads that answer requests wait for the interpreter
    meanwhile.
    """
    schemas = {kind: stored_schema(kind) for kind in Kind}
    found: dict[tuple[Kind, str, date], Part] = {}
    seen: set[tuple[Kind, str]] = set()
    for place, entry in enumerate(entries):
        if place % _AT_ONCE == 0:
            time.sleep(_PAUSE)
        kind, row = entry.kind, _ROWS[entry.kind](from_json(entry.row), entry.sequence)
        if (kind, row["id"]) in seen:
            continue
        seen.add((kind, row["id"]))
        release, day = row.pop("release") or "", row["time"].date()
        if (kind, release, day) not in found:
            found[kind, release, day] = Part(release or None, day, schemas[kind])
        found[kind, release, day].add(row)
    parts: dict[Kind, list[Part]] = {}
    for kind, release, day in sorted(found):
        parts.setdefault(kind, []).append(found[kind, release, day])
    return parts


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


def _prediction_row(record: dict[str, Any], sequence: int) -> dict[str, Any]:
    reasons = record.get("reasons") or ()
    return {
        **record,
        "time": _moment(record["time"]),
        "features": to_json(record.get("features") or {}, inf_nan_mode="null").decode(),
        "score": _number(record.get("score")),
        "decision": _number(record.get("decision")),
        "latency_ms": _number(record.get("latency_ms")),
        "reasons": [
            {
                **reason,
                "value": to_json(reason.get("value")).decode(),
                "effect": _number(reason["effect"]),
            }
            for reason in reasons
        ],
        "sequence": sequence,
    }


def prediction_of(row: Mapping[str, Any]) -> Prediction:
    """Return the record that a row of the table was made of; its decision stays a number."""
    made = {name: value for name, value in row.items() if name not in {"day", "sequence"}}
    made["time"] = time_of(row["time"].timestamp())
    made["features"] = from_json(row["features"])
    made["reasons"] = [{**reason, "value": from_json(reason["value"])} for reason in row["reasons"]]
    return Prediction.model_validate(made)


def _outcome_row(record: dict[str, Any], sequence: int) -> dict[str, Any]:
    label_time = record.get("label_time")
    return {
        **record,
        "time": _moment(record["time"]),
        "label": _number(record.get("label")),
        "money": _number(record.get("money")),
        "label_time": None if label_time is None else _moment(label_time),
        "release": record.get("release"),
        "sequence": sequence,
    }


def _usage_row(record: dict[str, Any], sequence: int) -> dict[str, Any]:
    return {
        **record,
        "time": _moment(record["time"]),
        "since": _moment(record["since"]),
        "refused": _counted(record.get("refused") or {}),
        "errors": _counted(record.get("errors") or {}),
        "cpu_seconds": _number(record.get("cpu_seconds")),
        "wall_seconds": _number(record["wall_seconds"]),
        "sequence": sequence,
    }


_ROWS = {
    Kind.PREDICTION: _prediction_row,
    Kind.OUTCOME: _outcome_row,
    Kind.USAGE: _usage_row,
}


def _counted(rows: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"cause": cause, "rows": count} for cause, count in sorted(rows.items())]


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _moment(text: str) -> datetime:
    """Return a time in UTC.

    Raises:
        InvalidCall: It is no ISO 8601, or of another zone.
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
