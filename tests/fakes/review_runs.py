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
    from pathlib import Path

    from lifecycle_core.adapters.notifying import Sender
    from lifecycle_core.schema.review_history import Notification


@dataclass(frozen=True)
class _DiesAfterwards:
    """Sends, and is killed before anybody can note that it was sent."""

    sender: Sender

    def send(self, notification: Notification) -> None:
        self.sender.send(notification)
        os.kill(os.getpid(), signal.SIGKILL)


def perform(uri: str, home: Path, url: str, *, dies: bool = False) -> tuple[int, int]:
    """Review what is due, as the verb does; return how many windows were read and alerts told."""
    settings = Settings(home=home, registry=uri, log=str(home / "log"))
    around = surroundings(project=home, home=home, registry=uri)
    options = {"team": {"kind": "webhook", "url": url, "backoff": 0.0}}
    (channel,) = configured_channels(options, file="nbrelease.toml", around=around)
    if dies:
        channel = Channel(name="team", sender=_DiesAfterwards(channel.sender))
    with held(settings, "churn"):
        weeks = Weeks(registry=MlflowRegistry(uri, home / "artifacts"))
        done = weeks.perform(on(10), channel).releases[0]
    return len(done.read), len(done.told)
