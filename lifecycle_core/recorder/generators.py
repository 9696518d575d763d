"""The global random generators that all code of a process shares: who moved them, unseeded."""

from __future__ import annotations

import hashlib
import sys
from sys import _getframe
from typing import TYPE_CHECKING, Any

from .callers import Caller, Callers
from .stand_ins import Replaced, stand_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from .imports import Imports
    from .randomness import Randomness

_SEEDING = {
    "random": ("random", ("setstate",)),
    "numpy.random": ("numpy", ("seed", "set_state")),
    "torch": ("torch", ("manual_seed",)),
}
_NO_DRAWS = frozenset({"seed", "getstate", "setstate", "get_state", "set_state"})
_ASKING: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("random", "random", lambda loaded: loaded.getstate()),
    ("numpy", "numpy.random", lambda loaded: loaded.get_state()),
    ("torch", "torch", lambda loaded: loaded.get_rng_state().numpy().tobytes()),
)
_NOTICED = 50
"""Draws of one library in a cell that are traced to their caller."""


class Generators:
    """Wraps the functions that draw from a global generator, and compares the states by cell.

    Reading a state does not move it. A wrapper is there only while there is something to tell:
    not once the generator is seeded, or its library has been told of in the running cell.
    """

    def __init__(self, randomness: Randomness, callers: Callers, seed: int | None) -> None:
        self._randomness = randomness
        self._callers = callers
        self._seed = seed
        self._before: dict[str, Any] = {}
        self._left: dict[str, list[None]] = {"random": [], "numpy": [], "torch": []}
        self._noticed: set[str] = set()
        self._drawing = {library: Replaced() for library in self._left}

    def start(self, imports: Imports) -> None:
        """Wrap what is loaded, and the others once they are."""
        for module in _SEEDING:
            imports.after(module, self._patch)
        if (seed := self._seed) is not None:
            imports.after("polars", lambda module: module.set_random_seed(seed))

    def begin(self) -> None:
        """Note the states before a cell."""
        self._noticed.clear()
        for library, left in self._left.items():
            left[:] = [] if library in self._randomness.seeded else [None] * _NOTICED
            self._drawing[library].watch(watching=bool(left))
        self._before = _states()

    def end(self) -> dict[str, list[str]]:
        """Return the states before and after the cell by library, of those generators it moved.

        Draws that nobody noticed are told of.
        """
        moved = {}
        for name, state in _states().items():
            before = self._before.get(name, state)
            if not _same(before, state):
                moved[name] = [_digest(before), _digest(state)]
                if name not in self._randomness.seeded and name not in self._noticed:
                    self._randomness.tell(f"{name} global generator", Caller(None, ""))
        return moved

    def _patch(self, module: ModuleType) -> None:
        library, names = _SEEDING[module.__name__]
        if library == "torch" and self._seed is not None:
            module.manual_seed(self._seed)
        self._before = {**_states(), **self._before}
        for name in names:
            self._observe_seeding(module, name, library)
        shared = getattr(module, "_inst", None) or getattr(
            getattr(module, "mtrand", None), "_rand", None
        )
        if shared is not None:
            for name in set(module.__all__) - _NO_DRAWS:
                if getattr(getattr(module, name, None), "__self__", None) is shared:
                    self._observe_draw(module, name, library)

    def _observe_seeding(self, module: ModuleType, name: str, library: str) -> None:
        original = getattr(module, name, None)
        if original is None:
            return
        seeded = self._randomness.seeded

        def wrapper(_home: object, *words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            if any(word is not None for word in (*words, *flags.values())):
                seeded.add(library)
                self._told(library)
            else:
                seeded.discard(library)
            return original(*words, **flags)

        stand_in(module, name, wrapper)

    def _observe_draw(self, module: ModuleType, name: str, library: str) -> None:
        original = getattr(module, name)
        left = self._left[library]
        what = f"{module.__name__}.{name}"

        def wrapper(_home: object, *words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the original
            if left:
                self._notice(library, what)
            return original(*words, **flags)

        self._drawing[library].put(module, name, wrapper)

    def _told(self, library: str) -> None:
        self._left[library].clear()
        self._drawing[library].watch(watching=False)

    def _notice(self, library: str, what: str) -> None:
        left = self._left[library]
        caller = self._callers.caller(_getframe(2))
        left.pop()
        self._noticed.add(library)
        own = False
        if library not in self._randomness.seeded and caller and not caller.importing:
            self._randomness.tell(what, caller)
            own = not caller.library
        if own or not left or library in self._randomness.seeded:
            self._told(library)


def _states() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, module, ask in _ASKING:
        loaded = sys.modules.get(module)
        try:
            if loaded is not None:
                found[name] = ask(loaded)
        except Exception:  # noqa: BLE001, S112 - half loaded, or replaced by the notebook
            continue
    return found


def _digest(state: Any) -> str:  # noqa: ANN401 - any state
    try:
        parts = state if isinstance(state, tuple) else (state,)
        raw = [
            part.tobytes() if hasattr(part, "tobytes") else repr(part).encode() for part in parts
        ]
        return f"sha256:{hashlib.sha256(b','.join(raw)).hexdigest()}"
    except Exception:  # noqa: BLE001 - as below
        return ""


def _same(before: Any, after: Any) -> bool:  # noqa: ANN401 - any state
    try:
        if isinstance(after, tuple) and len(after) == 5 and hasattr(after[1], "tobytes"):  # noqa: PLR2004 - numpy's: name, keys, position, and a kept normal draw
            return bool(before[2:] == after[2:] and before[1].tobytes() == after[1].tobytes())
        return bool(before == after)
    except Exception:  # noqa: BLE001 - the notebook put another kind of generator there
        return True
