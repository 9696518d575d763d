"""Scores posted to a receiver, in batches that it can tell apart.

Each request is retried with backoff and carries the same idempotency key however often it comes,
also when the run is killed and started again; signature and token are those of the sinks
(`adapters/sinks/webhook.py`). A batch that the receiver refuses for what is in it goes to the table
of dead letters. A receiver that does not answer, or does not know us, ends the run: started again,
it goes on behind the last batch that was settled.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext, suppress
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.score_runs import append_line
from lifecycle_core.adapters.sinks.webhook import Receiver, WebhookOptions
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.errors import SinkFailed

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.adapters.tables import TableWriter

ROWS = 500
"""Rows of one request at most."""
_TOKEN, _SECRET = "NBRELEASE_SCORES_TOKEN", "NBRELEASE_SCORES_SECRET"
_OF_THE_CONTENT = frozenset({"400", "409", "413", "415", "422"})


class _Settled(NamedTuple):
    """What became of a batch: its first row in the file, and why it was refused, if it was."""

    start: int
    refused: str


def post(
    address: TableAddress,
    file: Path,
    *,
    run: str,
    progress: Path,
    dead_letters: Path | None,
    around: Surroundings,
    backoff: float = 0.5,
) -> int:
    """Post the rows of a parquet file.

    A body is `{"schema": "nbrelease/scores/1", "run": ..., "first": ..., "rows": [...]}`, with
    `first` the place of its first row in the output.

    Args:
        address: Of the receiver; https, or http to this machine.
        file: The rows.
        run: The run's id, which makes the idempotency keys.
        progress: A file that says what was settled when the run was started before.
        dead_letters: A parquet or CSV file to write: the rows that were refused, and why.
        around: Has the secrets: NBRELEASE_SCORES_TOKEN and NBRELEASE_SCORES_SECRET, if they are
            set.
        backoff: Seconds before the second try.

    Returns:
        How many rows were refused.

    Raises:
        SinkFailed: The receiver does not answer, or does not know us.
        TargetUnwritable: The operating system refuses.
    """
    from pyarrow import parquet

    options = WebhookOptions(
        kind="webhook",
        url=address.location,
        token_env=_TOKEN if around.environ.get(_TOKEN) else None,
        secret_env=_SECRET if around.environ.get(_SECRET) else None,
        backoff=backoff,
    )
    settled = _settled(progress)
    start = refused = 0
    receiver = Receiver(options, around)
    letters = DuckTables().writer(dead_letters) if dead_letters else nullcontext()
    try:
        with letters as writer, parquet.ParquetFile(file) as opened:
            for batch in opened.iter_batches(batch_size=ROWS):
                if start not in settled:
                    settled[start] = _deliver(receiver, batch, run, start, progress)
                if why := settled[start]:
                    refused += batch.num_rows
                _bury(writer, batch, why)
                start += batch.num_rows
    finally:
        receiver.close()
    return refused


def _deliver(receiver: Receiver, batch: Any, run: str, start: int, progress: Path) -> str:  # noqa: ANN401 - a pyarrow RecordBatch
    rows = [{name: _as_json(value) for name, value in row.items()} for row in batch.to_pylist()]
    told = {"schema": "nbrelease/scores/1", "run": run, "first": start, "rows": rows}
    body = json.dumps(told).encode()
    identity = "scores_" + hashlib.sha256(f"{run} {start}".encode()).hexdigest()[:32]
    why = ""
    try:
        receiver.post(body, identity=identity)
    except SinkFailed as failed:
        if failed.kind not in _OF_THE_CONTENT:
            failed.hint = failed.hint or (
                "Run the same command again once it answers: it goes on where it stopped."
            )
            raise
        why = str(failed)
    append_line(progress, json.dumps(_Settled(start, why)))
    return why


def _bury(writer: TableWriter | None, batch: Any, why: str) -> None:  # noqa: ANN401 - a pyarrow RecordBatch
    """Write a refused batch; of one that was taken, only its columns."""
    import pyarrow as pa

    if writer is not None:
        rows = batch if why else batch.slice(0, 0)
        columns = dict(zip(rows.schema.names, rows.columns, strict=True))
        writer.write({**columns, "refused": pa.array([why] * rows.num_rows, type=pa.string())})


def _settled(progress: Path) -> dict[int, str]:
    """Return what earlier starts of the run have settled; a line that was cut off is none."""
    if not progress.is_file():
        return {}
    found = {}
    for line in progress.read_text(encoding="utf-8").splitlines():
        with suppress(ValueError):
            start, refused = json.loads(line)
            found[int(start)] = str(refused)
    return found


def _as_json(value: Any) -> Any:  # noqa: ANN401 - a plain value
    """Return a value as JSON has it: dates and moments in ISO form, no number for NaN."""
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not isfinite(value) else value
