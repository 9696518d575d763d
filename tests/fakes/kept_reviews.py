"""A release whose weeks are reviewed in memory, and channels that remember what they were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.notifying import Channel
from lifecycle_core.adapters.review_ledger import ReviewLedger
from lifecycle_core.errors import LogUnavailable, SinkFailed
from lifecycle_core.monitoring import Counted, plan_of
from lifecycle_core.monitoring import review as judge
from lifecycle_core.releasing.review_duty import ReviewDuty
from lifecycle_core.schema.review_history import ReviewRun
from lifecycle_core.schema.window_counts import WindowCounts
from tests.fakes import windows
from tests.fakes.registry import RegistryInMemory

if TYPE_CHECKING:
    from lifecycle_core.adapters.registry import Registry
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_history import Notification, ReviewHistory

LIVE = datetime(2026, 3, 4, 9, tzinfo=UTC)
"""A Wednesday; so week 10 is the first that is reviewed."""
LOW = "when adoption_rate < 0.6 then escalate operations within 2 days"
SLOW = "when latency_p95_ms > 1 then notify engineering"
ANN = Actor("ann", "stated")


def on(day: int, hour: int = 6, month: int = 3) -> datetime:
    """Return a moment of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


@dataclass
class Remembering:
    """A channel's sender that keeps what it was told.

    Attributes:
        refuses: Why the next ones are not taken, one each; empty takes it.
    """

    told: list[Notification] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)

    def send(self, notification: Notification) -> None:
        """Take it, or refuse it."""
        if self.refuses and (why := self.refuses.pop(0)):
            raise SinkFailed(why, kind="no answer" if "not answer" in why else "400")
        self.told.append(notification)

    @property
    def rules(self) -> list[tuple[str, str]]:
        """Window and rule of each alert that was told for the first time."""
        return [_about(each) for each in self.told if not each.reminder]

    @property
    def reminded(self) -> list[tuple[str, str]]:
        """Window and rule of each reminder."""
        return [_about(each) for each in self.told if each.reminder]


def _about(notification: Notification) -> tuple[str, str]:
    return notification.alert.window, notification.alert.firing.rule


@dataclass
class Weeks:
    """A release that is reviewed by the week.

    Attributes:
        adopted: Share of adopted decisions by window; 0.5 where nothing is said.
        away: Windows of which the log does not answer.
    """

    registry: Registry = field(default_factory=RegistryInMemory)
    stated: ReleaseFile = field(default_factory=lambda: windows.stated(rules=(LOW,)))
    channel: Remembering = field(default_factory=Remembering)
    adopted: dict[str, float] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    since: datetime | None = LIVE

    def duty(self, now: datetime, *channels: Channel) -> ReviewDuty:
        """Return the duty as it is at a moment."""
        return ReviewDuty(
            release="churn",
            version=3,
            stated=self.stated,
            since=self.since,
            now=now,
            ledger=ReviewLedger(self.registry),
            actor=ANN,
            channels=channels or (Channel(name="team", sender=self.channel),),
        )

    def review(self, label: str, now: datetime) -> Review:
        """Return the review of a week."""
        if label in self.away:
            raise LogUnavailable("The log does not answer.", address="s3://log")
        plan = plan_of(self.stated.review, label=label, as_of=now)
        counted = Counted(
            window=windows.counts(adopted=self.adopted.get(label, 0.5)),
            before=tuple(WindowCounts() for _ in plan.before),
            reference=WindowCounts(),
            same_phase=WindowCounts(),
        )
        return judge("churn", self.stated, plan, counted, as_of=now)

    def perform(self, now: datetime, *channels: Channel) -> ReviewRun:
        """Do what is due at a moment."""
        done = self.duty(now, *channels).perform(lambda label: self.review(label, now))
        return ReviewRun(as_of=now.isoformat(), releases=(done,))


def history() -> ReviewHistory:
    """Return three weeks: read again, with an open alert, and missed."""
    weeks = Weeks(stated=windows.stated(rules=(LOW, SLOW)))
    weeks.channel.refuses = ["", "", "desk.example.org answered 503"]
    weeks.perform(on(10))
    weeks.duty(on(10, 9)).acknowledge("adoption_rate", window=None, note="training on Monday")
    weeks.duty(on(10, 9)).acknowledge("latency", window=None, until=on(30))
    weeks.adopted = {"2026-W10": 0.55}
    weeks.perform(on(17))
    weeks.away = {"2026-W12"}
    weeks.perform(on(27))
    return weeks.duty(on(27)).history()


def run() -> ReviewRun:
    """Return a run that read two windows, one of them again, and could not tell everybody."""
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.channel.refuses = ["", "desk.example.org answered 503"]
    weeks.adopted = {"2026-W10": 0.55}
    found = weeks.perform(on(17))
    weeks.away = {"2026-W12"}
    away = weeks.perform(on(27)).releases[0]
    other = away.model_copy(update={"release": "flights"})
    return found.model_copy(update={"releases": (*found.releases, other)})
