"""Bring a checked table of outcomes into the log: find the predictions, leave out what is known.

rows --ids, or the last prediction of the key--> outcomes --not in the log yet--> one commit
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.adapters.prediction_log.columns import quoted
from lifecycle_core.adapters.prediction_log.engine import ONCE, last_said, open_engine
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.rows import stored_schema
from lifecycle_core.adapters.prediction_log.staged import StagedRows
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from lifecycle_core.adapters.prediction_log.outcome_tables import Told

_MICROSECONDS = 1_000_000
_AT_ONCE = 65_536
_SHOWN = 3
_OF_IDS = """
CREATE TEMP TABLE found AS
SELECT rows.*, given.id AS prediction FROM read_parquet({file}) AS rows LEFT JOIN (
    SELECT DISTINCT id FROM predictions WHERE release = $release
) AS given ON given.id = rows.name
"""
_OF_KEYS = """
CREATE TEMP TABLE found AS
WITH rows AS (SELECT * FROM read_parquet({file})),
given AS (
    SELECT key, time, id FROM predictions
    WHERE release = $release AND arm <> 'shadow' AND key IN (SELECT name FROM rows)
    QUALIFY row_number() OVER (PARTITION BY key, time ORDER BY sequence DESC, id) = 1
)
SELECT rows.*, given.id AS prediction FROM rows ASOF LEFT JOIN given
ON given.key = rows.name AND given.time <= rows.time
"""
_IDENTIFIED = """
CREATE TEMP TABLE identified AS
WITH hashed AS (
    SELECT *, sha256(concat_ws(chr(31), prediction, who, coalesce(action, ''),
        coalesce(label::VARCHAR, ''), coalesce(epoch_us(label_time)::VARCHAR, ''),
        coalesce(money::VARCHAR, ''), coalesce(currency, ''),
        CASE WHEN timed THEN epoch_us(time)::VARCHAR ELSE '' END)) AS h
    FROM found
)
SELECT * EXCLUDE (h), concat_ws('-', h[1:8], h[9:12], '8' || h[14:16], 'a' || h[18:20], h[21:32])
    AS id
FROM hashed
"""
_UNLIKE = " OR ".join(
    f"(one.{name} IS NOT NULL AND one.{name} IS DISTINCT FROM {{other}}.{name})"
    for name in ("action", "label", "money")
)
_TWICE = """
SELECT one.row, other.row FROM identified AS one JOIN identified AS other
ON one.prediction = other.prediction AND one.row > other.row
WHERE NOT one.timed AND (one.action <> other.action OR one.label <> other.label
    OR one.money <> other.money)
ORDER BY one.row LIMIT 1
"""
_SINCE = f"""
WITH sayings AS (
    SELECT * FROM outcomes WHERE prediction IN (SELECT prediction FROM identified WHERE NOT timed)
    {ONCE}
),
last AS ({last_said()})
SELECT one.row FROM identified AS one JOIN sayings ON sayings.id = one.id
JOIN last ON last.prediction = one.prediction
WHERE NOT one.timed AND ({_UNLIKE.format(other="last")})
ORDER BY one.row LIMIT 1
"""  # noqa: S608 - names of our own columns
_FRESH = """
SELECT id, time, prediction, who, action, label, label_time, money, currency,
       $first + row_number() OVER (ORDER BY row) AS sequence
FROM identified ANTI JOIN outcomes USING (id)
QUALIFY row_number() OVER (PARTITION BY id ORDER BY row) = 1
ORDER BY sequence
"""


class Kept(NamedTuple):
    """What came of a table.

    Attributes:
        added: Outcomes that are in the log now and were not before.
        known: Rows that said what was in it already.
    """

    added: int
    known: int


def tell(address: str, file: Path, told: Told, *, by: str, folder: Path) -> Kept:
    """Add outcomes to the log, in one commit; those that are in it already are left out.

    Args:
        address: Folder or URL of the log.
        file: What `read_outcomes` has written.
        told: What is known beside it.
        by: `prediction` if rows name ids, `key` if they name the business key.
        folder: For rows until they are in the log; it is there.

    Raises:
        TableInvalid: A row is of no prediction, or says again what was since said otherwise.
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    import pyarrow as pa

    table = LogTable(address, Kind.OUTCOME)
    schema = stored_schema(Kind.OUTCOME)
    staged = StagedRows(folder, schema)
    engine = open_engine(address, memory_limit="1GB", temp_directory=str(folder))
    added = 0
    try:
        with answering(address):
            query = (_OF_IDS if by == "prediction" else _OF_KEYS).format(file=quoted(str(file)))
            engine.execute(query, {"release": told.release})
            engine.execute(_IDENTIFIED)
        _require_predictions(engine, told, by)
        _require_one_order(engine)
        ((rows,),) = engine.execute("SELECT count(*) FROM identified").fetchall()
        with answering(address):
            first = round(told.now.timestamp() * _MICROSECONDS)
            fresh = engine.sql(_FRESH, params={"first": first})
            for batch in fresh.to_arrow_reader(_AT_ONCE):
                made = pa.RecordBatch.from_arrays(
                    [batch.column(each.name).cast(each.type) for each in schema], schema=schema
                )
                staged.put(made)
                added += made.num_rows
    finally:
        engine.close()
    if added:
        table.add(f"nbrelease/outcomes/{uuid.uuid4().hex}", staged.days(), told.release)
    return Kept(added, rows - added)


def _require_predictions(engine: duckdb.DuckDBPyConnection, told: Told, by: str) -> None:
    lost = "FROM identified WHERE prediction IS NULL"
    ((count,),) = engine.execute(f"SELECT count(*) {lost}").fetchall()
    if not count:
        return
    shown = engine.execute(f"SELECT row, name {lost} ORDER BY row LIMIT {_SHOWN}").fetchall()
    examples = ", ".join(f"{name!r} in row {row:,}" for row, name in shown)
    what = "are no predictions" if by == "prediction" else "had no prediction before that time"
    raise TableInvalid(
        f"{count:,} rows {what} of {told.release} in the log: {examples}.",
        hint="Leave these rows out, or log the scores first. Nothing was kept.",
    )


def _require_one_order(engine: duckdb.DuckDBPyConnection) -> None:
    """Look whether it is clear which word on a prediction is the last one.

    Raises:
        TableInvalid: It is not, since rows have no time.
    """
    hint = "Add a column `time` with the moment at which each was said. Nothing was kept."
    for later, earlier in engine.execute(_TWICE).fetchall():
        raise TableInvalid(
            f"Rows {earlier:,} and {later:,} say different things of one prediction.", hint=hint
        )
    for (row,) in engine.execute(_SINCE).fetchall():
        raise TableInvalid(
            f"Row {row:,} says what was said before, and since then something else was.",
            hint=hint,
        )
