"""A client of a kernel that misses no reply."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Empty
from typing import TYPE_CHECKING, Any

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from lifecycle_core.adapters.kernel_client import ShellChannel

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path


def run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what it returns
    """Run in a thread: a browser that another test drives may keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[tuple[zmq.Socket[bytes], zmq.asyncio.Socket]]:
    """Return a kernel's end of the shell channel, and a client's."""
    with (
        zmq.Context() as one, zmq.asyncio.Context() as other,
        one.socket(zmq.ROUTER) as kernel, other.socket(zmq.DEALER) as client,
    ):  # fmt: skip
        kernel.linger = client.linger = 0
        kernel.bind(f"ipc://{tmp_path}/s")
        client.connect(f"ipc://{tmp_path}/s")
        yield kernel, client


def test_a_reply_that_comes_while_something_is_sent_is_found(
    ends: tuple[zmq.Socket[bytes], zmq.asyncio.Socket],
) -> None:
    kernel, client = ends
    session = Session(key=b"key")
    channel = ShellChannel(client, session)

    async def ask() -> str:
        session.send(client, "execute_request")
        who, *_ = kernel.recv_multipart()
        waiting = asyncio.create_task(channel.get_msg(timeout=60))
        await asyncio.sleep(0.05)  # it waits for a signal
        session.send(kernel, "execute_reply", ident=who)
        time.sleep(0.2)  # noqa: ASYNC251 - the signal comes while the loop is busy,
        session.send(client, "comm_msg")  # and sending takes it
        return str((await asyncio.wait_for(waiting, 10))["msg_type"])

    assert run(ask()) == "execute_reply"


def test_nothing_comes_in_time(ends: tuple[zmq.Socket[bytes], zmq.asyncio.Socket]) -> None:
    channel = ShellChannel(ends[1], Session())
    begun = time.monotonic()
    with pytest.raises(Empty):
        run(channel.get_msg(timeout=0.7))
    assert time.monotonic() - begun >= 0.7
