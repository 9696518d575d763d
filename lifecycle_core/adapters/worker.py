"""A child process that does heavy work, so that the parent stays small and can watch a notebook.

scikit-learn, MLflow and DuckDB together take seconds to import and hundreds of megabytes. The
child loads them while the notebook runs. Functions and methods of adapters, which are small frozen
values, go over to it with their arguments and the answers come back. It ends with the parent,
however the parent ends.

Not `multiprocessing`: its children import the parent's main script again, which runs a script
without a guard twice, and fails where the main program is no script.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Self

Answer = TypeVar("Answer")
Words = ParamSpec("Words")
_LEAVE_SECONDS = 5.0


class WorkerDied(RuntimeError):  # noqa: N818 - the name is the fact
    """The child ended before it answered."""


class Apart(Protocol):
    """Runs functions where their weight does not matter; `Worker` is one."""

    def start(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Future[Answer]:
        """Call a function and do not wait for its answer."""

    def run(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Answer:
        """Call a function and return its answer."""


class Worker:
    """One child process; calls run in it one after another, in the order they were made."""

    def __init__(self, connection: Connection[Any, Any], line: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._line = line

    def start(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Future[Answer]:
        """Call an importable function in the child and do not wait."""
        return self._line.submit(self._ask, function, words, flags)

    def run(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Answer:
        """Call an importable function in the child and return its answer."""
        return self.start(function, *words, **flags).result()

    def _ask(
        self, function: Callable[..., Answer], words: tuple[Any, ...], flags: dict[str, Any]
    ) -> Answer:
        try:
            self._connection.send((function, words, flags))
            answer, error = self._connection.recv()
        except (EOFError, ConnectionError) as lost:
            raise WorkerDied(f"The worker died while it ran {function!r}.") from lost
        if error is not None:
            raise error
        found: Answer = answer
        return found


@contextmanager
def open_worker(
    warm: Sequence[str] = (), *, variables: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Worker]:
    """Start a worker and end it with the block.

    Args:
        warm: Modules that the child imports at once, before it is asked for anything.
        variables: Of the environment, for the child alone.

    Example:
        >>> from pathlib import Path
        >>> with open_worker() as worker:
        ...     worker.run(Path("/nowhere").exists)
        False
    """
    here, there = socket.socketpair()
    with there:
        child = subprocess.Popen(
            [sys.executable, "-m", "lifecycle_core.adapters.worker", str(there.fileno()), *warm],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=sys.__stderr__.fileno() if sys.__stderr__ else subprocess.DEVNULL,
            env={
                **os.environ,
                **variables,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        )
    connection: Connection[Any, Any] = Connection(here.detach())
    line = ThreadPoolExecutor(max_workers=1)
    try:
        yield Worker(connection, line)
        line.shutdown()
    finally:
        line.shutdown(wait=False, cancel_futures=True)
        _end(child, connection)
        line.shutdown()


class LastingWorker:
    """A worker for a process that runs for long: another one is started where one died.

    A call in which a worker died is made once more, so calls must not mind being made twice.

    Example:
        >>> from pathlib import Path
        >>> with LastingWorker() as worker:
        ...     worker.run(Path("/nowhere").exists)
        False
    """

    def __init__(self, warm: Sequence[str] = ()) -> None:
        """Start nothing yet.

        Args:
            warm: Modules that a child imports at once.
        """
        self._warm = warm
        self._turn = threading.Lock()
        self._stack = ExitStack()
        self._worker: Worker | None = None

    def __enter__(self) -> Self:
        """Start the first one."""
        self._begun()
        return self

    def __exit__(self, *_: object) -> None:
        """End the one that runs."""
        self._stack.close()

    def run(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Answer:
        """Call an importable function in the child and return its answer.

        Raises:
            WorkerDied: Two died while they ran it.
        """
        with self._turn:
            try:
                return self._begun().run(function, *words, **flags)
            except WorkerDied:
                self._ended()
            try:
                return self._begun().run(function, *words, **flags)
            except WorkerDied:
                self._ended()
                raise

    def _begun(self) -> Worker:
        if self._worker is None:
            self._worker = self._stack.enter_context(open_worker(self._warm))
        return self._worker

    def _ended(self) -> None:
        self._worker = None
        self._stack.close()


def _end(child: subprocess.Popen[bytes], connection: Connection[Any, Any]) -> None:
    # Shut down, not only closed: a thread of ours may still wait for an answer.
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as shared:
        shared.shutdown(socket.SHUT_RDWR)
    try:
        child.wait(_LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    connection.close()


def _serve(connection: Connection[Any, Any], warm: Sequence[str]) -> None:
    """Answer calls until the parent hangs up."""
    # Ctrl-C reaches the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, calls), daemon=True).start()
    for module in warm:
        # A module that is missing or broken is reported by the call that needs it.
        with suppress(ImportError):
            import_module(module)
    while True:
        _answer(connection, calls.get())


def _listen(connection: Connection[Any, Any], calls: queue.SimpleQueue[Any]) -> None:
    # Read apart from the work, so that a parent that is gone is noticed in the middle of a call.
    while True:
        try:
            calls.put(connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)


def _answer(connection: Connection[Any, Any], call: bytes) -> None:
    reply: tuple[Any, BaseException | None]
    try:
        function, words, flags = pickle.loads(call)  # noqa: S301 - from our parent, over a private socket
        reply = (function(*words, **flags), None)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent shall know
        error.add_note("In the worker:\n" + traceback.format_exc())
        reply = (None, error)
    try:
        connection.send(reply)
    except (pickle.PicklingError, AttributeError, TypeError) as unsendable:
        connection.send((None, RuntimeError(f"The worker cannot send {reply!r}: {unsendable}")))


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])), sys.argv[2:])
