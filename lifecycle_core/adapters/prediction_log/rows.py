"""Rows of the logs: checked when they come in, and turned into Arrow when they go to the tables.

A row waits as the JSON of its record. In the tables, features and the values in reasons are JSON
text: their names and types differ from release to release and from row to row, and text keeps a
number a number where a map would want one type for all; the tables' columns never change with a
model, so that one query reads all releases. Decisions and labels are numbers, where true is 1.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from lifecycle_core.adapters.prediction_log.entries import Entry, Kind
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.prediction import Outcome, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

PARTITION = ("release", "day")
TABLES = {Kind.PREDICTION: "predictions", Kind.OUTCOME: "outcomes"}
_RECORDS: dict[Kind, type[Prediction | Outcome]] = {
    Kind.PREDICTION: Prediction,
    Kind.OUTCOME: Outcome,
}
_AT_ONCE = 64  # rows; the service's threads wait for the interpreter no longer than these take
_PAUSE = 0.0005


def checked(kind: Kind, record: Prediction | Outcome | bytes) -> bytes:
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
            found = _RECORDS[kind].model_validate_json(record)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            said = f"has no `{place}`" if first["type"] == "missing" else f"is wrong at `{place}`"
            article = "An" if kind is Kind.OUTCOME else "A"
            raise InvalidCall(
                f"{article} {kind.name.lower()} {said}: {first['msg']}.",
                hint="The log keeps whole records only; nothing of this call was kept.",
            ) from None
        content = record
    else:
        found = record
        content = record.model_dump_json().encode()
    _moment(found.time)
    if isinstance(found, Outcome) and found.label_time is not None:
        _moment(found.label_time)
    return content


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one segment that go to the same part of a table.

    Attributes:
        release: Name of the release; None if it is not known.
        table: Arrow table without the columns that the table is divided by.
    """

    release: str | None
    day: date
    table: pa.Table


def divided(kind: Kind, entries: Sequence[Entry]) -> list[Part]:
    """Return the rows of one kind by release and day, each row id once, in order.

    Args:
        kind: Which rows.
        entries: Those of one segment.
    """
    import pyarrow as pa

    schema = stored_schema(kind)
    found: dict[tuple[str | None, date], list[dict[str, Any]]] = {}
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if place % _AT_ONCE == 0:
            time.sleep(_PAUSE)
        row = _ROWS[kind](from_json(entry.row), entry.sequence) if entry.kind is kind else None
        if row is not None and row["id"] not in seen:
            seen.add(row["id"])
            key = (row.pop("release") or None, row["time"].date())
            found.setdefault(key, []).append(row)
    parts = []
    for release, day in sorted(found, key=lambda key: (key[0] or "", key[1])):
        rows = found[release, day]
        batches = []
        for start in range(0, len(rows), _AT_ONCE):
            batches.append(pa.RecordBatch.from_pylist(rows[start : start + _AT_ONCE], schema))
            time.sleep(_PAUSE)
        table = pa.Table.from_batches(batches, schema)
        parts.append(Part(release, day, table))
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
    if kind is Kind.OUTCOME:
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
        "decision": _number(record.get("decision")),
        "reasons": [
            {**reason, "value": to_json(reason.get("value")).decode()} for reason in reasons
        ],
        "sequence": sequence,
    }


def _outcome_row(record: dict[str, Any], sequence: int) -> dict[str, Any]:
    label_time = record.get("label_time")
    return {
        **record,
        "time": _moment(record["time"]),
        "label": _number(record.get("label")),
        "label_time": None if label_time is None else _moment(label_time),
        "release": record.get("release"),
        "sequence": sequence,
    }


_ROWS = {Kind.PREDICTION: _prediction_row, Kind.OUTCOME: _outcome_row}


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
