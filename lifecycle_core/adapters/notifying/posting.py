"""Alerts posted to an address, signed and retried as the webhook sink does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.notifying.base import ChannelOptions
from lifecycle_core.adapters.sinks.webhook import Receiver, ReceiverOptions

if TYPE_CHECKING:
    from lifecycle_core.adapters.notifying.base import Sender
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.review_history import Notification


class PostingOptions(ReceiverOptions, ChannelOptions):
    """Options of `kind = "webhook"`."""

    def sender(self, around: Surroundings) -> Sender:
        """Return who posts."""
        return Posting(self, around)


@dataclass(frozen=True, slots=True)
class Posting:
    """Posts each alert as JSON, under its key as the idempotency key."""

    options: PostingOptions
    around: Surroundings

    def send(self, notification: Notification) -> None:
        """Post one alert, and wait until it was accepted; see `Sender.send`."""
        receiver = Receiver(self.options, self.around)
        try:
            body = notification.model_dump_json().encode()
            receiver.post(body, identity=notification.key)
        finally:
            receiver.close()
