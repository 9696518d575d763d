"""The clock: where the notebook's own code reads it, and a clock that stands still instead.

The functions of `time` are replaced in their module, the methods of the C types of `datetime` in
the types themselves: `isinstance`, pickling and subclasses go on as ever. Where an interpreter does
not allow that, which is tried at the start, they are not observed.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import os
import sys
import time
from sys import _getframe
from typing import TYPE_CHECKING, Any

from .builtin_names import identity
from .callers import KERNEL, OWN, RECORDER, STANDARD, Callers
from .stand_ins import Replaced, stand_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cells import Cells
    from .log import Log
    from .settings import Factors

_WALL = ("time", "time_ns")
_CIVIL = {"localtime": 0, "gmtime": 0, "ctime": 0, "strftime": 1}
"""Functions that read the clock if they get no more words than this."""
_STEADY = (
    "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
    "process_time_ns", "thread_time", "thread_time_ns",
)  # fmt: skip
_METHODS = {dt.datetime: ("now", "utcnow"), dt.date: ("today",)}
_FOR_OTHERS = frozenset(
    {"_pydatetime", "_strptime", "calendar", "datetime", "http", "logging", "timeit", "uuid"}
)
"""Modules of the standard library that ask for the time on behalf of their caller; the others,
such as `threading` and `asyncio`, must see it pass."""
_TRACED = 10_000
"""Calls of one function in a cell that are traced to their line."""
_TICK = 1_000_000
"""Nanoseconds by which a standing clock moves when it is read, so that waiting for it ends."""
_STANDING = 1_000
"""Readings of the time of day in one cell before it moves too."""
_START = 1_000_000_000_000
_NAP = 0.001


class Clock:
    """Observes the clock; with the factor set it also stands still for all but Jupyter."""

    def __init__(self, factors: Factors, log: Log, cells: Cells, callers: Callers) -> None:
        self._log = log
        self._cells = cells
        self._callers = callers
        self._stands = None if factors.clock is None else round(factors.clock * 1e9)
        self._fixed = self._stands is not None
        self._passed = 0
        self._ticks = 0
        self._readings = 0
        self._seen: set[tuple[int, int]] = set()
        self._counts: dict[str, int] = {}
        self._shown: dict[str, bool] = {}
        self._readers: dict[str, Replaced] = {}

    def begin(self) -> None:
        """Forget which lines of the last cell read the clock."""
        self._seen.clear()
        for what, count in self._counts.items():
            if count >= _TRACED and what in self._readers:
                self._readers[what].watch(watching=True)
        self._counts.clear()
        self._readings = 0

    def start(self) -> None:
        """Put the observers in place."""
        for name in (*_WALL, *_STEADY):
            if hasattr(time, name):
                self._patch_reading(name)
        for name, words in _CIVIL.items():
            self._patch_civil(name, words)
        if self._fixed:
            self._patch_sleep()
        for owner, names in _METHODS.items():
            # Elsewhere it warns, and the warning would name the recorder instead of the notebook.
            kept = [n for n in names if self._fixed or n != "utcnow" or sys.version_info < (3, 12)]
            try:
                self._patch_type(owner, kept)
            except Exception:  # noqa: BLE001, S112 - whatever this interpreter says to it
                continue

    def _patch_reading(self, name: str) -> None:
        original = getattr(time, name)
        wall = name in _WALL
        whole = name.endswith("_ns")

        def fixed() -> float:
            moment = self._wall() if wall else self._steady()
            return moment if whole else moment / 1e9

        given = fixed if self._fixed else None
        what = f"time.{name}"
        readers = self._readers[what] = Replaced()
        readers.put(time, name, self._reading(what, original, given))

    def _patch_civil(self, name: str, most: int) -> None:
        original = getattr(time, name)
        localtime = time.localtime

        def fixed(*words: Any) -> Any:  # noqa: ANN401 - time's own
            moment = self._wall() / 1e9
            return original(*words[:most], localtime(moment) if most else moment)

        read = self._reading(f"time.{name}", original, fixed if self._fixed else None)

        def maybe(home: object, *words: Any) -> Any:  # noqa: ANN401 - as above
            reads = len(words) <= most or (not most and words[0] is None)
            return read(home, *words, depth=2) if reads else original(*words)

        stand_in(time, name, maybe)

    def _patch_sleep(self) -> None:
        original = time.sleep

        def sleep(_home: object, seconds: float) -> None:
            if seconds > 0 and self._sees(_getframe(1).f_code.co_filename):
                self._passed += round(seconds * 1e9)
                seconds = min(seconds, _NAP)
            original(seconds)

        stand_in(time, "sleep", sleep)

    def _patch_type(self, owner: type, names: list[str]) -> None:
        """Replace class methods of a C type, and put them back if that does not work."""
        space = gc.get_referents(owner.__dict__)[0]
        originals = {name: space[name] for name in names}
        for name, original in originals.items():
            space[name] = classmethod(self._method(owner, name, original))
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))
        try:
            works = all(
                isinstance(getattr(owner, name)(), owner) and name in vars(owner) for name in names
            ) and all(getattr(owner, name).__func__ is space[name].__func__ for name in names)
        except Exception:
            works = False
            raise
        finally:
            if not works:
                space.update(originals)
                ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))

    def _method(self, owner: type, name: str, original: Any) -> Callable[..., Any]:  # noqa: ANN401 - a descriptor

        def method(cls: Any, *words: Any, **flags: Any) -> Any:  # noqa: ANN401 - datetime's own
            frame = _getframe(1)
            kind = "datetime" if issubclass(cls, dt.datetime) else "date"
            self._trace(f"datetime.{kind}.{name}", frame)
            if self._fixed and self._sees(frame.f_code.co_filename):
                moment = self._wall() / 1e9
                make = cls.utcfromtimestamp if name == "utcnow" else cls.fromtimestamp
                return make(moment, *words, **flags)
            return original.__get__(None, cls)(*words, **flags)

        method.__name__, method.__qualname__ = name, f"{owner.__name__}.{name}"
        method.__module__, method.__doc__ = "datetime", original.__doc__
        return method

    def _reading(
        self, what: str, original: Callable[..., Any], fixed: Callable[..., Any] | None
    ) -> Callable[..., Any]:
        seen, counts, readers = self._seen, self._counts, self._readers

        def reading(_home: object, *words: Any, depth: int = 1) -> Any:  # noqa: ANN401 - as the original
            count = counts.get(what, 0)
            if count < _TRACED:
                counts[what] = count + 1
                frame = _getframe(depth)
                if (identity(frame.f_code), frame.f_lineno) not in seen:
                    self._trace(what, frame)
            elif count == _TRACED and fixed is None and what in readers:
                counts[what] = count + 1
                readers[what].watch(watching=False)  # until the next cell
            if fixed is not None and self._sees(_getframe(depth).f_code.co_filename):
                return fixed(*words)
            return original(*words)

        return reading

    def _trace(self, what: str, frame: Any) -> None:  # noqa: ANN401 - a frame
        # With the line, because IPython compiles each statement and frees it again.
        key = (identity(frame.f_code), frame.f_lineno)
        if key in self._seen:
            return
        self._seen.add(key)
        if self._callers.origin(frame.f_code.co_filename) != OWN:
            return
        caller = self._callers.caller(frame)
        if caller is not None:
            self._log.site("clock", self._cells.index, line=caller.line, what=what)

    def _sees(self, file: str) -> bool:
        """Tell whether code in this file is shown the fixed clock."""
        known = self._shown.get(file)
        if known is None:
            origin = self._callers.origin(file)
            name = os.path.basename(os.path.dirname(file))
            module = os.path.splitext(os.path.basename(file))[0]
            ours = origin in (KERNEL, RECORDER)
            helps = origin == STANDARD and not {name, module} & _FOR_OTHERS
            known = self._shown[file] = not (ours or helps)
        return known

    def _wall(self) -> int:
        if self._stands is None:
            raise TypeError("this clock runs")  # nobody is given its moments then
        self._readings += 1
        if self._readings > _STANDING:
            self._passed += _TICK
        return self._stands + self._passed

    def _steady(self) -> int:
        self._ticks += _TICK
        return _START + self._passed + self._ticks
