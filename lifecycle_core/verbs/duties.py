"""The duty to review a release, built from the settings, its ledger and its bundle."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import BundleInvalid
from lifecycle_core.settings import channels_of, ledger_of, registry_of
from lifecycle_core.verbs.downloading import verifier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.promoting import Verified
    from lifecycle_core.releasing.review_duty import ReviewDuty
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.review_history import ReviewHistory
    from lifecycle_core.settings import Settings


def duty_of(
    settings: Settings,
    release: Release,
    verified: Verified,
    *,
    now: datetime,
    by: str | None = None,
) -> ReviewDuty:
    """Return the reviews of a release name at one moment.

    Args:
        settings: Say where things are.
        release: The version by whose release file reviews are due.
        verified: Its bundle.
        now: With a zone.
        by: Who acts; found out if None.

    Raises:
        InvalidCall: A channel of the settings is none.
    """
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.adapters.review_ledger import ReviewLedger
    from lifecycle_core.monitoring import live_since
    from lifecycle_core.releasing.review_duty import ReviewDuty

    return ReviewDuty(
        release=release.name,
        version=release.version,
        stated=verified.evidence.release_file,
        since=live_since(ledger_of(settings).history(release.name)),
        now=now,
        ledger=ReviewLedger(registry_of(settings)),
        actor=identify(by),
        channels=channels_of(settings),
        at=datetime.now(UTC),
    )


def reviews_before(
    settings: Settings, release: Release, verified: Verified, *, now: datetime
) -> ReviewHistory | None:
    """Return how the reviews of a name stand when a version of it is judged.

    Args:
        settings: Say where things are.
        release: The version that is judged.
        verified: Its bundle.
        now: With a zone.

    Returns:
        By the release file of the champion, or of the judged version where the champion's bundle
        cannot be read; None where there has never been a champion, as nothing was due then.
    """
    from lifecycle_core.monitoring import live_since

    ledger = ledger_of(settings)
    history = ledger.history(release.name)
    if live_since(history) is None:
        return None
    head = history.heads.get("champion")
    if head is not None and head.version != release.version:
        live = ledger.registry.release(release.name, head.version)
        try:
            return duty_of(settings, live, verifier_of(settings)(live), now=now).history()
        except BundleInvalid:
            pass  # the judged version may be what replaces a champion that was changed
    return duty_of(settings, release, verified, now=now).history()


@contextmanager
def held(settings: Settings, name: str) -> Iterator[None]:
    """Hold the lock of a release's reviews on this machine; wait for whoever has it.

    Raises:
        TargetUnwritable: There is no place for the lock.
    """
    from lifecycle_core.adapters.files import require_place
    from lifecycle_core.adapters.store.locks import locked

    folder = settings.home / "reviews"
    require_place(folder)
    with locked(folder / f"{name}.lock"):
        yield
