"""Child processes that are kept for the next step, and replaced when they die."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Self

from lifecycle_core.adapters.kernel_environment import numeric_variables, processors

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAVE_SECONDS = 5.0


class ChildDied(Exception):  # noqa: N818 - the name is the fact
    """A child ended before it answered; the message says how."""


class Pool:
    """Children for steps; each starts when it is first needed and all end with the block.

    Args:
        processes: Children at most.
        threads: Steps that one child runs at once.
        hash_seed: PYTHONHASHSEED of every child.

    Attributes:
        closed: Its children have been told to end.
    """

    def __init__(self, *, processes: int, threads: int = 1, hash_seed: int = 0) -> None:
        self._threads = threads
        self._hash_seed = hash_seed
        self.closed = False
        self._lock = threading.Lock()
        self._children: list[_Child | None] = [None] * processes
        self._free: queue.LifoQueue[int] = queue.LifoQueue()
        for number in list(range(processes))[::-1] * threads:
            self._free.put(number)

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """End every child; one in the middle of a step is not waited for."""
        self.close()

    def close(self) -> None:
        """End every child; one in the middle of a step is not waited for."""
        with self._lock:
            self.closed = True
            children = [child for child in self._children if child is not None]
        for child in children:
            child.hang_up()
        for child in children:
            child.end()

    def call(
        self,
        function: Callable[..., Any],
        *words: object,
        started: Callable[[tuple[str, ...]], None],
    ) -> Any:  # noqa: ANN401 - what the function returns
        """Call an importable function in a child and return its answer.

        Args:
            function: Takes `stepper` and `started` besides the words.
            words: Can be pickled.
            started: Is told, in another thread, what the function tells.

        Raises:
            ChildDied: The child ended before it answered.
            RuntimeError: The function raised, which is a defect of ours.
        """
        slot = self._free.get()
        try:
            return self._child(slot).call(function, words, started)
        finally:
            self._free.put(slot)

    def _child(self, slot: int) -> _Child:
        with self._lock:
            child = self._children[slot]
            if self.closed:
                raise ChildDied("the run was stopped")
            if child is None or child.dead:
                child = self._children[slot] = _Child(self._threads, self._hash_seed)
            return child


class _Child:
    """One child, as its parent sees it."""

    def __init__(self, threads: int, hash_seed: int) -> None:
        here, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "lifecycle_core.adapters.scheduling.child",
                    str(there.fileno()), str(threads),
                ],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=sys.__stderr__.fileno() if sys.__stderr__ else subprocess.DEVNULL,
                env=_environment(hash_seed),
            )  # fmt: skip
        self._connection: Connection[Any, Any] = Connection(here.detach())
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[queue.SimpleQueue[Any], Any]] = {}
        self._count = 0
        self.dead = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def call(
        self,
        function: Callable[..., Any],
        words: tuple[object, ...],
        started: Callable[[tuple[str, ...]], None],
    ) -> Any:  # noqa: ANN401 - what the function returns
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with self._lock:
            self._count += 1
            number = self._count
            self._waiting[number] = (answers, started)
            if not self.dead:
                with suppress(OSError):  # it died; the reader says so
                    self._connection.send_bytes(pickle.dumps((number, function, words)))
            else:
                answers.put(("died", None))
        kind, answer = answers.get()
        if kind == "died":
            raise ChildDied(_how(self._process.wait()))
        if kind == "error":
            raise RuntimeError(f"In the child:\n{answer}")
        return answer

    def _read(self) -> None:
        try:
            while True:
                number, kind, answer = pickle.loads(self._connection.recv_bytes())  # noqa: S301 - from our child
                answers, started = self._waiting[number]
                if kind == "started":
                    started(answer)
                else:
                    del self._waiting[number]
                    answers.put((kind, answer))
        except (EOFError, OSError):
            with self._lock:
                self.dead = True
                for answers, _ in self._waiting.values():
                    answers.put(("died", None))

    def hang_up(self) -> None:
        """Tell the child to end."""
        with suppress(OSError), socket.socket(fileno=os.dup(self._connection.fileno())) as shared:
            shared.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Wait until it has ended, and make it if it does not."""
        try:
            self._process.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._connection.close()


def _environment(hash_seed: int) -> dict[str, str]:
    return {
        **os.environ,
        "MPLBACKEND": "Agg",  # nobody sees a window, nor what a notebook's kernel would show
        **numeric_variables(hash_seed=hash_seed, threads=processors()),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def _how(code: int) -> str:
    if code >= 0:
        return f"its process left with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    memory = "; the system may have run out of memory" if -code == signal.SIGKILL else ""
    return f"its process was killed by {name}{memory}"
