"""What batch scoring tells the log at its end: what the run took, and what it could not score."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from lifecycle_core.adapters.metering import Meter
    from lifecycle_core.schema.release import ScoreSummary
    from lifecycle_core.settings import Settings

_LOGGER = logging.getLogger("nbrelease.scoring")


def log_run(
    settings: Settings, summary: ScoreSummary, meter: Meter, *, elsewhere: bool = False
) -> None:
    """Leave the usage of a run in the log; scores are written already, so nothing fails for it.

    Args:
        settings: Say where the log is.
        summary: What the run wrote.
        meter: Has measured since the run began.
        elsewhere: Other machines or a database scored.
    """
    from lifecycle_core.adapters.prediction_log.free_folders import leave_usage
    from lifecycle_core.delivering import usage_of_run

    usage = usage_of_run(summary, meter.read(), ended=datetime.now(UTC), elsewhere=elsewhere)
    try:
        leave_usage(settings.write_ahead_logs, [usage])
    except LifecycleError as error:
        _LOGGER.warning("What the run took could not be logged: %s", error)
