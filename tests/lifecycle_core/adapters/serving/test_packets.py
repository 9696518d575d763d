"""A response's head leaves together with its body, and never later than the loop's next turn."""

from __future__ import annotations

import asyncio
from typing import Any

from lifecycle_core.adapters.serving.packets import Joining


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def write(self, content: bytes) -> None:
        self.sent.append(content)

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self.sent.append(list(parts))

    def close(self) -> None:
        self.sent.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.sent


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def written(*steps: bytes | str) -> list[Any]:
    """Return what leaves; `turn` lets the loop turn once."""
    wire = Wire()

    async def write() -> None:
        joining = Joining(wire)  # type: ignore[arg-type] # as much of one as is asked for
        for step in steps:
            if isinstance(step, bytes):
                joining.write(step)
            elif step == "turn":
                await asyncio.sleep(0)
            else:
                joining.close()
                assert joining.is_closing()
        await asyncio.sleep(0)

    asyncio.run(write())
    return wire.sent


def test_head_and_body_are_one_write() -> None:
    assert written(HEAD, b"{}", HEAD, b"[]") == [HEAD + b"{}", HEAD + b"[]"]
    long = bytes(1 << 17)
    assert written(HEAD, long) == [[HEAD, long]]


def test_a_head_waits_for_no_body_that_comes_later() -> None:
    assert written(HEAD, "turn", b"{}") == [HEAD, b"{}"]
    assert written(HEAD) == [HEAD]
    assert written(HEAD, "close") == [HEAD, "closed"]
    assert written(b"more", b"and more", "close") == [b"more", b"and more", "closed"]
