"""Randomness that nobody seeded: where it is drawn from the system, and a stream to put instead.

All of it ends at three places: `os.urandom` (also under `secrets`, `uuid` and `SystemRandom`),
`random.Random.seed(None)`, and the `randbits` by which numpy seeds what is made without a seed.
"""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import sys
import uuid
from functools import partial
from sys import _getframe
from typing import TYPE_CHECKING, Any

from .callers import KERNEL, RECORDER, STANDARD, Caller, Callers
from .stand_ins import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType

    from .cells import Cells
    from .imports import Imports
    from .log import Log

_THROUGH = {module.__file__: module.__name__ for module in (random, secrets, uuid)}
"""Modules that draw on behalf of their caller; others of the standard library do so for themselves,
such as `tempfile` for its names."""
_STATE = {
    "sklearn.utils.validation": "check_random_state",
    "scipy._lib._util": "check_random_state",
    "pandas.core.common": "random_state",
}
"""Functions by which libraries turn `random_state=None` into numpy's global generator."""

_UNDECIDED = 100
"""Generators kept until it is known whether they get a seed."""


class Stream:
    """Bytes that look random and are the same for the same seed; each purpose has its own."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._counts: dict[str, int] = {}

    def bytes(self, count: int, purpose: str = "") -> bytes:
        """Return the next `count` bytes."""
        found = b""
        while len(found) < count:
            number = self._counts[purpose] = self._counts.get(purpose, 0) + 1
            found += hashlib.sha256(f"{self._seed}/{purpose}/{number}".encode()).digest()
        return found[:count]

    def integer(self, bits: int, purpose: str = "") -> int:
        """Return the next integer from 0 that fits in `bits`."""
        return int.from_bytes(self.bytes((bits + 7) // 8, purpose), "big") >> (-bits % 8)


class Randomness:
    """Observes the three places; with a seed it also answers in their stead."""

    def __init__(self, seed: int | None, log: Log, cells: Cells, callers: Callers) -> None:
        self._stream = None if seed is None else Stream(seed)
        self._seed = seed
        self._draw = os.urandom
        self._first: Callable[[], None] | None = None
        self._making = False
        self._made: list[tuple[Any, Caller | None]] = []
        self._log = log
        self._cells = cells
        self._callers = callers
        self.seeded: set[str] = set()
        """Libraries whose global generator somebody seeded, so that draws from it are no find."""

    def start(self, imports: Imports) -> None:
        """Put the observers in place."""
        self._patch_urandom()
        self._patch_random()
        self._patch_uuid1()
        imports.after("numpy.random.bit_generator", self._patch_numpy)
        imports.after("numpy.random.mtrand", self._patch_mtrand)
        for module, name in _STATE.items():
            imports.after(module, partial(self._patch_state, name))

    def begin(self) -> None:
        """Seed Python's global generator when the first cell begins.

        Not before, because ZeroMQ draws ports from it until it finds a free one.
        """
        if self._first is not None:
            self._first()
            self._first = None

    def _patch_urandom(self) -> None:
        draw = self._draw

        def urandom(_home: object, size: int) -> bytes:
            asked = self._asked("os.urandom")
            if asked and self._stream and size >= 0:
                return self._stream.bytes(size)
            return draw(size)

        # `os` takes it from a module of the platform, and `random` took it when it was loaded.
        os.urandom = stand_in(sys.modules[draw.__module__], "urandom", urandom)
        random._urandom = os.urandom  # type: ignore[attr-defined]  # noqa: SLF001 - as above

    def _patch_random(self) -> None:
        seed = random.Random.seed
        everybody = random._inst  # noqa: SLF001 - the one generator that all share

        def seeded(generator: random.Random, a: Any = None, version: int = 2) -> None:  # noqa: ANN401 - random's own
            if a is not None:
                if generator is everybody:
                    self.seeded.add("random")
            else:
                if generator is everybody:
                    self.seeded.discard("random")
                if self._asked("random.seed") and self._stream:
                    a = self._stream.integer(128)
            seed(generator, a, version)

        seeded.__name__, seeded.__qualname__, seeded.__doc__ = "seed", "Random.seed", seed.__doc__
        seeded.__module__ = "random"
        random.Random.seed = seeded  # type: ignore[assignment, method-assign]  # the same, observed
        random.seed = everybody.seed
        if self._seed is not None:
            self._first = partial(seed, everybody, self._seed)

    def _patch_uuid1(self) -> None:
        make = uuid.uuid1

        def uuid1(node: int | None = None, clock_seq: int | None = None) -> uuid.UUID:
            if self._asked("uuid.uuid1") and self._stream:
                return uuid.UUID(bytes=self._stream.bytes(16), version=1)
            return make(node, clock_seq)

        uuid1.__module__ = "uuid"
        uuid1.__qualname__ = "uuid1"
        uuid.uuid1 = uuid1

    def _patch_numpy(self, module: ModuleType) -> None:
        def randbits(bits: int) -> int:
            # numpy's global generator is made at import: that it exists is no draw from it.
            importing = _importing(_getframe(1))
            asked = importing or self._asked("numpy.random", quiet=self._making)
            if asked and self._stream:
                return self._stream.integer(bits, "numpy" if importing else "")
            return int.from_bytes(self._draw((bits + 7) // 8), "big") >> (-bits % 8)

        module.randbits = randbits  # type: ignore[attr-defined]  # where the compiled code looks

    def _patch_mtrand(self, module: ModuleType) -> None:
        """See which `RandomState` gets a seed: each is first made without one."""
        make = getattr(module, "_MT19937", None)
        if make is None:
            return

        def made(_cls: type) -> Any:  # noqa: ANN401 - numpy's
            self._making = True
            try:
                generator = make()
            finally:
                self._making = False
            self._made.append((generator, self._callers.caller(_getframe(1))))
            if len(self._made) > _UNDECIDED:
                self._decide(self._made[:-1])
                del self._made[:-1]
            return generator

        # A type: `RandomState` also asks whether its generator is of it.
        kind = type("Kind", (type,), {"__instancecheck__": lambda _cls, it: isinstance(it, make)})
        module._MT19937 = kind("MT19937", (make,), {"__new__": made})  # type: ignore[attr-defined]  # noqa: SLF001 - where `RandomState` looks

    def end(self) -> None:
        """Tell of what was made in the cell and got no seed."""
        self._decide(self._made)
        self._made.clear()

    def _decide(self, made: list[tuple[Any, Caller | None]]) -> None:
        for generator, caller in made:
            if caller and not caller.importing and getattr(generator, "seed_seq", None) is not None:
                self.tell("numpy.random.RandomState", caller)

    def _patch_state(self, name: str, module: ModuleType) -> None:
        original = getattr(module, name, None)
        if original is None:
            return

        def wrapper(state: Any = None, *words: Any, **flags: Any) -> Any:  # noqa: ANN401 - the library's
            if state is None and "numpy" not in self.seeded:
                self._asked("random_state=None")
            return original(state, *words, **flags)

        wrapper.__name__, wrapper.__qualname__ = name, name
        wrapper.__module__, wrapper.__doc__ = original.__module__, original.__doc__
        wrapper.__wrapped__ = original  # type: ignore[attr-defined]  # as functools.wraps does
        setattr(module, name, wrapper)

    def _asked(self, what: str, *, quiet: bool = False) -> bool:
        """Tell whether the notebook or one of its libraries asked, and note where."""
        frame: FrameType | None = _getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            through = _THROUGH.get(file)
            origin = self._callers.origin(file)
            if through:
                what = _name(through, frame.f_code.co_name)
            elif origin != RECORDER and not (origin == STANDARD and file.startswith("<")):
                break
            frame = frame.f_back
        if frame is None or origin in (STANDARD, KERNEL):
            return False
        caller = self._callers.caller(frame)
        if caller is None:
            return False
        if not (caller.importing or quiet):
            self.tell(what, caller)
        return True

    def tell(self, what: str, caller: Caller) -> None:
        """Append a fact about randomness."""
        self._log.site(
            "random", self._cells.index, line=caller.line, what=what, library=caller.library
        )


def _name(module: str, function: str) -> str:
    if module != "random":
        return f"{module}.{function}"
    return "random.Random" if function == "__init__" else f"random.SystemRandom.{function}"


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        name = frame.f_globals.get("__name__")
        if name == "numpy.random._pickle":
            return True  # a copy, whose state follows
        if name == "numpy.random" and frame.f_code.co_name == "<module>":
            return True
        frame = frame.f_back
    return False
