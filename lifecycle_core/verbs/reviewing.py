"""What is done after the release: read what a window of the logs says about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.settings import ledger_of, load_settings, registry_of
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.moments import moment_of

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.schema.review import Review


def review(name: str, *, window: str | None = None, as_of: datetime | str | None = None) -> Review:
    """Review a release: technical health, drift, quality, adoption and money of one window.

    Args:
        name: `churn` for its champion's release file, or `churn@challenger`, `churn/3`.
        window: Such as `2026-03-09`, `2026-W10`, `2026-03`, `2026-Q1` or `2026`; the last complete
            one of the length that the release file declares if None.
        as_of: The moment from which is looked back, in ISO 8601, in UTC if it names no zone; now if
            None.

    Raises:
        InvalidCall: The window or the moment is none, or a rule of the release file is none.
        ReleaseNotFound: There is no such release.
        BundleInvalid: The bundle is not what was registered.
        LogUnavailable: The logs do not answer.
        MissingExtra: deltalake is not installed.
    """
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.adapters.window_counting import count_windows
    from lifecycle_core.monitoring import Counted, plan_of
    from lifecycle_core.monitoring import review as judge

    moment = moment_of(as_of)
    settings = load_settings()
    ledger = ledger_of(settings)
    release = ledger.resolve(name)
    evidence = verifier_of(settings)(release).evidence
    stated = evidence.release_file
    plan = plan_of(stated.review, label=window, as_of=moment)
    flush(settings.log, settings.write_ahead_logs)
    found = count_windows(
        plan,
        settings.log,
        release=release.name,
        acts=stated.model.task == "classification",
        features=evidence.contract.features if evidence.contract else (),
        as_of=moment,
        profile=evidence.reference,
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
