"""Reviews that are kept: list and show them, make those that are due, take alerts on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, LifecycleError
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.settings import ledger_of, load_settings, registry_of
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.duties import duty_of, held
from lifecycle_core.verbs.moments import moment_of
from lifecycle_core.verbs.reviewing import review_of

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_dashboard import ReviewDashboard
    from lifecycle_core.schema.review_history import ReleaseReviewed, ReviewHistory, ReviewRun
    from lifecycle_core.settings import Settings


def reviews(name: str, *, as_of: datetime | str | None = None) -> ReviewHistory:
    """Return the windows of a release that were reviewed or should have been, and open alerts.

    Args:
        name: Of the release.
        as_of: The moment by which windows are due; now if None.

    Raises:
        ReleaseNotFound: There is no such release.
        BundleInvalid: The bundle is not what was registered.
        RegistryUnavailable: The registry does not answer.
    """
    now = moment_of(as_of)
    settings = load_settings()
    release = ledger_of(settings).resolve(name)
    return duty_of(settings, release, verifier_of(settings)(release), now=now).history()


def kept_review(
    name: str, *, window: str | None = None, as_of: datetime | str | None = None
) -> Review:
    """Return a review as it was kept; the logs are not read.

    Args:
        name: Of the release.
        window: Label of the window; the newest that was kept if None.
        as_of: The one that was known at this moment; the newest if None.

    Raises:
        InvalidCall: None was kept.
        ReleaseNotFound: There is no such release.
        RegistryUnavailable: The registry does not answer.
    """
    from lifecycle_core.adapters.review_ledger import ReviewLedger
    from lifecycle_core.monitoring import readings_of

    now = moment_of(as_of)
    settings = load_settings()
    release = ledger_of(settings).resolve(name)
    events, _ = ReviewLedger(registry_of(settings)).read(release.name)
    kept = readings_of(events, now=now)
    label = window or max(kept, key=lambda each: kept[each].newest.review.window.end, default="")
    if label not in kept:
        known = f"Kept are: {', '.join(sorted(kept)[-12:])}." if kept else ""
        raise InvalidCall(
            f"No review of {release.name}{f' for {window}' if window else ''} was kept.",
            hint=known or f"Make one: `nbrelease review {release.name}`.",
        )
    return kept[label].newest.review


def review_dashboard(review: Review, *, windows: int = 12) -> ReviewDashboard:
    """Return a review beside those that are kept of the windows before it, and what is open.

    Args:
        review: As `review` or `kept_review` return it.
        windows: How many at most, with its own; at least 1.

    Raises:
        InvalidCall: There can be no such number of windows.
        ReleaseNotFound: There is no such release.
        BundleInvalid: The bundle is not what was registered.
        RegistryUnavailable: The registry does not answer.
    """
    from lifecycle_core.adapters.review_ledger import ReviewLedger
    from lifecycle_core.monitoring import content_digest, readings_of
    from lifecycle_core.schema.review_dashboard import ReviewDashboard

    if windows < 1:
        raise InvalidCall(f"{windows} windows are asked for, want 1 or more.")
    now = moment_of(None)
    settings = load_settings()
    history = reviews(review.release)
    events, _ = ReviewLedger(registry_of(settings)).read(review.release)
    readings = readings_of(events, now=now)
    own, last = review.window, readings.get(review.window.label)
    before = sorted(
        (
            each.newest.review
            for each in readings.values()
            if each.newest.review.window.grain == own.grain
            and each.newest.review.window.end <= own.start
        ),
        key=lambda each: each.window.end,
    )
    return ReviewDashboard(
        review=review,
        reviews=(*before[max(0, len(before) + 1 - windows) :], review),
        history=history,
        kept=last is not None and last.newest.digest == content_digest(review),
    )


def review_due(*names: str, as_of: datetime | str | None = None) -> ReviewRun:
    """Review every release whose window is due, keep what is found, and tell of alerts.

    A window is due once it has ended, and again once its labels are final. Two who do this at once
    on one machine wait for each other; what the first has done is not done again.

    Args:
        names: Of releases; all in the registry if there are none.
        as_of: The moment from which is looked back; now if None.

    Returns:
        What was done for each. A release that cannot be reviewed does not keep the others from it.

    Raises:
        InvalidCall: The moment is none, or the settings have a channel that is none.
        RegistryUnavailable: The registry does not answer.
    """
    from lifecycle_core.schema.review_history import ReviewRun
    from lifecycle_core.settings import channels_of

    now = moment_of(as_of)
    settings = load_settings()
    channels_of(settings)  # a wrong option is said before anything is done
    wanted = names or registry_of(settings).names()
    return ReviewRun(
        as_of=utc_text(now), releases=tuple(_performed(settings, name, now) for name in wanted)
    )


def acknowledge(
    name: str,
    rule: str,
    *,
    by: str | None = None,
    note: str = "",
    window: str | None = None,
    silence_until: datetime | str | None = None,
) -> ReviewHistory:
    """Take the alerts of a rule on, and perhaps be silent about the rule for a while.

    Args:
        name: Of the release.
        rule: As the release file has it, or a part of it that no other rule with alerts has.
        by: Who; found out if None.
        note: Why, or what is done about it.
        window: Only of this window; of all if None.
        silence_until: Nobody is told of the rule before this moment, in UTC if it names no zone.

    Returns:
        How the reviews stand then.

    Raises:
        InvalidCall: No alert waits for that, several rules are meant, or the moment has passed.
        ReleaseNotFound: There is no such release.
        RegistryUnavailable: The registry does not answer.
    """
    settings = load_settings()
    release = ledger_of(settings).resolve(name)
    now = moment_of(None)
    until = moment_of(silence_until, option="--silence-until") if silence_until else None
    duty = duty_of(settings, release, verifier_of(settings)(release), now=now, by=by)
    duty.acknowledge(rule, window=window, note=note, until=until)
    return duty.history()


def _performed(settings: Settings, name: str, now: datetime) -> ReleaseReviewed:
    from lifecycle_core.monitoring import live_since
    from lifecycle_core.schema.review_history import ReleaseReviewed

    ledger = ledger_of(settings)
    try:
        if live_since(ledger.history(name)) is None:
            note = "It has never had a champion, so no review is due."
            return ReleaseReviewed(release=name, note=note)
        release = ledger.resolve(name)
        verified = verifier_of(settings)(release)
        with held(settings, release.name):
            duty = duty_of(settings, release, verified, now=now)
            return duty.perform(
                lambda window: review_of(settings, release, verified, window=window, moment=now)
            )
    except LifecycleError as error:
        return ReleaseReviewed(release=name, error=str(error), exit_code=error.exit_code)
