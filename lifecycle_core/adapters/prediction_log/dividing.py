"""Turns the rows of a segment into Arrow, divided as the tables are: by kind, release and day.

A service does this while it answers. DuckDB reads the JSON of all rows in one thread of its own
code, which the threads that answer need not wait for; from Python objects it took six times as long
and kept the interpreter meanwhile.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import from_json, to_json

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import moment_of, stored_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    import duckdb
    import pyarrow as pa

    from lifecycle_core.adapters.prediction_log.entries import Entry

_AT_ONCE = 64  # rows
_PAUSE = 0.001
_ALWAYS = {"id": "VARCHAR", "time": "VARCHAR", "release": "VARCHAR"}
_READ = {
    Kind.PREDICTION: {
        **_ALWAYS, "key": "VARCHAR", "version": "BIGINT", "bundle_digest": "VARCHAR",
        "arm": "VARCHAR", "features": "JSON", "score": "DOUBLE", "decision": "JSON",
        "reasons": "STRUCT(feature VARCHAR, value JSON, effect DOUBLE, text VARCHAR)[]",
        "latency_ms": "DOUBLE", "fallback": "VARCHAR", "explainer": "VARCHAR",
    },
    Kind.OUTCOME: {
        **_ALWAYS, "prediction": "VARCHAR", "who": "VARCHAR", "action": "VARCHAR",
        "label": "JSON", "label_time": "VARCHAR", "money": "DOUBLE", "currency": "VARCHAR",
    },
    Kind.USAGE: {
        **_ALWAYS, "since": "VARCHAR", "version": "BIGINT", "source": "VARCHAR", "who": "VARCHAR",
        "answered": "BIGINT", "refused": "MAP(VARCHAR, BIGINT)",
        "refused_fields": "STRUCT(field VARCHAR, rule VARCHAR, fields BIGINT)[]",
        "errors": "MAP(VARCHAR, BIGINT)", "cpu_seconds": "DOUBLE", "peak_bytes": "BIGINT",
        "wall_seconds": "DOUBLE",
    },
}  # fmt: skip
"""What DuckDB takes the fields of a record for."""


def _counted(name: str) -> str:
    pairs = f"list_sort(map_entries(r.{name}))"
    return f"list_transform({pairs}, lambda each: {{'cause': each.key, 'rows': each.value}})"


def _yes_or_number(name: str) -> str:
    read = f"CAST(r.{name} AS VARCHAR)"
    return f"CASE {read} WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 ELSE CAST({read} AS DOUBLE) END"


_MADE = {
    "time": "try_cast(r.time AS TIMESTAMP)",
    "label_time": "try_cast(r.label_time AS TIMESTAMP)",
    "since": "try_cast(r.since AS TIMESTAMP)",
    "features": "coalesce(CAST(r.features AS VARCHAR), '{}')",
    "decision": _yes_or_number("decision"),
    "label": _yes_or_number("label"),
    "reasons": (
        "list_transform(coalesce(r.reasons, []), lambda each: {'feature': each.feature, "
        "'value': coalesce(CAST(each.value AS VARCHAR), 'null'), 'effect': each.effect, "
        "'text': each.text})"
    ),
    "refused": _counted("refused"),
    "errors": _counted("errors"),
    "release": "coalesce(r.release, '')",
    "sequence": "sequence",
}
"""SQL of the columns that are not what a record says."""


class Part(NamedTuple):
    """Rows of one segment that go to the same part of a table, in the order in which they came.

    Attributes:
        release: Name of the release; None if it is not known.
        table: Without the columns that the log's table is divided by.
    """

    release: str | None
    day: date
    table: pa.Table


def divided(entries: Iterable[Entry]) -> dict[Kind, list[Part]]:
    """Return the rows of a segment by kind, release and day, each row id once, in order."""
    import duckdb

    parts: dict[Kind, list[Part]] = {}
    with closing(duckdb.connect(config={"threads": 1})) as engine:
        for kind, records in sorted(_gathered(entries).items()):
            parts[kind] = list(_parts(_read(engine, kind, records)))
    return parts


def _gathered(entries: Iterable[Entry]) -> dict[Kind, pa.Table]:
    """Return rows and their sequence by kind; the threads that answer requests run in between."""
    import pyarrow as pa

    taken: dict[Kind, list[Entry]] = {}
    batches: dict[Kind, list[pa.RecordBatch]] = {}

    def gather(kind: Kind) -> None:
        some = taken.pop(kind)
        rows = pa.array([entry.row for entry in some], pa.binary()).cast(pa.string())
        sequence = pa.array([entry.sequence for entry in some], pa.int64())
        batch = pa.RecordBatch.from_arrays([rows, sequence], ["record", "sequence"])
        batches.setdefault(kind, []).append(batch)
        time.sleep(_PAUSE)

    for entry in entries:
        some = taken.setdefault(entry.kind, [])
        some.append(entry)
        if len(some) == _AT_ONCE:
            gather(entry.kind)
    for kind in list(taken):
        gather(kind)
    return {kind: pa.Table.from_batches(some) for kind, some in batches.items()}


def _read(engine: duckdb.DuckDBPyConnection, kind: Kind, records: pa.Table) -> pa.Table:
    """Return what the records say, as `stored_schema` has it, with `release`; each id once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    schema = stored_schema(kind).append(pa.field("release", pa.string()))
    structure = ", ".join(f'"{name}": "{read}"' for name, read in _READ[kind].items())
    moments = [field.name for field in schema if pa.types.is_timestamp(field.type)]
    texts = "".join(f", r.{name} AS {name}_text" for name in moments)
    columns = ", ".join(f"{_MADE.get(name, f'r.{name}')} AS {name}" for name in schema.names)
    engine.register("records", records)
    found = engine.sql(
        f"SELECT {columns}{texts} "  # noqa: S608 - names of our own columns
        f"FROM (SELECT from_json(record, '{{{structure}}}') AS r, sequence FROM records)"
    ).to_arrow_table()
    for name in moments:
        found = _with_moments(found, name)
    if kind is Kind.PREDICTION:
        found = _with_finite(found, records["record"])
    found = found.select(schema.names).cast(schema)
    if pc.count_distinct(found["id"]).as_py() == found.num_rows:
        return found
    first: dict[str, int] = {}
    for place, number in enumerate(found["id"].to_pylist()):
        first.setdefault(number, place)
    return found.take(list(first.values()))


def _with_moments(found: pa.Table, name: str) -> pa.Table:
    """Read moments here that are written in a way which DuckDB does not know."""
    import pyarrow as pa

    moments, texts = found[name], found[f"{name}_text"]
    if moments.null_count == texts.null_count:
        return found
    read = [None if text is None else moment_of(text) for text in texts.to_pylist()]
    column = pa.array(read, pa.timestamp("us", tz="UTC"))
    return found.set_column(found.schema.get_field_index(name), name, column)


def _with_finite(found: pa.Table, records: pa.ChunkedArray) -> pa.Table:
    """Write null for numbers that are none: JSON does not have them, and DuckDB keeps them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    strange = pc.or_(pc.match_substring(records, "NaN"), pc.match_substring(records, "Infinity"))
    if not pc.any(strange).as_py():
        return found
    features = found["features"].to_pylist()
    for place in pc.indices_nonzero(strange).to_pylist():
        features[place] = to_json(from_json(features[place]), inf_nan_mode="null").decode()
    at = found.schema.get_field_index("features")
    return found.set_column(at, "features", pa.array(features, pa.string()))


def _parts(found: pa.Table) -> Iterator[Part]:
    """Divide rows by release and day, in the order of these."""
    import pyarrow as pa
    import pyarrow.compute as pc

    releases, days = found["release"], pc.cast(found["time"], "date32")
    there = pa.table({"release": releases, "day": days}).group_by(["release", "day"]).aggregate([])
    found = found.drop_columns(["release"])
    for release, day in sorted((each["release"], each["day"]) for each in there.to_pylist()):
        some = found
        if there.num_rows > 1:
            some = found.filter(pc.and_(pc.equal(releases, release), pc.equal(days, day)))
        yield Part(release or None, day, some)
