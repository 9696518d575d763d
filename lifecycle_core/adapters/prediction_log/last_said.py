"""What the model last said about each business key, by the log: the newest days first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.tables import LogTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_AT_ONCE = 1_000
_NAMES = ("key", "score", "decision", "time", "sequence")


class Said(NamedTuple):
    """One row of the log.

    Attributes:
        time: When it was said, in seconds since 1970.
    """

    key: str
    score: float | None
    decision: float
    time: float


def last_said(
    address: Path | str, release: str, *, since: datetime, until: datetime
) -> Iterator[Said]:
    """Yield what the models of a release said by themselves, the newest first.

    A shadow has said nothing, and a fallback is not asked again. A day is read when somebody wants
    it, so who needs few stops early.

    Args:
        address: Folder or URL of the log.
        release: Name of the release.
        since: With zone.
        until: With zone.

    Raises:
        LogUnavailable: The store does not answer.
        MissingExtra: deltalake is not installed.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    table = LogTable(str(address), Kind.PREDICTION)
    with answering(str(address)):
        if not table.exists():
            return
        dataset = table.dataset()
    wanted = (
        (pc.field("release") == release) & (pc.field("fallback") == "")
        & (pc.field("arm") != "shadow") & pc.is_valid(pc.field("key"))
        & pc.is_valid(pc.field("decision")) & (pc.field("time") >= pa.scalar(since))
    )  # fmt: skip
    day = until.date()
    while day >= since.date():
        with answering(str(address)):
            found = dataset.to_table(
                columns=list(_NAMES), filter=wanted & (pc.field("day") == pa.scalar(day))
            ).sort_by([("sequence", "descending")])
        for batch in found.to_batches(_AT_ONCE):
            columns = (batch.column(name).to_pylist() for name in ("key", "score", "decision"))
            seconds = (moment.timestamp() for moment in batch.column("time").to_pylist())
            for values in zip(*columns, seconds, strict=True):
                yield Said(*values)
        day -= timedelta(days=1)
