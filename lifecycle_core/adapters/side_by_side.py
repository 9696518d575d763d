"""Calls that run side by side, each in a child process of its own that leaves nothing behind.

A check of a notebook owns its process: it has an event loop, answers signals, and may use much
memory, which the process gives back as it ends. The parent does nothing but listen.

However the parent ends, the child's standard input ends with it; the child then ends its call as
Ctrl-C would, with every clean-up. Ctrl-C itself reaches the whole terminal group, and children do
not heed it: the parent decides what it means.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.progress import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_CLEAN_UP_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function to be called in a child.

    Attributes:
        function: Importable by name, and takes `progress` besides its words and flags.
    """

    function: Callable[..., Any]
    words: tuple[Any, ...] = ()
    flags: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended: with an answer, or with an error.

    Attributes:
        index: Position of the call in the sequence.
        seconds: Wall time, from the child's start to its end.
        answer: What the function returned.
        error: What it raised, or a `ChildDied`, or a RuntimeError if neither could be sent.
    """

    index: int
    seconds: float
    answer: Any = None
    error: BaseException | None = None


class ChildDied(Exception):  # noqa: N818 - the name is the fact
    """A child ended before it answered."""


class Watch(Protocol):
    """Gives each call a progress."""

    def of(self, index: int) -> Progress:
        """Return who is told what call `index` does."""


class Unwatched:
    """Nobody watches."""

    def of(self, index: int) -> Progress:  # noqa: ARG002 - all are alike
        """Return a progress that says nothing."""
        return Silent()


def run_side_by_side(
    calls: Sequence[Call], *, jobs: int, watch: Watch | None = None
) -> Iterator[Ended]:
    """Run calls in children, at most `jobs` at once, and yield how each ended as it ends.

    When the iterator is closed or an exception passes through it, every child has ended.

    Args:
        calls: What to call, in the order in which they start.
        jobs: Children at once, at least 1.
        watch: Is told, in this thread, what the calls report.

    Example:
        >>> from lifecycle_core.adapters.side_by_side import reporting
        >>> calls = [Call(function=reporting, words=(n,), flags={}) for n in (1, 2)]
        >>> sorted(ended.answer for ended in run_side_by_side(calls, jobs=2))
        [1, 2]
    """
    listeners = watch or Unwatched()
    waiting = list(enumerate(calls))[::-1]
    with _children() as running:
        while waiting or running:
            while waiting and len(running) < jobs:
                child = _start(*waiting.pop(), listeners)
                running[child.connection] = child
            for ready in wait(list(running)):
                child = running[ready]  # type: ignore[index] # it is one of those we wait for
                if (ended := child.listen()) is not None:
                    del running[child.connection]
                    yield ended


@dataclass(frozen=True, slots=True)
class _Child:
    index: int
    process: subprocess.Popen[bytes]
    connection: Connection[Any, Any]
    progress: Progress
    started: float

    def listen(self) -> Ended | None:
        """Take one message; return how the call ended if that was the last one."""
        try:
            kind, words = self.connection.recv()
        except (EOFError, ConnectionError):
            kind, words = "error", (ChildDied(_died(self.process.wait())),)
        if kind in {"begin", "cell", "end"}:
            getattr(self.progress, kind)(*words)
            return None
        self.leave()
        self.process.wait()
        seconds = time.monotonic() - self.started
        if kind == "answer":
            return Ended(index=self.index, seconds=seconds, answer=words[0])
        return Ended(index=self.index, seconds=seconds, error=words[0])

    def leave(self) -> None:
        """Ask the child to end; that it does is waited for elsewhere."""
        self.connection.close()
        if self.process.stdin:
            self.process.stdin.close()


def _start(index: int, call: Call, watch: Watch) -> _Child:
    read, write = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "lifecycle_core.adapters.side_by_side", str(write)],
            stdin=subprocess.PIPE,
            stdout=sys.__stderr__.fileno() if sys.__stderr__ else subprocess.DEVNULL,
            pass_fds=[write],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    finally:
        os.close(write)
    child = _Child(
        index, process, Connection(read, writable=False), watch.of(index), time.monotonic()
    )
    if process.stdin:
        with suppress(BrokenPipeError):  # it died at once; the end of its messages says so
            process.stdin.write(pickle.dumps(call))
            process.stdin.flush()
    return child


@contextmanager
def _children() -> Iterator[dict[Connection[Any, Any], _Child]]:
    """Yield a place for running children; none of them outlives the block."""
    running: dict[Connection[Any, Any], _Child] = {}
    try:
        yield running
    finally:
        for child in running.values():
            child.leave()
        deadline = time.monotonic() + _CLEAN_UP_SECONDS
        for child in running.values():
            try:
                child.process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _died(code: int) -> str:
    if code >= 0:
        return f"its process left with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    memory = "; the system may have run out of memory" if -code == signal.SIGKILL else ""
    return f"its process was killed by {name}{memory}"


def reporting(answer: object, *, progress: Progress) -> object:
    """Return `answer`, and report so; the example of a call."""
    progress.begin("Answering")
    progress.end("Answering", str(answer))
    return answer


class _Home:
    """The progress of a call, sent to the parent."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection

    def begin(self, activity: str) -> None:
        self._connection.send(("begin", (activity,)))

    def cell(self, done: int, total: int, label: str) -> None:
        self._connection.send(("cell", (done, total, label)))

    def end(self, activity: str, note: str = "") -> None:
        self._connection.send(("end", (activity, note)))


def _serve(connection: Connection[Any, Any]) -> None:
    """Make the call that stands in standard input, answer, and end."""
    # A handler that does nothing, not SIG_IGN, which the kernel of the notebook would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, _interrupt)
    call: Call = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent, over a private pipe
    threading.Thread(target=_watch_parent, daemon=True).start()
    with suppress(KeyboardInterrupt, BrokenPipeError):  # nobody listens any more
        kind, answer = _ended(call, connection)
        signal.signal(signal.SIGTERM, lambda *_: None)
        connection.send_bytes(_packed(kind, answer))


def _packed(kind: str, answer: object) -> bytes:
    """Return a message that the parent can read for sure: not every exception survives the way."""
    try:
        message = pickle.dumps((kind, (answer,)))
        if kind == "error":
            pickle.loads(message)  # noqa: S301 - our own, a moment ago
    except Exception as unsendable:  # noqa: BLE001 - whatever hinders it
        told = RuntimeError(f"{answer!r} cannot be sent: {unsendable}")
        for note in getattr(answer, "__notes__", ()):
            told.add_note(note)
        return pickle.dumps(("error", (told,)))
    return message


def _ended(call: Call, connection: Connection[Any, Any]) -> tuple[str, Any]:
    try:
        return "answer", call.function(*call.words, **call.flags, progress=_Home(connection))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shall know
        error.add_note("In the child:\n" + traceback.format_exc())
        return "error", error


def _watch_parent() -> None:
    """Wait for the end of standard input, which means that the parent is gone or wants us gone."""
    os.read(sys.stdin.fileno(), 1)
    # To the main thread, not the process: while a SIGINT is on its way to the main thread, the
    # system may hand a signal for the process to this one, and the main thread would sleep on.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def _interrupt(*_: object) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)  # once is enough: the clean-up shall end
    raise KeyboardInterrupt


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1]), readable=False))
