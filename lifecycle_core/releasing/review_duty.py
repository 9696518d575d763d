"""What becomes of reviews: they are made when due, kept, and alerts are told.

    due windows, windows whose labels are final now --review--> keep --replay--> alerts --tell-->

Each step is an event of the history as soon as it is done, and the next run goes by the events. So
a run that was killed is gone on with; what was sent and not noted is sent again under the same key.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.sinks.webhook import NO_ANSWER
from lifecycle_core.errors import LifecycleError, SinkFailed
from lifecycle_core.monitoring import (
    content_digest,
    due_windows,
    escalation_contact,
    history_of,
    missed_review,
    named,
    overdue,
    readings_of,
    require_until,
    same_span,
    untold,
    with_changes,
)
from lifecycle_core.monitoring.windows import calendar_of
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.schema.review_history import (
    AlertAcknowledged,
    AlertNotTold,
    AlertReminded,
    AlertTold,
    Delivery,
    Notification,
    ReleaseReviewed,
    ReviewKept,
    ReviewMissed,
    RuleSilenced,
    WindowRead,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.adapters.identity import Actor
    from lifecycle_core.adapters.notifying import Channel
    from lifecycle_core.adapters.review_ledger import ReviewLedger
    from lifecycle_core.monitoring import DueWindow
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_history import AlertStanding, ReviewHistory


class Reviews(Protocol):
    """Makes the review of a window of one release; `verbs.review` does without keeping it."""

    def __call__(self, window: str) -> Review:
        """Return the review.

        Raises:
            LifecycleError: It cannot be made, and why.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDuty:
    """The reviews of one release, at one moment.

    Attributes:
        release: Its name.
        version: The one that is live; by its release file reviews are due.
        stated: That release file.
        since: When the release went live; None if it never did.
        now: With a zone. It decides what is due; the order of events is the registry's.
        ledger: Where events are kept.
        actor: Who does all this.
        channels: Those that are told.
        at: When events are written, by the clock; `now` if None.
    """

    release: str
    version: int
    stated: ReleaseFile
    since: datetime | None
    now: datetime
    ledger: ReviewLedger
    actor: Actor
    channels: tuple[Channel, ...] = ()
    at: datetime | None = None

    def history(self) -> ReviewHistory:
        """Return what has become of the reviews so far."""
        return self._standing()[0]

    def keep(self, review: Review) -> Review:
        """Keep a review, unless the last one of its window says the same.

        Args:
            review: Of a window that has ended.

        Returns:
            The review, with what changed since its window was read before.
        """
        events, _ = self.ledger.read(self.release)
        before = readings_of(events, now=self.now).get(review.window.label)
        digest = content_digest(review)
        if before is not None and before.newest.digest == digest:
            return review
        told = with_changes(review, None if before is None else before.newest.review)
        self.ledger.append(ReviewKept(**self._said(), review=told, digest=digest))
        return told

    def acknowledge(
        self, rule: str, *, window: str | None, note: str = "", until: datetime | None = None
    ) -> None:
        """Take the alerts of a rule on, and perhaps silence it.

        Args:
            rule: The rule, or a part of it that no other has.
            window: Only of this window; of all if None.
            note: Why, or what is done about it.
            until: Nobody is told of the rule before that moment; with a zone.

        Raises:
            InvalidCall: No alert waits for that, several rules are meant, or the moment has passed.
        """
        if until is not None:
            require_until(until, now=self.now)
        meant = named(self.history(), rule, window=window)
        text = meant[0].alert.firing.rule
        keys = tuple(each.alert.key for each in meant)
        self.ledger.append(AlertAcknowledged(**self._said(), rule=text, keys=keys, note=note))
        if until is not None:
            self.ledger.append(
                RuleSilenced(**self._said(), rule=text, until=utc_text(until), note=note)
            )

    def perform(self, review: Reviews) -> ReleaseReviewed:
        """Review what is due, keep it, and tell of alerts; whoever does it holds the lock.

        Args:
            review: Makes the review of a window.

        Returns:
            What was done. An error ends the reviews of this release, and alerts are told all the
            same: it may be what they are about.
        """
        read: list[WindowRead] = []
        error: LifecycleError | None = None
        try:
            for label, again in self._to_read():
                read.append(self._read(review, label, again=again))
        except LifecycleError as failed:
            error = failed
        history = self._missing()
        sent = tuple(self._tell(history))
        return ReleaseReviewed(
            release=self.release,
            read=tuple(read),
            missed=tuple(e.window for e in reversed(history.windows) if e.state == "missed"),
            told=tuple(each for each in sent if not each.error),
            failed=tuple(each for each in sent if each.error),
            error=str(error) if error else "",
            exit_code=error.exit_code if error else 0,
            note=self._note(history),
        )

    def tell(self) -> tuple[Delivery, ...]:
        """Tell of alerts that nobody was told of, remind of late ones; return what came of it."""
        return tuple(self._tell(self.history()))

    def _standing(self) -> tuple[ReviewHistory, tuple[DueWindow, ...]]:
        """Return what has become of the reviews, and which ones should be there."""
        events, notes = self.ledger.read(self.release)
        readings = readings_of(events, now=self.now).values()
        due = due_windows(
            self.stated.review,
            since=self.since,
            now=self.now,
            kept=[each.newest.review.window for each in readings],
        )
        return history_of(self.release, events, due=due, now=self.now, notes=notes), due

    def _to_read(self) -> list[tuple[str, bool]]:
        """Return windows that were not read, and those whose labels have become final.

        A window of another calendar than today's stays as it was kept: today's has none like it.
        """
        windows, calendar = reversed(self.history().windows), calendar_of(self.stated.review)
        return [
            (each.window, each.state == "kept")
            for each in windows
            if each.state != "kept"
            or (
                not each.labels_final
                and datetime.fromisoformat(each.labels_final_from) <= self.now
                and same_span(calendar, each.window, each.end)
            )
        ]

    def _read(self, review: Reviews, label: str, *, again: bool) -> WindowRead:
        kept = self.keep(review(label))
        return WindowRead(
            window=label,
            again=again,
            changed=len(kept.changes),
            firings=len(kept.firings),
            labels_final=kept.labels_final,
        )

    def _missing(self) -> ReviewHistory:
        """Raise an alert for each review that is missing too long, and return the history then."""
        history, wanted = self._standing()
        raised = False
        for due in wanted:
            window = next(each for each in history.windows if each.window == due.window.label)
            if window.state == "missed" and not window.alerts:
                alert = missed_review(self.release, self.stated, due)
                self.ledger.append(ReviewMissed(**self._said(), alert=alert))
                raised = True
        return self.history() if raised else history

    def _tell(self, history: ReviewHistory) -> Iterator[Delivery]:
        for channel in self._asked():
            away = ""
            for alert, reminder in self._to_tell(history, channel):
                error = away
                if not away:  # who does not answer is not waited for with every alert
                    error, away = self._send(channel, alert, reminder=reminder)
                yield Delivery(
                    window=alert.alert.window,
                    rule=alert.alert.firing.rule,
                    channel=channel.name,
                    reminder=reminder,
                    error=error,
                )

    def _to_tell(
        self, history: ReviewHistory, channel: Channel
    ) -> Iterator[tuple[AlertStanding, bool]]:
        """Yield the alerts that a channel is to be told, and whether as a reminder."""
        for alert in untold(history, channel.name):
            if channel.takes(alert.alert.firing.owner):
                yield alert, False
        for alert in overdue(history, channel.name):
            owner = alert.alert.firing.owner
            if channel.takes(owner):
                late = channel.name in alert.told
            else:  # a channel of whoever comes next is told when those before it were, if any
                others = any(each.takes(owner) for each in self._asked())
                late = channel.takes("escalation") and (bool(alert.told) or not others)
            if late:
                yield alert, True

    def _send(
        self, channel: Channel, standing: AlertStanding, *, reminder: bool
    ) -> tuple[str, str]:
        """Send an alert; return why it was not taken, and that again if nobody answered."""
        alert = standing.alert
        said = self._said() | {"key": alert.key, "channel": channel.name}
        next_one = escalation_contact(self.stated.owners, alert.firing) if reminder else ""
        notification = Notification(
            release=self.release,
            version=standing.version,
            at=standing.raised,
            alert=alert,
            told_before=standing.told_before,
            reminder=reminder,
            escalation_contact=next_one,
        )
        try:
            channel.sender.send(notification)
        except SinkFailed as failed:
            if standing.failed.get(channel.name) != str(failed):  # once, not with every run
                self.ledger.append(AlertNotTold(**said, error=str(failed)))
            return str(failed), str(failed) if failed.kind == NO_ANSWER else ""
        self.ledger.append(AlertReminded(**said) if reminder else AlertTold(**said))
        return "", ""

    def _asked(self) -> Sequence[Channel]:
        wanted = self.stated.review.notify
        return [each for each in self.channels if not wanted or each.name in wanted]

    def _note(self, history: ReviewHistory) -> str:
        known = {each.name for each in self.channels}
        if unknown := [name for name in self.stated.review.notify if name not in known]:
            return (
                f"review.notify names {', '.join(unknown)}, and the settings have no such channel."
            )
        if not self.channels and any(each.state == "open" for each in history.alerts):
            return "Nobody is told: the settings have no channel under `notify`."
        return ""

    def _said(self) -> dict[str, Any]:
        return {
            "event_id": uuid.uuid4().hex,
            "release": self.release,
            "version": self.version,
            "at": utc_text(self.at or self.now),
            "actor": self.actor.name,
            "actor_proof": self.actor.proof,
        }
