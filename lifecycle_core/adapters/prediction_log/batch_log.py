"""The rows of a scored table in the prediction log: as Arrow, in one commit, each once.

    batch --columns--> rows --staged by day, on this machine--> one commit of the Delta table

A table is scored again after a crash, so its rows need no write-ahead log: their ids come from the
run and the row's position, and the commit carries the run's session, which is taken once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.prediction_log.columns import quoted
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import stored_schema
from lifecycle_core.adapters.prediction_log.staged import StagedRows
from lifecycle_core.adapters.prediction_log.tables import LogTable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SESSION = "nbrelease/rows/"
_HEX_OF_ROW = 12


class LoggedRows(NamedTuple):
    """Rows of a batch, by column; pyarrow arrays with a value for each.

    Attributes:
        start: Position of the first one in the table, from 0.
        key: Business key; null where there is none.
        time: When each was decided, in UTC, to the microsecond.
        version: That answered.
        bundle_digest: Of its bundle.
        arm: That the row is in.
        features: By feature, what the log keeps.
        score: Null where there is none.
        decision: A number, where true is 1; null where nothing was decided.
        fallback: Why the fallback answered; empty if the model did.
    """

    start: int
    key: Any
    time: Any
    version: Any
    bundle_digest: Any
    arm: Any
    features: Mapping[str, Any]
    score: Any
    decision: Any
    fallback: Any


class BatchLog:
    """Takes the rows of one run, in the table's order.

    Args:
        address: Folder or URL of the log.
        release: Name of the release.
        run: A text that no other run has; a run that is done again has the same.
        began: When it began, in microseconds since 1970; rows are in the log's order from there.
        folder: For rows until the run has ended; it is there.

    Raises:
        MissingExtra: deltalake is not installed.
    """

    def __init__(self, address: str, release: str, run: str, *, began: int, folder: Path) -> None:
        import duckdb

        self.address = address
        self._release, self._began = release, began
        self._digits = digest_bytes(run.encode()).removeprefix("sha256:")
        self._table = LogTable(address, Kind.PREDICTION)
        self._schema = stored_schema(Kind.PREDICTION)
        self._staged = StagedRows(folder, self._schema)
        self._engine = duckdb.connect(config={"threads": 1})

    def ids(self, start: int, rows: int) -> Any:  # noqa: ANN401 - a pyarrow array
        """Return the ids of rows: the run's digits, then the position of each.

        A UUID of version 8, whose content RFC 9562 leaves to its maker. The same row of the same
        run has the same one, whenever it is asked for.
        """
        d = self._digits
        # The version, and the two bits of the variant.
        head = quoted(f"{d[:8]}-{d[8:12]}-8{d[12:15]}-a{d[15:18]}-")
        answer = self._engine.sql(
            f"SELECT {head} || printf('%0{_HEX_OF_ROW}x', row) AS id "  # noqa: S608 - digits of our own
            f"FROM range({int(start)}, {int(start + rows)}) AS rows(row) ORDER BY row"
        )
        return answer.to_arrow_table().column("id").combine_chunks()

    def put(self, rows: LoggedRows) -> Any:  # noqa: ANN401 - a pyarrow array
        """Take the next rows, and return their ids.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        import numpy as np
        import pyarrow as pa

        count = len(rows.key)
        ids = self.ids(rows.start, count)
        columns = {
            "id": ids,
            "time": rows.time,
            "key": rows.key,
            "version": rows.version,
            "bundle_digest": rows.bundle_digest,
            "arm": rows.arm,
            "features": self._json(rows.features, count),
            "score": rows.score,
            "decision": rows.decision,
            "reasons": _empty(count, self._schema.field("reasons").type),
            "latency_ms": pa.nulls(count),  # of a table, no row has been waited for
            "fallback": rows.fallback,
            "explainer": pa.repeat("", count),
            "sequence": pa.array(np.arange(count) + self._began + rows.start),
        }
        made = pa.RecordBatch.from_arrays(
            [_as(columns[field.name], field.type) for field in self._schema], schema=self._schema
        )
        self._staged.put(made)
        return ids

    def commit(self) -> bool:
        """Add what was taken to the log, once; it lasts when this returns.

        Returns:
            Whether it was added now; else an earlier start of the run had done so.

        Raises:
            LogUnavailable: The store does not answer; nothing was added.
        """
        session = f"{_SESSION}{self._digits[:32]}"
        return self._table.add(session, self._staged.days(), self._release)

    def close(self) -> None:
        """Give memory back; what was not committed is not kept."""
        self._engine.close()

    def _json(self, features: Mapping[str, Any], rows: int) -> Any:  # noqa: ANN401 - a pyarrow array
        """Return the features of each row as one JSON text, as a service writes it."""
        import pyarrow as pa

        if not features:
            return pa.repeat("{}", rows)
        given = pa.table({f"c{at}": values for at, values in enumerate(features.values())})
        pairs = ", ".join(
            f"{quoted(name)}, {_value(f'c{at}', given.column(at).type)}"
            for at, name in enumerate(features)
        )
        self._engine.register("given", given)
        answer = self._engine.sql(f"SELECT json_object({pairs})::VARCHAR AS f FROM given")  # noqa: S608 - quoted names
        return answer.to_arrow_table().column("f").combine_chunks()


def _value(column: str, kind: Any) -> str:  # noqa: ANN401 - a pyarrow type
    """Return SQL of a value as JSON: no number that is none, moments in ISO 8601."""
    import pyarrow as pa

    if pa.types.is_floating(kind):
        return f"CASE WHEN isfinite({column}) THEN {column} END"
    if pa.types.is_date(kind):
        return f"{column}::VARCHAR"
    if pa.types.is_timestamp(kind):
        return f"replace({column}::TIMESTAMP::VARCHAR, ' ', 'T')"
    return column


def _empty(rows: int, kind: Any) -> Any:  # noqa: ANN401 - a pyarrow type, and an array of it
    """Return lists without anything in them."""
    import numpy as np
    import pyarrow as pa

    offsets = pa.array(np.zeros(rows + 1, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, pa.array([], kind.value_type))


def _as(values: Any, kind: Any) -> Any:  # noqa: ANN401 - pyarrow arrays and a type
    if hasattr(values, "combine_chunks"):
        values = values.combine_chunks()
    return values if values.type == kind else values.cast(kind)
