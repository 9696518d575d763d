"""The child process in which steps run: a fresh interpreter, used for one step after another.

It answers calls that come over a private socket, and ends when the socket does, however its parent
ends. Not `multiprocessing`: its children would import the parent's main script again.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.stepping import Stepper

if TYPE_CHECKING:
    from collections.abc import Callable


class Child:
    """Answers calls; each is a number, an importable function, and its words."""

    def __init__(self, connection: Connection[Any, Any], threads: int) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._stepper = Stepper(shared=threads > 1)
        self._threads = threads

    def serve(self) -> None:
        """Answer calls until the parent hangs up; one thread is the main thread."""
        calls: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(calls,), daemon=True).start()
        if self._threads == 1:
            while True:
                self._answer(calls.get())
        with ThreadPoolExecutor(self._threads) as pool:
            while True:
                pool.submit(self._answer, calls.get())

    def _listen(self, calls: queue.SimpleQueue[bytes]) -> None:
        # Read apart from the work, so that a parent that is gone is noticed in a step's middle.
        while True:
            try:
                calls.put(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(0)

    def _answer(self, call: bytes) -> None:
        number, function, words = pickle.loads(call)  # noqa: S301 - from our parent, over a private socket
        try:
            answer = function(*words, stepper=self._stepper, started=self._told(number))
            message = pickle.dumps((number, "answer", answer))
        except BaseException:  # noqa: BLE001 - a defect of ours: the parent shall show it whole
            message = pickle.dumps((number, "error", traceback.format_exc()))
        self._send(message)

    def _told(self, number: int) -> Callable[[tuple[str, ...]], None]:
        return lambda why: self._send(pickle.dumps((number, "started", why)))

    def _send(self, message: bytes) -> None:
        with self._sending:
            self._connection.send_bytes(message)


if __name__ == "__main__":
    # A handler that does nothing, not SIG_IGN, which programs that a step starts would inherit.
    # Ctrl-C reaches the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, lambda *_: None)
    Child(Connection(int(sys.argv[1])), int(sys.argv[2])).serve()
