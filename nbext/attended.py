"""Work that goes on while the user does, as the magics that start it give it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from lifecycle_core.errors import NoAnswer
from lifecycle_core.schema.base import Record
from nbext.progress import shown_progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.verbs.attending import Located, Meanwhile, Standing

Answer = TypeVar("Answer", bound=Record)
_EVERY = 0.3
"""Seconds between two looks at what is waited for."""


class Attended(Generic[Answer]):
    """Work on this notebook that goes on meanwhile.

    Attributes:
        named: What the work is, the magic that starts it, and the one that stops it.
        located: The notebook's file and how it was found.
        listeners: Each is called with this object whenever it changes, in a thread of its own
            whose outputs belong to the cell that this was made in.
    """

    named: tuple[str, str, str]

    def __init__(
        self, shell: InteractiveShell, located: Located, background: Meanwhile[Answer]
    ) -> None:
        self.located = located
        self.listeners: list[Callable[[Any], None]] = []
        self._shell, self._background = shell, background

    def start(self, *, wait: bool = False) -> Self:
        """Start the work and return at once, or when it has ended.

        In a terminal there is nothing to come back to, so it always waits there.
        """
        self._background.start(self._tell)
        if wait or not hasattr(self._shell, "kernel"):
            self._watch()
        return self

    @property
    def standing(self) -> Standing[Answer]:
        """Where it stands."""
        return self._background.standing

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.standing.phase != "running"

    @property
    def record(self) -> Answer | None:
        """The record, as soon as there is one."""
        return self.standing.record

    @property
    def shown(self) -> Record | None:
        """What there is to show now; None as long as that is only where it stands."""
        return self.record

    def wait(self, timeout: float | None = None) -> Answer:
        """Wait for the record and return it.

        Args:
            timeout: Seconds to wait at most; None waits for ever.

        Raises:
            NoAnswer: It was stopped, or takes longer.
            LifecycleError: What kept the work from being done.
        """
        self._background.wait(timeout)
        standing = self.standing
        if standing.error is not None:
            raise standing.error
        if standing.record is None:
            work, magic, _ = self.named
            what = "was stopped" if self.done else f"takes longer than {timeout:g} s"
            hint = f"{magic} starts it again." if self.done else "Wait once more."
            raise NoAnswer(f"The {work} {what}.", hint=hint)
        return standing.record

    def stop(self) -> None:
        """End it; nothing half done is left."""
        self._background.stop()

    def __repr__(self) -> str:
        """Say where it stands, and once there is a record, what it says."""
        from lifecycle_core import verbs

        if self.record is not None:
            return verbs.to_text(self.record).rstrip("\n")
        name = type(self).__name__
        return f"<{name} on {self.located.path.name}: {verbs.said(self.standing)}>"

    def _tell(self, _: Standing[Answer]) -> None:
        for listener in tuple(self.listeners):
            listener(self)

    def _watch(self) -> None:
        """Show a bar in this cell until the end; an interrupt ends the work too."""
        try:
            with shown_progress() as progress:
                seen = None
                while not self._background.wait(_EVERY):
                    if self.standing != seen:
                        progress.show(seen := self.standing)
        except KeyboardInterrupt:
            self.stop()
            raise
        self.wait()
