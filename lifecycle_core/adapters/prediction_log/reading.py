"""Predictions beside what became of them, for whoever reviews a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.rows import prediction_of, table_schema
from lifecycle_core.adapters.prediction_log.tables import LogTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

    from lifecycle_core.schema.prediction import Prediction

_AT_ONCE = 1_000
_SAID = ("who", "action", "label", "label_time", "money", "currency")


def read(
    address: Path | str,
    *,
    release: str | None = None,
    since: date | None = None,
    until: date | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return predictions in the order they were logged, each once, with their outcomes.

    Args:
        address: Folder or URL of the log.
        release: Name of the release; all if None.
        since: First day of the predictions, in UTC; outcomes may come later.
        until: First day that does not count.
        columns: Columns of the predictions beside `id`; all if None. Features are most of the
            bytes: leave them out where many days are read.

    Returns:
        A table with the columns of predictions and, of outcomes, `who`, `action`, `label`,
        `label_time`, `money`, `currency` and `outcome_time`: of each, the last that was said; null
        if nothing was. Features and the values in reasons are JSON text. pandas, Polars, DuckDB and
        narwhals take it as it is. Without a log it has no rows.

    Raises:
        LogUnavailable: The store does not answer, or there is no such column.
        MissingExtra: deltalake is not installed.
    """
    asked = _asked(release, since, until)
    predictions = _rows(str(address), Kind.PREDICTION, asked, columns)
    # Not only those of the release: who said what came of it need not know the release.
    outcomes = _rows(str(address), Kind.OUTCOME, _asked(None, since, None), None)
    return _joined(predictions, outcomes)


def read_explained(
    address: Path | str,
    *,
    release: str,
    version: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Prediction]:
    """Yield the predictions that were given with reasons, in the order they were logged.

    Args:
        address: Folder or URL of the log.
        release: Name of the release.
        version: One of its versions; all if None.
        since: First day, in UTC.
        until: First day that does not count.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    import pyarrow.compute as pc

    asked = [*_asked(release, since, until), pc.field("explainer") != ""]
    if version is not None:
        asked.append(pc.field("version") == version)
    for batch in _rows(str(address), Kind.PREDICTION, asked, None).to_batches(_AT_ONCE):
        yield from map(prediction_of, batch.to_pylist())


def _asked(release: str | None, since: date | None, until: date | None) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    days = [] if since is None else [pc.field("day") >= pa.scalar(since, pa.date32())]
    wanted = [] if release is None else [pc.field("release") == release]
    before = [] if until is None else [pc.field("day") < pa.scalar(until, pa.date32())]
    return [*days, *wanted, *before]


def _rows(
    address: str, kind: Kind, conditions: list[Any], columns: Sequence[str] | None
) -> pa.Table:
    """Return rows in the order of their sequence, each id once."""
    import numpy as np

    schema = table_schema(kind)
    names = schema.names if columns is None else list(dict.fromkeys(("id", *columns)))
    table = LogTable(address, kind)
    with answering(address):
        if not table.exists():
            return schema.empty_table().select(names)
        condition = None
        for each in conditions:
            condition = each if condition is None else condition & each
        asked = list(dict.fromkeys((*names, "sequence")))
        found = table.dataset().to_table(columns=asked, filter=condition).sort_by("sequence")
        _, first = np.unique(found.column("id").to_numpy(zero_copy_only=False), return_index=True)
        once = np.zeros(found.num_rows, dtype=bool)
        once[first] = True
        return found.filter(once).select(names)


def _joined(predictions: pa.Table, outcomes: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    # The last word is the one of the latest moment, whenever it came.
    said_in_order = outcomes.sort_by([("time", "ascending"), ("sequence", "ascending")])
    last = said_in_order.group_by("prediction", use_threads=False).aggregate(
        [(name, "last") for name in ("time", *_SAID)]
    )
    places = pc.index_in(
        predictions.column("id").combine_chunks(), last.column("prediction").combine_chunks()
    )
    for name in (*_SAID, "time"):
        said = last.column(f"{name}_last").take(places)
        predictions = predictions.append_column("outcome_time" if name == "time" else name, said)
    return predictions
