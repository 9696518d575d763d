"""Telling people of alerts: by webhook, by e-mails in a folder, by a command."""

from lifecycle_core.adapters.notifying.base import Sender
from lifecycle_core.adapters.notifying.configured import Channel, configured_channels

__all__ = ["Channel", "Sender", "configured_channels"]
