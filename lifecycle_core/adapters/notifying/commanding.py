"""Alerts given to a program of the user's: a list of words, no shell, the alert on stdin."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lifecycle_core.adapters.notifying.base import ChannelOptions
from lifecycle_core.errors import SinkFailed

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.notifying.base import Sender
    from lifecycle_core.adapters.sinks import Surroundings
    from lifecycle_core.schema.review_history import Notification

_LONGEST = 200  # of what is told of a program's complaint


class CommandOptions(ChannelOptions):
    """Options of `kind = "command"`.

    Attributes:
        command: The program and its words. It runs in the project's folder, reads the alert from
            stdin, and has taken it when it ends with 0. NBRELEASE_ALERT holds the alert's key.
        timeout: Seconds after which it is ended.
    """

    kind: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1)
    timeout: float = Field(default=30.0, gt=0, le=600)

    def sender(self, around: Surroundings) -> Sender:
        """Return who starts the program."""
        return Commanding(self.command, self.timeout, around.project)


@dataclass(frozen=True, slots=True)
class Commanding:
    """Starts a program for each alert."""

    command: tuple[str, ...]
    timeout: float
    folder: Path

    def send(self, notification: Notification) -> None:
        """Start the program, and wait for its end; see `Sender.send`."""
        program = self.command[0]
        # A file, not a pipe: what the program leaves running would keep a pipe open for ever.
        with tempfile.TemporaryFile() as complaints:
            try:
                ended = subprocess.run(
                    list(self.command),
                    input=notification.model_dump_json().encode(),
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    timeout=self.timeout,
                    check=False,
                    cwd=self.folder,
                    env={**os.environ, "NBRELEASE_ALERT": notification.key},
                )
            except subprocess.TimeoutExpired:
                raise SinkFailed(
                    f"{program} did not end within {self.timeout:g} s", kind="timeout"
                ) from None
            except OSError as error:
                raise SinkFailed(
                    f"{program} cannot be started: {error.strerror}", kind="start"
                ) from None
            if ended.returncode:
                complaints.seek(0)
                said = " ".join(complaints.read(_LONGEST).decode(errors="replace").split())
                raise SinkFailed(
                    f"{program} ended with {ended.returncode}" + (f": {said}" if said else ""),
                    kind=f"exit {ended.returncode}",
                )
