"""What became of predictions, told as a table."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.settings import ledger_of, load_settings
from lifecycle_core.verbs.downloading import verifier_of

if TYPE_CHECKING:
    from lifecycle_core.schema.prediction import OutcomesTold


def tell_outcomes(
    release: str,
    *,
    source: Any,  # noqa: ANN401 - a path, an address, or a frame of any library
    who: str | None = None,
) -> OutcomesTold:
    """Tell what became of predictions; a table that is told again is told once.

    The table names predictions by `prediction`, the ids that scores come with, or by the columns of
    the business key: then the last prediction of the key counts that was made before `time`. It has
    one of `action` (accepted, overridden), `label` (the truth: true, a number, a class) and
    `money`, and may have `currency`, `label_time`, `who` and `time`, when this was said. Other
    columns are left alone, and so are rows that say nothing yet.

    Args:
        release: Name of the release.
        source: As in `score`.
        who: Who acted, or which system says so, where the table has no column `who`; found out if
            None.

    Raises:
        InvalidCall: The table has no column to tell by.
        TableInvalid: A value is wrong, or a row is of no prediction; nothing was kept.
        ReleaseNotFound: There is no such release.
        LogUnavailable: The log does not answer, or a service does not drain its rows.
        MissingExtra: deltalake is not installed.
    """
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.adapters.prediction_log.outcome_tables import Told, read_outcomes
    from lifecycle_core.adapters.prediction_log.telling import tell
    from lifecycle_core.adapters.remote_tables import Systems, address_of, copy_frame
    from lifecycle_core.adapters.sinks.base import surroundings
    from lifecycle_core.schema.prediction import OutcomesTold

    settings = load_settings()
    found = ledger_of(settings).resolve(release)
    evidence = verifier_of(settings)(found).evidence
    stated, finalization = evidence.release_file, evidence.finalization
    positive = finalization.positive_class if finalization else None
    told = Told(
        release=found.name,
        key=stated.workflow.key,
        positive=positive,
        classes=finalization.classes if finalization else (),
        currency=stated.costs.currency,
        who=identify(who).name,
        now=datetime.now(UTC),
    )
    with tempfile.TemporaryDirectory(prefix="nbrelease-outcomes-") as name:
        folder = Path(name)
        given = address_of(source) if isinstance(source, str | Path) else None
        table = folder / "outcomes.parquet"
        if given is None:
            copy_frame(source, table)
        elif given.kind == "file":
            table = given.path
        else:
            around = surroundings(
                project=settings.project, home=settings.home, registry=settings.registry
            )
            Systems(around).copy(given, table, key=told.key)
        read = read_outcomes(table, told, folder / "checked.parquet")
        flush(settings.log, settings.write_ahead_logs)
        kept = tell(settings.log, folder / "checked.parquet", told, by=read.by, folder=folder)
    return OutcomesTold(
        release=found.name,
        rows=read.rows,
        added=kept.added,
        known=kept.known,
        empty=read.empty,
        by=read.by,
        log=settings.log,
    )
