"""A client that keeps connections busy and notes how long each request took."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Side:
    """One server and what was measured of it.

    Attributes:
        address: Host and port.
        path: Of the requests.
        body: Of each request.
        seconds: Of each request, by number of connections.
        rates: Requests a second of each round, by number of connections.
    """

    name: str
    address: tuple[str, int]
    path: str
    body: bytes
    seconds: dict[int, list[float]] = field(default_factory=dict)
    rates: dict[int, list[float]] = field(default_factory=dict)

    def rate(self, connections: int) -> float:
        """Return requests a second."""
        return statistics.median(self.rates[connections])

    def percentile(self, connections: int, percent: float) -> float:
        """Return milliseconds."""
        sorted_ = sorted(self.seconds[connections])
        return sorted_[min(len(sorted_) - 1, int(len(sorted_) * percent / 100))] * 1000


def request(path: str, body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def reply(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes
) -> tuple[str, bytes]:
    """Return status and body of the reply to a request."""
    writer.write(content)
    head = await reader.readuntil(b"\r\n\r\n")
    status = head.split(b" ", 2)[1]
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    return status.decode(), await reader.readexactly(length)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes) -> bytes:
    """Return the body of the reply to a request.

    Raises:
        RuntimeError: Its status is not 200.
    """
    status, body = await reply(reader, writer, content)
    if status != "200":
        raise RuntimeError(f"The answer is {status}: {body[:300]!r}")
    return body


async def load(side: Side, connections: int, requests: int, *, keep: bool) -> None:
    """Keep connections busy, and note how long each request took."""
    content = request(side.path, side.body)
    left = iter(range(requests))
    taken: list[float] = []

    async def keep_busy() -> None:
        reader, writer = await asyncio.open_connection(*side.address)
        for _ in left:
            began = time.perf_counter()
            await ask(reader, writer, content)
            taken.append(time.perf_counter() - began)

        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(keep_busy() for _ in range(connections)))
    ended = time.perf_counter()
    if keep:
        side.seconds.setdefault(connections, []).extend(taken)
        side.rates.setdefault(connections, []).append(requests / (ended - began))
