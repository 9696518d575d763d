"""Processes that review what is due at a real registry, some of which are killed on the way."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.notifying import Channel, configured_channels
from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.adapters.sinks.base import surroundings
from lifecycle_core.settings import Settings
from lifecycle_core.verbs.duties import held
from tests.fakes.kept_reviews import Weeks, on

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from lifecycle_core.adapters.notifying import Sender
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_history import Notification


@dataclass(frozen=True)
class _DiesAfterwards:
    """Sends, and is killed before anybody can note that it was sent."""

    sender: Sender

    def send(self, notification: Notification) -> None:
        self.sender.send(notification)
        os.kill(os.getpid(), signal.SIGKILL)


def perform(
    uri: str,
    home: Path,
    url: str,
    review: Review,
    *,
    dies: bool = False,
    ready: Event | None = None,
) -> tuple[int, int]:
    """Do what is due, as the verb does, with a review that was made before.

    Args:
        uri: Of the registry.
        home: Where the lock lies.
        url: Of the receiver.
        review: Of the window that is due.
        dies: Be killed after the first alert was sent.
        ready: Set when all is loaded, right before it begins.

    Returns:
        How many windows were read, and how many alerts told.
    """
    settings = Settings(home=home, registry=uri, log=str(home / "log"))
    around = surroundings(project=home, home=home, registry=uri)
    options = {"team": {"kind": "webhook", "url": url, "backoff": 0.0}}
    (channel,) = configured_channels(options, file="nbrelease.toml", around=around)
    if dies:
        channel = Channel(name="team", sender=_DiesAfterwards(channel.sender))
    weeks = Weeks(registry=MlflowRegistry(uri, home / "artifacts"))
    weeks.registry.review_events("churn")
    if ready is not None:
        ready.set()
    with held(settings, "churn"):
        done = weeks.duty(on(10), channel).perform(lambda _: review)
    return len(done.read), len(done.told)
