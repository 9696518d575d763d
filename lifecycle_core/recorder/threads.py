"""Threads and pools: which the notebook starts, and how to have one thing done at a time."""

from __future__ import annotations

import functools
import itertools
import os
import random
import threading
import time
from sys import _getframe
from typing import TYPE_CHECKING, Any

from .callers import KERNEL, OWN, RECORDER, STANDARD
from .stand_ins import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType, ModuleType

    from .callers import Callers
    from .cells import Cells
    from .imports import Imports
    from .log import Log

_POOLS = {
    "concurrent.futures.thread": (("ThreadPoolExecutor", "max_workers", 0),),
    "concurrent.futures.process": (("ProcessPoolExecutor", "max_workers", 0),),
    "multiprocessing.pool": (("ThreadPool", "processes", 0), ("Pool", "processes", 0)),
    "joblib.parallel": (("Parallel", "n_jobs", 0),),
}
"""Classes that take a number of workers: its name, and its position among their arguments."""
_LONGEST_DELAY = 0.04
"""Seconds; more than a thread needs to start, less than anybody waits for."""
_PATIENCE = 3.0
"""Seconds to wait for a thread to end before the next may run; it may wait for that one."""


class Threads:
    """Observes `Thread.start`.

    With `alone`, threads and pools do one thing at a time; with `delays`, a seed, each piece of
    work waits a little before it begins, so that the order in which they end is another.
    """

    def __init__(
        self, *, alone: bool, delays: int | None, log: Log, cells: Cells, callers: Callers
    ) -> None:
        self._alone = alone
        self._delays = None if delays is None else random.Random(delays)  # noqa: S311 - no secret
        self._log = log
        self._cells = cells
        self._callers = callers
        self._numbers = itertools.count()

    def start(self, imports: Imports) -> None:
        """Put the observers in place."""
        self._patch_start()
        if self._delays is not None:
            imports.after("concurrent.futures.thread", self._delay_work)
        if not self._alone:
            return
        for name in ("cpu_count", "process_cpu_count"):
            if hasattr(os, name):
                stand_in(os, name, lambda _home: 1)
        for module, classes in _POOLS.items():
            for name, word, position in classes:
                imports.after(module, functools.partial(self._one_worker, name, word, position))
        imports.after("concurrent.futures._base", self._number)
        imports.after("concurrent.futures", self._in_order)

    def _patch_start(self) -> None:
        original = threading.Thread.start
        join = threading.Thread.join

        @functools.wraps(original)
        def start(thread: threading.Thread) -> None:
            direct = self._note(thread)
            if direct and self._delays is not None:
                thread.run = self._delayed(thread.run)  # type: ignore[method-assign]  # the same, later
            original(thread)
            if direct and self._alone:
                join(thread, _PATIENCE)

        threading.Thread.start = start  # type: ignore[assignment, method-assign]  # the same, observed

    def _delay_work(self, module: ModuleType) -> None:
        """Let each piece of work of a pool of threads begin a little later."""
        item = getattr(module, "_WorkItem", None)
        if item is not None and hasattr(item, "run"):
            item.run = self._delayed(item.run)

    def _delayed(self, run: Callable[..., Any]) -> Callable[..., Any]:
        draw, sleep = self._delays, time.sleep

        @functools.wraps(run)
        def later(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            if draw is not None:
                sleep(draw.uniform(0, _LONGEST_DELAY))
            return run(*words, **flags)

        return later

    def _note(self, thread: threading.Thread) -> bool:
        """Tell of a thread that the notebook started; return whether it did so itself."""
        frame: FrameType | None = _getframe(2)
        what, direct = f"{type(thread).__module__}.{type(thread).__name__}", True
        while frame is not None:
            file = frame.f_code.co_filename
            origin = self._callers.origin(file)
            if origin == OWN:
                break
            if origin not in (STANDARD, RECORDER):
                return False
            if origin == STANDARD and not file.startswith("<"):
                direct = False
                owner = frame.f_locals.get("self")
                if owner is not None:
                    what = f"{type(owner).__module__}.{type(owner).__name__}"
            frame = frame.f_back
        caller = None if frame is None else self._callers.caller(frame)
        if caller is None:
            return False
        self._log.site("threads", self._cells.index, line=caller.line, what=what)
        return direct

    def _one_worker(self, name: str, word: str, position: int, module: ModuleType) -> None:
        owner = getattr(module, name)
        original = owner.__init__

        @functools.wraps(original)
        def init(pool: Any, *words: Any, **flags: Any) -> None:  # noqa: ANN401 - any pool
            if self._foreign():
                if len(words) > position:
                    words = (*words[:position], 1, *words[position + 1 :])
                else:
                    flags[word] = 1
            original(pool, *words, **flags)

        owner.__init__ = init

    def _foreign(self) -> bool:
        """Tell whether anybody but Jupyter and the standard library itself asks."""
        frame: FrameType | None = _getframe(2)
        while frame is not None:
            origin = self._callers.origin(frame.f_code.co_filename)
            if origin not in (STANDARD, RECORDER):
                return origin != KERNEL
            frame = frame.f_back
        return False

    def _number(self, module: ModuleType) -> None:
        """Let futures know in which order they were made."""
        original = module.Future.__init__

        @functools.wraps(original)
        def init(future: Any) -> None:  # noqa: ANN401 - a future
            future._nbrelease_number = next(self._numbers)  # noqa: SLF001 - ours
            original(future)

        module.Future.__init__ = init

    @staticmethod
    def _in_order(module: ModuleType) -> None:
        wait: Callable[..., Any] = module.wait

        def as_completed(fs: Iterable[Any], timeout: float | None = None) -> Iterator[Any]:
            end = None if timeout is None else time.monotonic() + timeout
            for future in sorted(set(fs), key=lambda item: getattr(item, "_nbrelease_number", 0)):
                left = None if end is None else max(0.0, end - time.monotonic())
                if wait([future], left).not_done:
                    raise module.TimeoutError
                yield future

        module.as_completed = as_completed  # type: ignore[attr-defined]  # a module
