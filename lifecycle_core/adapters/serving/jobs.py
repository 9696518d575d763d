"""One inquiry on its way to a reply: claimed once, finished once."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from lifecycle_core.adapters.serving.base import Inquiry, Reply


class Job:
    """One inquiry on its way.

    Attributes:
        due: When its fallback answers, by `time.perf_counter`.
        scored: Its reply without reasons, while those are looked for.
        timer: Ends what it waits for; the loop's alone.
    """

    __slots__ = ("_open", "arrived", "done", "due", "inquiry", "loop", "scored", "timer")

    def __init__(
        self, inquiry: Inquiry, arrived: float, due: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.inquiry, self.arrived, self.due, self.loop = inquiry, arrived, due, loop
        self.scored: Reply | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.done: asyncio.Future[Reply | str] = loop.create_future()
        self._open = [True]

    def claimed(self) -> bool:
        """Whether somebody has the right to reply already."""
        return not self._open

    def claim(self) -> bool:
        """Take the right to reply; True for the first who asks."""
        try:
            return self._open.pop()  # one operation, so threads cannot both succeed
        except IndexError:
            return False

    def elapsed(self) -> float:
        """Return the seconds since its request came."""
        return time.perf_counter() - self.arrived

    def spent(self) -> float:
        """Return the part of its time that is gone; 1 when its fallback answers."""
        return self.elapsed() / (self.due - self.arrived)

    def finish(self, reply: Reply | str) -> None:
        """Hand over the reply, or why there is none; in the loop's thread."""
        if not self.done.done():
            self.done.set_result(reply)

    def hand_over(self, reply: Reply | str) -> None:
        """Finish, from any thread."""
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self.loop.call_soon_threadsafe(self.finish, reply)
