"""The channels that the configuration names, with their options checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.configuring import no_such_kind, validated
from lifecycle_core.adapters.notifying.commanding import CommandOptions
from lifecycle_core.adapters.notifying.mailing import MailOptions
from lifecycle_core.adapters.notifying.posting import PostingOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.notifying.base import ChannelOptions, Sender
    from lifecycle_core.adapters.sinks import Surroundings

KINDS: dict[str, type[ChannelOptions]] = {
    "webhook": PostingOptions,
    "mail": MailOptions,
    "command": CommandOptions,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A sender under the name that the configuration gives it.

    Attributes:
        owners: Whose alerts it is told; of all if empty.
    """

    name: str
    sender: Sender
    owners: frozenset[str] = frozenset()

    def takes(self, owner: str) -> bool:
        """Whether alerts of an owner are told here."""
        return not self.owners or owner in self.owners


def configured_channels(
    tables: Mapping[str, Mapping[str, Any]], *, file: str, around: Surroundings
) -> tuple[Channel, ...]:
    """Return the channels of the tables `[tool.nbrelease.notify.NAME]`; none is opened.

    Args:
        tables: Options by name, each with a `kind`.
        file: The configuration file, for messages.
        around: What the channels may know.

    Raises:
        InvalidCall: A kind is unknown, or an option is unknown or wrong.
    """
    found = []
    for name, table in tables.items():
        kind = str(table.get("kind", ""))
        if kind not in KINDS:
            key = f"notify.{name}"
            raise no_such_kind(kind, tuple(KINDS), what="channel", file=file, key=key)
        options = validated(KINDS[kind], table, file=file, place=("notify", name))
        channel = Channel(
            name=name, sender=options.sender(around), owners=frozenset(options.owners)
        )
        found.append(channel)
    return tuple(found)
