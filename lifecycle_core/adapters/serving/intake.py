"""Bodies as they come in: what all of them hold has a bound, and so has the time that one takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.serving.apart import Busy
from lifecycle_core.adapters.serving.bodies import Unusable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_MOST_HELD = 256 << 20
_SECONDS = 30.0


class Intake:
    """Receives the bodies of one service."""

    def __init__(self, *, most_held: int = _MOST_HELD, seconds: float = _SECONDS) -> None:
        """Begin with none.

        Args:
            most_held: Bytes of all bodies that are not whole yet.
            seconds: How long a body may take from its first part on.
        """
        self._most_held, self._seconds = most_held, seconds
        self._held = 0  # the loop's alone

    async def read(self, receive: Receive, most: int) -> bytes:
        """Return the body of a request.

        Args:
            receive: Of ASGI.
            most: Bytes that it may have.

        Raises:
            Unusable: It is larger, takes too long, or the client is gone.
            Busy: Bodies of others hold too much.
        """
        first, more = await _part(receive)
        if len(first) > most:
            raise _too_large(most)
        if not more:  # nearly every body: nothing is held or timed
            return first
        content = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                self._take(first, content, most)
                while more:
                    part, more = await _part(receive)
                    self._take(part, content, most)
        except TimeoutError:
            fact = f"The body did not come within {self._seconds:g} seconds."
            raise Unusable(408, fact) from None
        finally:
            self._held -= len(content)
        return bytes(content)

    def _take(self, part: bytes, content: bytearray, most: int) -> None:
        if len(content) + len(part) > most:
            raise _too_large(most)
        if self._held + len(part) > self._most_held:
            raise Busy
        self._held += len(part)
        content += part


async def _part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Unusable(400, "The client left before its body was there.")
    return message.get("body", b""), message.get("more_body", False)


def _too_large(most: int) -> Unusable:
    return Unusable(413, f"A body may have {most:,} bytes.")
