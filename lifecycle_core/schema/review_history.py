"""What became of a release's reviews: events as they are kept, and what they amount to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.review import Firing, Review

MISSED = "review missed"
"""What stands in the place of a rule where a review was not made in time."""
AlertState = Literal["open", "acknowledged", "silenced", "passed"]
WindowState = Literal["kept", "due", "missed"]


class Alert(Record):
    """Somebody has to act: a rule fired in a window, or its review was missed.

    Attributes:
        key: The same for the same rule, window and evidence; an idempotency key.
        window: Label of the window.
        firing: Who acts until when, and why.
    """

    key: str
    window: str
    firing: Firing


class Notification(Record):
    """An alert as it is told: the body of a webhook, the input of a command.

    Attributes:
        version: Whose release file the rule stands in.
        at: When the alert was raised, in UTC, ISO 8601.
        told_before: The same rule was told for the same window, with other figures.
        reminder: Its deadline has passed, and nobody has acknowledged it.
        escalation_contact: Who is reminded, as the release file says; empty if it names nobody, or
            where this is no reminder.
    """

    schema_: Literal["nbrelease/notification/1"] = Field(
        default="nbrelease/notification/1", alias="schema"
    )
    release: str
    version: int = Field(ge=1)
    at: str
    alert: Alert
    told_before: bool = False
    reminder: bool = False
    escalation_contact: str = ""

    @property
    def key(self) -> str:
        """The same whenever the same is told: an idempotency key."""
        return f"{self.alert.key}_reminder" if self.reminder else self.alert.key


class _Event(Record):
    """What every event of the history says.

    Attributes:
        seq: Position in the history, from 1, given by the registry.
        event_id: Made by the writer before the call, so that an unknown outcome can be looked up.
        version: Version of the release that was live.
        at: By the writer's clock, in UTC, ISO 8601.
        actor_proof: How the actor is known, such as `os-user` (self-declared).
        hash: Digest of all the other fields but `seq`, as the writer made it.
    """

    schema_: Literal["nbrelease/review-event/1"] = Field(
        default="nbrelease/review-event/1", alias="schema"
    )
    seq: int = Field(default=0, ge=0)
    event_id: str
    release: str
    version: int = Field(ge=1)
    at: str
    actor: str
    actor_proof: str
    hash: str = ""


class ReviewKept(_Event):
    """A review was kept.

    Attributes:
        digest: Of what it says, whenever it was read.
    """

    kind: Literal["kept"] = "kept"
    review: Review
    digest: str


class ReviewMissed(_Event):
    """A review was due and not there."""

    kind: Literal["missed"] = "missed"
    alert: Alert


class AlertTold(_Event):
    """A channel took an alert."""

    kind: Literal["told"] = "told"
    key: str
    channel: str


class AlertReminded(_Event):
    """A channel took the reminder of an alert whose deadline had passed."""

    kind: Literal["reminded"] = "reminded"
    key: str
    channel: str


class AlertNotTold(_Event):
    """A channel did not take an alert, or its reminder; it is tried again."""

    kind: Literal["not_told"] = "not_told"
    key: str
    channel: str
    error: str


class AlertAcknowledged(_Event):
    """Somebody has taken alerts on."""

    kind: Literal["acknowledged"] = "acknowledged"
    rule: str
    keys: tuple[str, ...]
    note: str = ""


class RuleSilenced(_Event):
    """Nobody is told of a rule until a moment."""

    kind: Literal["silenced"] = "silenced"
    rule: str
    until: str
    note: str = ""


ReviewEvent = Annotated[
    ReviewKept
    | ReviewMissed
    | AlertTold
    | AlertReminded
    | AlertNotTold
    | AlertAcknowledged
    | RuleSilenced,
    Field(discriminator="kind"),
]


class Delivery(Record):
    """An alert and a channel.

    Attributes:
        rule: Of the alert.
        reminder: Its deadline had passed.
        error: Why the channel did not take it; empty if it did.
    """

    window: str
    rule: str
    channel: str
    reminder: bool = False
    error: str = ""


class AlertStanding(Record):
    """An alert and what was done about it.

    Attributes:
        state: `open`, `acknowledged`, `silenced` until a moment that has not come, or `passed`: it
            was silenced, and a later window has been reviewed since.
        raised: When, in UTC.
        told: Channels that took it.
        reminded: Channels that took its reminder.
        failed: Channels that did not, with the reason of the last time.
        told_before: The same rule was told for the same window, with other figures.
        by: Who acknowledged or silenced it; empty if nobody.
        until: Until when it is silenced.
    """

    alert: Alert
    state: AlertState
    raised: str
    version: int = Field(ge=1)
    told: tuple[str, ...] = ()
    reminded: tuple[str, ...] = ()
    failed: dict[str, str] = {}
    told_before: bool = False
    by: str = ""
    note: str = ""
    until: str = ""


class ReviewedWindow(Record):
    """One window of a release's schedule.

    Attributes:
        state: `kept`; `due`: it has ended and may still be reviewed in time; `missed`: it may not.
        end: The moment at which it ended, in UTC.
        due_by: By when its review was due; empty for a window outside of the schedule.
        as_of: The moment from which its newest kept review looks back.
        version: Whose release file it was reviewed by.
        readings: How often it was read with another result.
        changed: How many figures changed with the last reading.
        alerts: Of the newest kept review, or that it was missed.
    """

    window: str
    state: WindowState
    end: str
    due_by: str = ""
    as_of: str = ""
    version: int | None = None
    readings: int = 0
    changed: int = 0
    labels_final: bool = False
    labels_final_from: str = ""
    alerts: tuple[AlertStanding, ...] = ()


class Happening(Record):
    """An event of the history, in short."""

    seq: int
    at: str
    actor: str
    actor_proof: str
    kind: str
    window: str = ""
    rule: str = ""
    channel: str = ""
    note: str = ""


class ReviewHistory(Record):
    """All windows of a release that were reviewed or should have been, the newest first.

    Attributes:
        as_of: By which moment windows are due and silences have passed, in UTC.
        events: In the order in which they were written.
        notes: What is wrong with the history as a whole, such as events that were edited.
    """

    schema_: Literal["nbrelease/review-history/1"] = Field(
        default="nbrelease/review-history/1", alias="schema"
    )
    release: str
    as_of: str
    windows: tuple[ReviewedWindow, ...] = ()
    events: tuple[Happening, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def alerts(self) -> tuple[AlertStanding, ...]:
        """All alerts, of the oldest window first."""
        return tuple(each for window in reversed(self.windows) for each in window.alerts)

    @property
    def calm(self) -> bool:
        """Whether no review was missed and no alert is open."""
        late = any(each.state == "missed" for each in self.windows)
        return not late and all(each.state != "open" for each in self.alerts)


class WindowRead(Record):
    """A window that a scheduled run has read.

    Attributes:
        again: It was read before.
        changed: How many figures have changed since.
    """

    window: str
    again: bool = False
    changed: int = 0
    firings: int = 0
    labels_final: bool = False


class ReleaseReviewed(Record):
    """What a scheduled run did for one release.

    Attributes:
        read: Windows that were due, or whose labels are final now.
        missed: Windows whose reviews are missing longer than they may.
        told: Notifications that were taken.
        failed: Notifications that were not.
        error: Why it could not be reviewed to the end; empty if it was.
        exit_code: Of that error.
        note: What is to be known besides.
    """

    release: str
    read: tuple[WindowRead, ...] = ()
    missed: tuple[str, ...] = ()
    told: tuple[Delivery, ...] = ()
    failed: tuple[Delivery, ...] = ()
    error: str = ""
    exit_code: int = 0
    note: str = ""


class ReviewRun(Record):
    """What a scheduled run did."""

    schema_: Literal["nbrelease/review-run/1"] = Field(
        default="nbrelease/review-run/1", alias="schema"
    )
    as_of: str
    releases: tuple[ReleaseReviewed, ...] = ()

    @property
    def exit_code(self) -> int:
        """Of the command: 0 nothing to act on; 1 something fired, was missed or was not told."""
        acts = any(
            each.missed
            or each.failed
            or any(read.firings for read in each.read)
            or any(sent.reminder for sent in each.told)
            for each in self.releases
        )
        return max([int(acts), *(each.exit_code for each in self.releases)])
