"""HTTP as uvicorn speaks it, with a response's head and its body in one packet.

uvicorn writes both by themselves: two calls of the system and two packets, each of which wakes the
caller. For a short response that is a good part of its whole time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD = b"HTTP/1."
_SHORT = 1 << 16
"""Bytes up to which a body is copied behind its head."""


class Joining:
    """A transport that holds a response's head back until its body comes, or the loop turns."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Stand in front of a transport."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._head = b""

    def write(self, content: bytes) -> None:
        """Send bytes, or hold them back for a moment."""
        head, self._head = self._head, b""
        if head and len(content) <= _SHORT:
            self._transport.write(head + content)
        elif head:
            self._transport.writelines((head, content))
        elif content.startswith(_HEAD):
            self._head = content
            self._loop.call_soon(self._let_go)
        else:
            self._transport.write(content)

    def close(self) -> None:
        """Send what is held back, and close."""
        self._let_go()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        """Return what the transport has."""
        return getattr(self._transport, name)

    def _let_go(self) -> None:
        head, self._head = self._head, b""
        if head:
            self._transport.write(head)


def joining_protocol() -> type[HttpToolsProtocol]:
    """Return uvicorn's protocol on transports that join."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class JoiningProtocol(HttpToolsProtocol):
        """Speaks HTTP in fewer packets."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own
            """Begin."""
            super().connection_made(Joining(transport))  # type: ignore[arg-type] # it has all of one

    return JoiningProtocol
