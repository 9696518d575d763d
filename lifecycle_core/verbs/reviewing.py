"""What is done after the release: read what a window of the logs says about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, TargetUnwritable
from lifecycle_core.settings import ledger_of, load_settings, registry_of
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.duties import duty_of, held
from lifecycle_core.verbs.moments import moment_of

if TYPE_CHECKING:
    from lifecycle_core.promoting import Verified
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.review import Review
    from lifecycle_core.settings import Settings


def review(
    name: str,
    *,
    window: str | None = None,
    as_of: datetime | str | None = None,
    keep: bool | None = None,
    notify: bool = False,
    table: object = None,
) -> Review:
    """Review a release: technical health, drift, quality, adoption and money of one window.

    Args:
        name: `churn` for its champion's release file, or `churn@challenger`, `churn/3`.
        window: Such as `2026-03-09`, `2026-W10`, `2026-03`, `2026-Q1` or `2026`; the last complete
            one of the length that the release file declares if None.
        as_of: The moment from which is looked back, in ISO 8601, in UTC if it names no zone; now if
            None.
        keep: Whether the review becomes part of the release's history. None keeps that of a window
            that has ended, where `name` is a name alone.
        notify: Tell now of alerts that nobody was told of.
        table: Scored rows with what became of them, in any engine that narwhals takes (DuckDB,
            Polars, pandas, PyArrow, Dask, PySpark): `time` and `score`, and if there are any `id`,
            `version`, `arm`, `decision`, `fallback`, `action`, `label` and the features. Each row
            counts once, where it is. Such a review is not kept. The project's logs if None.

    Returns:
        The review; if its window was kept before, with what has changed since.

    Raises:
        InvalidCall: The window or the moment is none, a rule of the release file is none, or the
            review cannot be kept.
        ReleaseNotFound: There is no such release.
        BundleInvalid: The bundle is not what was registered.
        LogUnavailable: The logs do not answer.
        MissingExtra: deltalake is not installed.
        TargetUnwritable: The registry cannot be written.
    """
    moment = moment_of(as_of)
    settings = load_settings()
    release = ledger_of(settings).resolve(name)
    verified = verifier_of(settings)(release)
    made = review_of(settings, release, verified, window=window, moment=moment, table=table)
    refused = _against_keeping(made, release, name, moment)
    if table is not None:
        refused = "it is of a table, not of the logs"
    if keep and refused:
        raise InvalidCall(f"This review cannot be kept: {refused}.", hint="Leave --keep out.")
    if keep is False or refused:
        return made
    try:
        with held(settings, release.name):
            duty = duty_of(settings, release, verified, now=moment)
            told = duty.keep(made)
            if notify:
                duty.tell()
    except TargetUnwritable as error:
        error.hint = f"--no-keep only looks. {error.hint}"
        raise
    return told


def review_of(
    settings: Settings,
    release: Release,
    verified: Verified,
    *,
    window: str | None,
    moment: datetime,
    table: object = None,
) -> Review:
    """Return the review of a window; see `review`.

    Args:
        settings: Say where the logs are.
        release: By whose release file.
        verified: Its bundle.
        window: Its label; the last complete one if None.
        moment: From which is looked back, with a zone.
        table: Scored rows; the logs if None.
    """
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.adapters.reference_profile import of_version
    from lifecycle_core.adapters.window_counting import count_table, count_windows
    from lifecycle_core.monitoring import Counted, plan_of
    from lifecycle_core.monitoring import review as judge

    evidence = verified.evidence
    stated = evidence.release_file
    plan = plan_of(stated.review, label=window, as_of=moment)
    features = evidence.contract.features if evidence.contract else ()
    kept = evidence.reference
    profile = None if kept is None else of_version(kept, release.version)
    if table is None:
        flush(settings.log, settings.write_ahead_logs)
        found = count_windows(
            plan,
            settings.log,
            release=release.name,
            stated=stated,
            features=features,
            as_of=moment,
            profile=profile,
        )
    else:
        found = count_table(
            plan,
            table,
            features=features,
            as_of=moment,
            maturity_days=stated.review.label_maturity_days,
            profile=profile,
        )
    registered = [each.version for each in registry_of(settings).releases(release.name)]
    return judge(
        release.name,
        stated,
        plan,
        Counted(**found._asdict()),
        as_of=moment,
        registered=registered,
    )


def _against_keeping(made: Review, release: Release, name: str, moment: datetime) -> str:
    """Return why a review is not to be kept; empty if it may be."""
    if not made.complete:
        return f"window {made.window.label} has not ended"
    if name != release.name:
        return f"it is by the release file of {release.name}/{release.version}, name the release"
    if moment > datetime.now(UTC):
        return "it looks back from a moment that has not come"
    return ""
