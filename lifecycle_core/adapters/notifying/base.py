"""What a channel is: it takes an alert, or says why not; taking it twice is as taking it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.review_history import Notification


class Sender(Protocol):
    """Tells somebody of an alert."""

    def send(self, notification: Notification) -> None:
        """Tell of an alert, and return when it was taken.

        A process may be killed between that and its note that it was taken, so the same alert may
        come again. It carries the same `alert.key` then.

        Raises:
            SinkFailed: It was not taken, and why.
        """


class ChannelOptions(BaseModel):
    """The options that every kind of channel has; a kind adds its own in a subclass.

    Attributes:
        kind: `webhook`, `mail` or `command`.
        owners: Parts of the release file's `owners` whose alerts it is told; of all without it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    owners: tuple[str, ...] = ()

    def sender(self, around: Surroundings) -> Sender:
        """Return who sends; nothing is opened, sent or written yet."""
        raise NotImplementedError
