"""What batch scoring tells the log: its rows, if that is wanted, and at its end what it took."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, LifecycleError
from lifecycle_core.settings import bundles_of, hasher_of
from lifecycle_core.verbs.assigning import is_champion

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.metering import Meter
    from lifecycle_core.delivering.log_order import LogOrder
    from lifecycle_core.schema.release import Release, ScoreSummary
    from lifecycle_core.settings import Settings

_LOGGER = logging.getLogger("nbrelease.scoring")


def log_for(
    settings: Settings,
    spec: str,
    release: Release,
    bundle: Path,
    *,
    log: bool | None,
    time: str | None,
) -> LogOrder | None:
    """Return how the rows of a table go into the prediction log; None if they do not.

    Args:
        settings: Say where the log is.
        spec: As it was typed.
        release: What it means.
        bundle: Folder of its bundle.
        log: Whether they do; as the release file has it for the champion if None.
        time: Column with the moment of each row.

    Raises:
        InvalidCall: There is a column of moments that nothing is done with.
    """
    from lifecycle_core.delivering.log_order import LogOrder
    from lifecycle_core.delivering.verifying import declared_workflow, verified_bundle

    if log is None and is_champion(spec, release):
        bundles = bundles_of(settings)
        verified_bundle(bundle, release, bundles)
        log = declared_workflow(bundle, bundles).log
    if not log:
        if time is not None and not _judges_freshness(settings, release, bundle):
            raise InvalidCall(
                "A column of moments is given, the rows do not go into the prediction log, and "
                "their contract has no rule of freshness.",
                hint="Add --log, or leave --time out.",
            )
        return None
    return LogOrder(address=settings.log, hashed=hasher_of(settings), time=time)


def _judges_freshness(settings: Settings, release: Release, bundle: Path) -> bool:
    from lifecycle_core.delivering.verifying import verified_bundle
    from lifecycle_core.schema.contract import Contract

    bundles = bundles_of(settings)
    verified_bundle(bundle, release, bundles)
    contract = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
    return bool(contract.freshness_column and contract.freshness_hours)


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
