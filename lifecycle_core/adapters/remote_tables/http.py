"""Scores posted to a receiver, in batches that it can tell apart.

Each request is retried with backoff and carries the same idempotency key however often it comes,
also when the run is killed and started again; signature and token are those of the sinks
(`adapters/sinks/webhook.py`). A batch that the receiver refuses for what is in it is halved until
the bad rows stand alone; they go to the table of dead letters, the others are taken. A receiver
that does not answer, or does not know us, ends the run: started again, it goes on behind what was
settled.
"""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.remote_tables.decimals import as_number
from lifecycle_core.adapters.score_runs import append_line
from lifecycle_core.adapters.sinks.webhook import Receiver, WebhookOptions
from lifecycle_core.adapters.tables import DuckTables
from lifecycle_core.errors import InvalidCall, SinkFailed

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.remote_tables.addresses import TableAddress
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.adapters.tables import TableWriter

ROWS = 500
"""Rows of one request at most."""
_TOKEN, _SECRET = "NBRELEASE_SCORES_TOKEN", "NBRELEASE_SCORES_SECRET"
_TIMEOUT = 30.0
"""Seconds for each answer: it may write 500 rows before."""
_UNDER_WAY = frozenset({409})
"""What a receiver that remembers keys says of one that it works on, as after our own timeout."""
_REFUSED = "refused"
_WHO = f"Check {_TOKEN} and {_SECRET}, then run the same command again"
_FIRST = {"401": _WHO, "403": _WHO}
_OF_SOME_ROWS = frozenset({"400", "413", "422"})
# Under other keys, rows that a receiver knows already would come twice.
_OF_THE_CONTENT = _OF_SOME_ROWS | {"409", "415"}


def post(
    address: TableAddress,
    file: Path,
    *,
    run: str,
    delivery: str,
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
        run: The run's id.
        delivery: What the idempotency keys are made of.
        progress: A file that says what was settled when the run was started before.
        dead_letters: A parquet or CSV file to write: the rows that were refused, and why.
        around: Has the secrets: NBRELEASE_SCORES_TOKEN and NBRELEASE_SCORES_SECRET, if they are
            set.
        backoff: Seconds before the second try.

    Returns:
        How many rows were refused.

    Raises:
        SinkFailed: The receiver does not answer, does not know us, or takes none of the first rows.
        InvalidCall: A column has the name of the dead letters' own.
        TargetUnwritable: The operating system refuses.
    """
    from pyarrow import parquet

    options = WebhookOptions(
        kind="webhook",
        url=address.location,
        token_env=_TOKEN if around.environ.get(_TOKEN) else None,
        secret_env=_SECRET if around.environ.get(_SECRET) else None,
        backoff=backoff,
        timeout=_TIMEOUT,
    )
    if _REFUSED in parquet.read_schema(file).names:
        raise InvalidCall(
            f"Column {_REFUSED!r} cannot be kept: the dead letters have one of that name.",
            hint="Rename it in the table.",
        )
    receiver = Receiver(options, around, again=_UNDER_WAY)
    posting = _Posting(receiver, run, delivery, progress, _settled(progress))
    letters = DuckTables().writer(dead_letters) if dead_letters else nullcontext()
    start = refused = 0
    try:
        with letters as writer, parquet.ParquetFile(file) as opened:
            for batch in opened.iter_batches(batch_size=ROWS):
                reasons = posting.deliver(batch, start)
                refused += sum(map(bool, reasons))
                start += batch.num_rows
                if refused == start and batch.num_rows == ROWS:
                    progress.unlink()  # nothing was taken: all of it is to be tried again
                    raise _takes_none(address, reasons[0])
                _bury(writer, batch, reasons)
    finally:
        receiver.close()
    return refused


@dataclass(frozen=True, slots=True)
class _Posting:
    """Batches on their way, and what became of them and of their parts.

    Attributes:
        receiver: The other side.
        run: The run's id.
        delivery: What the idempotency keys are made of.
        progress: A file with what is settled.
        settled: By first row and number of rows: why it was refused, empty if it was taken, None
            if its halves were sent instead.
    """

    receiver: Receiver
    run: str
    delivery: str
    progress: Path
    settled: dict[tuple[int, int], str | None]

    def deliver(self, batch: Any, start: int) -> list[str]:  # noqa: ANN401 - a pyarrow RecordBatch
        """Return for each row why it was refused, empty if it was taken."""
        part = (start, batch.num_rows)
        if part not in self.settled:
            self.settled[part] = self._post(batch, start)
            append_line(self.progress, json.dumps([*part, self.settled[part]]))
        why = self.settled[part]
        if why is not None:
            return [why] * batch.num_rows
        half = batch.num_rows // 2
        return [
            *self.deliver(batch.slice(0, half), start),
            *self.deliver(batch.slice(half), start + half),
        ]

    def _post(self, batch: Any, start: int) -> str | None:  # noqa: ANN401 - as above
        rows = [{name: _as_json(value) for name, value in row.items()} for row in batch.to_pylist()]
        told = {"schema": "nbrelease/scores/1", "run": self.run, "first": start, "rows": rows}
        named = f"{self.delivery} {start} {len(rows)}"
        identity = "scores_" + hashlib.sha256(named.encode()).hexdigest()[:32]
        try:
            self.receiver.post(json.dumps(told).encode(), identity=identity)
        except SinkFailed as failed:
            if failed.kind not in _OF_THE_CONTENT:
                first = _FIRST.get(failed.kind, "Run the same command again once it answers")
                failed.hint = failed.hint or f"{first}: it goes on where it stopped."
                raise
            return None if failed.kind in _OF_SOME_ROWS and len(rows) > 1 else str(failed)
        return ""


def _takes_none(address: TableAddress, why: str) -> SinkFailed:
    return SinkFailed(
        f"The receiver refused each of the first {ROWS} rows: {why}",
        kind="refused",
        hint=f"Compare what {address.shown} wants with what is sent; docs/scoring.md has the form. "
        "The same command tries all of them again.",
    )


def _bury(writer: TableWriter | None, batch: Any, reasons: list[str]) -> None:  # noqa: ANN401 - as above
    """Write the refused rows of a batch; where all were taken, only its columns."""
    import pyarrow as pa

    if writer is not None:
        told = pa.array(reasons, type=pa.string())
        refused = pa.array([bool(why) for why in reasons])
        rows = batch.filter(refused)
        columns = dict(zip(rows.schema.names, rows.columns, strict=True))
        writer.write({**columns, _REFUSED: told.filter(refused)})


def _settled(progress: Path) -> dict[tuple[int, int], str | None]:
    """Return what earlier starts of the run have settled; a line that was cut off is none."""
    if not progress.is_file():
        return {}
    found: dict[tuple[int, int], str | None] = {}
    for line in progress.read_text(encoding="utf-8").splitlines():
        with suppress(ValueError):
            start, rows, why = json.loads(line)
            found[int(start), int(rows)] = why
    return found


def _as_json(value: Any) -> Any:  # noqa: ANN401 - a plain value
    """Return a value as JSON has it.

    Dates, times and moments are in ISO form, bytes in base64, durations in seconds; NaN is no
    number.
    """
    plain: Any = value
    match value:
        case float() if not isfinite(value):
            plain = None
        case date() | time():
            plain = value.isoformat()
        case Decimal():
            plain = as_number(value)
        case bytes():
            plain = base64.b64encode(value).decode()
        case timedelta():
            plain = value.total_seconds()
        case dict():
            plain = {str(name): _as_json(each) for name, each in value.items()}
        case list() | tuple():
            plain = [_as_json(each) for each in value]
    return plain
