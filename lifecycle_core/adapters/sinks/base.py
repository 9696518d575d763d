"""What a sink is: it takes events one by one, opens with the first, and is closed once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from lifecycle_core.errors import SinkFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.schema.event import Event

EventKind = Literal[
    "run_started", "run_finished", "run_failed", "step_started", "step_finished", "step_failed",
    "step_skipped", "rows", "contract_checked", "metric", "drift", "resources",
]  # fmt: skip
LARGEST_QUEUE = 1_000_000


class Sink(Protocol):
    """Takes events of runs, one after another, always from the same thread."""

    def take(self, event: Event) -> None:
        """Take one event.

        Raises:
            SinkFailed: It cannot, and why. Whatever else is raised is reported too.
        """

    def close(self) -> None:
        """Hand over what is held back, and let go of what is open.

        Raises:
            SinkFailed: Something could not be handed over.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a sink may know of the project it reports on.

    Attributes:
        project: The project's folder, absolute; relative paths in options are relative to it.
        home: Folder of the embedded registry.
        registry: Tracking URI of the registry.
        environ: Variables; secrets come from here and from nowhere else.
    """

    project: Path
    home: Path
    registry: str
    environ: Mapping[str, str]

    def secret(self, variable: str) -> str:
        """Return the value of an environment variable that an option names.

        Raises:
            SinkFailed: It is not set, or empty.

        Example:
            >>> from pathlib import Path
            >>> here = Path("/project")
            >>> around = Surroundings(
            ...     project=here, home=here, registry="http://r:5000", environ={"TOKEN": "t"}
            ... )
            >>> around.secret("TOKEN")
            't'
        """
        if value := self.environ.get(variable, "").strip():
            return value
        raise SinkFailed(
            f"the environment variable {variable} is not set",
            hint=f"Set {variable}.",
            kind="secret",
        )


class SinkOptions(BaseModel):
    """The options that every kind of sink has; a kind adds its own in a subclass.

    The entry points of the group `nbrelease.sinks` name such subclasses.

    Attributes:
        kind: Name of the entry point.
        only: Kinds of events that it is told; all without it.
        queue: How many events may wait for it; beyond that the oldest is dropped, and counted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    only: tuple[EventKind, ...] = ()
    queue: int = Field(default=10_000, ge=1, le=LARGEST_QUEUE)

    def sink(self, around: Surroundings) -> Sink:
        """Return the sink; nothing is opened, sent or written yet."""
        raise NotImplementedError


def surroundings(*, project: Path, home: Path, registry: str) -> Surroundings:
    """Return the surroundings with this process's own variables."""
    return Surroundings(project=project, home=home, registry=registry, environ=os.environ)
