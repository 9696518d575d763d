"""A child process that does heavy work, so that the parent stays small and can watch a notebook.

scikit-learn, MLflow and DuckDB together take seconds to import and hundreds of megabytes. The
child loads them while the notebook runs. Functions and methods of adapters, which are small frozen
values, go over to it with their arguments and the answers come back. It ends with the parent,
however the parent ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Answer = TypeVar("Answer")
Words = ParamSpec("Words")


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

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def start(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Future[Answer]:
        """Call a function in the child and do not wait."""
        return self._pool.submit(function, *words, **flags)

    def run(
        self, function: Callable[Words, Answer], *words: Words.args, **flags: Words.kwargs
    ) -> Answer:
        """Call a function in the child and return its answer."""
        return self.start(function, *words, **flags).result()


@contextmanager
def open_worker(warm: Sequence[str] = ()) -> Iterator[Worker]:
    """Start a worker and end it with the block.

    Args:
        warm: Modules that the child imports at once, before it is asked for anything.

    Example:
        >>> from pathlib import Path
        >>> with open_worker() as worker:
        ...     worker.run(Path("/nowhere").exists)
        False
    """
    pool = ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
    )
    worker = Worker(pool)
    try:
        if warm:
            worker.start(_warm, tuple(warm))
        yield worker
    except BaseException:
        _kill(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _warm(modules: tuple[str, ...]) -> None:
    for module in modules:
        # A module that is missing or broken is reported by the call that needs it.
        with suppress(ImportError):
            import_module(module)


def _prepare() -> None:
    # Ctrl-C reaches the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the child at once: nobody waits for what it is doing any more."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
