"""What a run of batch scoring took, as the log keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.schema.usage import Usage

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.adapters.metering import Spent
    from lifecycle_core.schema.release import ScoreSummary


def usage_of_run(
    summary: ScoreSummary,
    spent: Spent,
    *,
    ended: datetime,
    elsewhere: bool = False,
) -> Usage:
    """Return the usage of a run that has ended.

    Args:
        summary: What the run wrote.
        spent: By this process and its children, since the run began.
        ended: With a zone.
        elsewhere: Other machines or a database scored, so that time and memory of this process say
            nothing.

    Example:
        >>> from datetime import UTC, datetime
        >>> from lifecycle_core.adapters.metering import Spent
        >>> from lifecycle_core.schema.release import ScoreSummary
        >>> summary = ScoreSummary(
        ...     release="churn", version=3, bundle_digest="sha256:0", rows=98, unscored=2,
        ...     seconds=1.5, output="scores.parquet", run="r1",
        ... )
        >>> noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
        >>> made = usage_of_run(summary, Spent(2.5, 1 << 20, 1.5), ended=noon)
        >>> made.answered, made.refused, made.cpu_seconds, made.since
        (98, {'contract': 2}, 2.5, '2026-03-09T11:59:58.500000Z')
    """
    began = ended - timedelta(seconds=spent.wall_seconds)
    return Usage(
        id=digest_bytes(f"{summary.run} {summary.version}".encode()),  # done again, it counts once
        time=time_of(ended.timestamp()),
        since=time_of(began.timestamp()),
        release=summary.release,
        version=summary.version,
        source="batch",
        who=summary.run,
        answered=summary.rows - summary.refused,
        refused={"contract": summary.unscored} if summary.unscored else {},
        errors={"receiver": summary.refused} if summary.refused else {},
        cpu_seconds=None if elsewhere else spent.cpu_seconds,
        peak_bytes=None if elsewhere else spent.peak_bytes,
        wall_seconds=spent.wall_seconds,
    )
