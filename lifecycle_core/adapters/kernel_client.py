"""A client of a kernel that misses no reply.

`jupyter_client` sends through a second view of the socket that asyncio waits on. Whoever sends
while a reply arrives takes away the signal by which asyncio would have noticed it, and waits until
another message comes: for ever, if none does. nbclient sends so on behalf of output widgets, in the
middle of a cell.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel

_LOOK_AGAIN = 0.5  # seconds; only a reply whose signal was taken waits as long


class ShellChannel(AsyncZMQSocketChannel):  # type: ignore[misc]  # jupyter_client has no types
    """A channel that looks again for what has arrived, whether it was told of it or not."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109 - its name
        """Return the next message.

        Args:
            timeout: Seconds; None waits for ever.

        Raises:
            Empty: None came in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _LOOK_AGAIN if until is None else until - time.monotonic()
            try:
                found: dict[str, Any] = await super().get_msg(max(0.0, min(left, _LOOK_AGAIN)))
            except Empty:
                if until is not None and time.monotonic() >= until:
                    raise
            else:
                return found


class Client(AsyncKernelClient):  # type: ignore[misc]  # as above
    """The client by which papermill runs cells."""

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - as the kernel manager has them
        super().__init__(shell_channel_class=ShellChannel, **traits)
