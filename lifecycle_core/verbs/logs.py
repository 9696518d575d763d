"""What is done with the logs of predictions and outcomes: look after them, read, check reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import bundles_of, ledger_of, load_settings
from lifecycle_core.verbs.downloading import downloaded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import pyarrow as pa

    from lifecycle_core.adapters.explaining import Explainer
    from lifecycle_core.schema.explaining import ReasonsCheck
    from lifecycle_core.schema.prediction import LogUpkeep


def drain_log() -> LogUpkeep:
    """Bring the rows that wait in write-ahead logs to the tables, also those of ended processes.

    Raises:
        LogUnavailable: The tables cannot be written, or a service does not answer.
    """
    from lifecycle_core.schema.prediction import LogUpkeep

    return _after_flush(lambda address: LogUpkeep(address=address, action="drain"))


def compact_log(*, keep_hours: int = 168) -> LogUpkeep:
    """Merge the small files of the tables, and remove files that are no longer read.

    Args:
        keep_hours: How long files stay that were merged, for those who read them now; from 0.

    Raises:
        InvalidCall: The hours are negative.
        LogUnavailable: The tables cannot be written, or somebody else's upkeep came first.
    """
    from lifecycle_core.adapters.prediction_log import compact

    if keep_hours < 0:
        raise InvalidCall(f"--keep-hours is {keep_hours}, it must be 0 or more.")
    return _after_flush(lambda address: compact(address, keep_hours=keep_hours))


def retain_log(*, days: int, today: date | None = None) -> LogUpkeep:
    """Remove predictions, outcomes and usage that are older than so many days.

    Args:
        days: Whole days that stay, in UTC, with today as the first; from 1.
        today: The day it is; the clock's if None.

    Raises:
        InvalidCall: The days are fewer than 1.
        LogUnavailable: The tables cannot be written, or somebody else's upkeep came first.
    """
    from lifecycle_core.adapters.prediction_log import retain

    if days < 1:
        raise InvalidCall(f"--days is {days}, it must be 1 or more.", hint="Try --days 400.")
    since = (today or datetime.now(UTC).date()) - timedelta(days=days - 1)
    return _after_flush(lambda address: retain(address, since=since))


def forget_key(key: str) -> LogUpkeep:
    """Remove every row of a business key from the tables, from older versions, from the disk.

    Files that keep what the disk has damaged of write-ahead logs are removed whole, with all rows.

    Args:
        key: The key as it was logged.

    Raises:
        InvalidCall: The key is empty.
        LogUnavailable: The tables cannot be written, or somebody else's upkeep came first.
    """
    from lifecycle_core.adapters.prediction_log import forget

    if not key:
        raise InvalidCall("The business key is empty.", hint="Name whose rows are to go.")
    wals = load_settings().write_ahead_logs
    return _after_flush(lambda address: forget(address, key=key, wals=wals))


def read_log(
    name: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the predictions of a release, of all without a name, beside what became of them.

    Args:
        name: Name of the release.
        since: First day, in UTC.
        until: First day that does not count.
        columns: Columns of the predictions beside `id`; all if None.

    Raises:
        LogUnavailable: The tables do not answer.
    """
    from lifecycle_core.adapters.prediction_log import read

    return read(load_settings().log, release=name, since=since, until=until, columns=columns)


def check_reasons(
    spec: str, *, since: date | None = None, until: date | None = None
) -> ReasonsCheck:
    """Find the reasons in the log again, with the bundles that gave them.

    Args:
        spec: `churn` for all versions that gave reasons, `churn@champion` or `churn/3` for one.
        since: First day, in UTC.
        until: First day that does not count.

    Raises:
        ReleaseNotFound: There is no such release, or a version is no longer registered.
        BundleInvalid: A bundle is not what was registered.
        UntrustedModel: A model would run foreign code.
        LogUnavailable: The tables do not answer, or a service does not.
    """
    from lifecycle_core.adapters.explaining import open_explainer
    from lifecycle_core.adapters.prediction_log import flush, read_explained
    from lifecycle_core.adapters.scorers import open_scorer
    from lifecycle_core.delivering import check_reasons as find_again

    settings = load_settings()
    ledger = ledger_of(settings)
    asked = ledger.resolve(spec)
    name = asked.name

    @cache
    def explainer_of(version: int, digest: str) -> Explainer | None:
        release = ledger.resolve(f"{name}/{version}")
        if release.bundle_digest != digest:
            return None
        with downloaded(settings, release) as folder:
            bundles_of(settings).verify(folder, digest=digest)
            return open_explainer(folder, open_scorer(folder))

    flush(settings.log, settings.write_ahead_logs)
    version = None if spec == name else asked.version
    logged = read_explained(settings.log, release=name, version=version, since=since, until=until)
    return find_again(name, logged, explainer_of)


def _after_flush(work: Callable[[str], LogUpkeep]) -> LogUpkeep:
    from lifecycle_core.adapters.prediction_log import flush

    settings = load_settings()
    flushed = flush(settings.log, settings.write_ahead_logs)
    return work(settings.log).model_copy(update={"write_ahead_logs": flushed})
