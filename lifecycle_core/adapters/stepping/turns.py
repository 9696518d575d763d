"""Whose turn it is in a process whose threads share generators and a working directory."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turns:
    """Lets steps run side by side, but for those that would disturb each other.

    A step that changes the working directory runs alone. Steps that draw from the global
    generators run beside others, but not beside each other.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._alone = False
        self._generators = threading.Lock()

    @contextmanager
    def turn(self, *, alone: bool, generators: bool) -> Iterator[None]:
        """Wait for a turn, and hold it while the block runs."""
        if generators:
            with self._generators, self._turn(alone=alone):
                yield
        else:
            with self._turn(alone=alone):
                yield

    @contextmanager
    def _turn(self, *, alone: bool) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not (alone and self._running))
            self._running += 1
            self._alone = alone
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._alone = False
                self._changed.notify_all()
