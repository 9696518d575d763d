"""A thread for what would keep the loop: to read requests, and to say and count large replies."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


class Busy(Exception):  # noqa: N818 - the name is the fact
    """Too many requests wait to be read."""


class Apart:
    """A thread that does one thing after another."""

    def __init__(self, name: str, *, most: int) -> None:
        """Start it.

        Args:
            name: Of the thread.
            most: Calls of others that one may wait behind which can be refused.
        """
        self._pool = ThreadPoolExecutor(1, name)
        self._most = most
        self._waiting = 0  # the loop's alone

    async def read(self, work: Callable[[], Found]) -> Found:
        """Return what a function gives, unless too many wait.

        Raises:
            Busy: More wait.
        """
        if self._waiting >= self._most:
            raise Busy
        return await self.do(work)

    async def do(self, work: Callable[[], Found]) -> Found:
        """Return what a function gives, however many wait."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def submit(self, work: Callable[[], object]) -> None:
        """Have a function called; from any thread."""
        self._pool.submit(work)

    def close(self) -> None:
        """End the thread when all is done."""
        self._pool.shutdown()
