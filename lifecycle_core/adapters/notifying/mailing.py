"""Alerts as e-mails in a folder: each file appears whole, for a mail program to pick up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal

from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.adapters.notifying.base import ChannelOptions
from lifecycle_core.adapters.notifying.wording import message_of, subject_of
from lifecycle_core.errors import SinkFailed, TargetUnwritable

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.notifying.base import Sender
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.review_history import Notification


class MailOptions(ChannelOptions):
    """Options of `kind = "mail"`.

    Attributes:
        folder: Where the files appear, relative to the project: `KEY.eml`, one an alert.
        to: Addresses; without them, the contact of the owner, if that is an address. A reminder
            goes to whoever comes next, too, if the release file has an address for them.
        from_address: What stands in `From`.
    """

    kind: Literal["mail"]
    folder: str
    to: tuple[str, ...] = ()
    from_address: str = "nbrelease@localhost"

    def sender(self, around: Surroundings) -> Sender:
        """Return who writes the files."""
        return Mailing(around.project / self.folder, self.to, self.from_address)


@dataclass(frozen=True, slots=True)
class Mailing:
    """Writes a file for each alert; the same alert has the same name and the same bytes."""

    folder: Path
    to: tuple[str, ...]
    from_address: str

    def send(self, notification: Notification) -> None:
        """Write one e-mail; see `Sender.send`."""
        contact = notification.alert.firing.contact
        to = (*(self.to or _addresses(contact)), *_addresses(notification.escalation_contact))
        to = tuple(dict.fromkeys(to))
        if not to:
            raise SinkFailed(
                f"nobody to write to: {contact or 'the owner has no contact'} is no address",
                kind="address",
                hint="Name `to = [...]` for this channel, or give the owner an e-mail address.",
            )
        mail = EmailMessage()
        try:
            mail["From"] = self.from_address
            mail["To"] = ", ".join(to)
        except ValueError as error:  # a line break, or what is no address at all
            raise SinkFailed(f"{', '.join(to)!r:.200}: {error}", kind="address") from None
        mail["Subject"] = subject_of(notification)
        mail["Date"] = format_datetime(datetime.fromisoformat(notification.at))
        mail["Message-ID"] = f"<{notification.key}@nbrelease>"
        mail.set_content(message_of(notification))
        try:
            write_atomically(self.folder / f"{notification.key}.eml", mail.as_bytes())
        except TargetUnwritable as error:
            raise SinkFailed(str(error), kind="folder", hint=error.hint) from None


def _addresses(contact: str) -> tuple[str, ...]:
    return (contact,) if "@" in contact and " " not in contact else ()
