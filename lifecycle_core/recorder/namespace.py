"""What each cell did to the variables: a tracker to be called before and after it.

After a cell, a variable is read again if it is new or bound to another object; if the cell's
source mentions it, or a function that the source reaches does; or if it holds an object, or shows
memory, that one of those changed. All others are left alone, however large they are. What this
misses are variables changed by a thread or a callback that no name in the cell leads to.

No large value is kept alive: an object is known again by a weak reference where its type allows
one, else by its identity, type and length, which is enough because a name bound anew is mentioned.
"""

from __future__ import annotations

import functools
import re
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from .builtin_names import BUILTINS, identity
from .digests import HOME, TEMPORARY, Digest, digest, is_temporary, placed
from .digests.leaves import LEAF_TYPES
from .digests.types import mro, public_name, qualified_name
from .digests.walk import Limits
from .mentions import bound, mentioned, reachable
from .sharing import Parts, aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .digests.parts import Value

globals()["__builtins__"] = BUILTINS

FULL = Limits(parts=100_000, size=1 << 30)
"""Of a value, as long as the recorder keeps within its share of the time: about a second."""
SCANT = Limits(parts=1_000, size=1 << 20)
"""Of every value after that: about a millisecond."""
_SHORT = 1024
_SIZED = frozenset(map(identity, (list, dict, tuple, str, bytes, bytearray)))
_OVER = "too large to read again within the recorder's share of the time"
_NO_REFERENCES = "numpy.ndarray"
"""Its `resize` refuses while there is any reference, also a weak one."""
_IPYTHON = re.compile(
    r"_(?:|_|__|ih|oh|dh|i{1,3}|i?\d+|exit_code)|In|Out|exit|quit|get_ipython|open"
)


class Changes(NamedTuple):
    """What one cell did.

    Attributes:
        variables: By name, those it bound or changed, in place or not.
        deleted: Names it removed.
        aliases: Groups of names, among all variables after it, that are one mutable object or
            arrays over one memory.
        seconds: What finding out cost.
    """

    variables: dict[str, Digest]
    deleted: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    seconds: float


class _Kept:
    """A short plain value: as long as it is kept, nothing else has its address."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def __call__(self) -> Value:
        return self._value


_REFERENCES = (weakref.ref, _Kept)


class _Entry(NamedTuple):
    """What is remembered of a variable."""

    digest: Digest | None
    identity: int
    known_by: Value
    parts: frozenset[int] | None

    def is_of(self, value: Value) -> bool:
        """Whether the variable is still bound to the object it was bound to."""
        if self.identity != identity(value):
            return False
        if type(self.known_by) in _REFERENCES:
            return self.known_by() is value
        return bool(self.known_by == _trace(value))


class Tracker:
    """Follows the variables of a namespace from cell to cell.

    Args:
        namespace: The dictionary in which cells run; it is only read.
        share: Of the cells' time so far that the tracker may use, in [0, 1].
        allowance: Seconds it may use beside that.
        folder: Of the project; where it lies is no part of a value.
        temporary: Folder in which `tempfile` makes up names; those have no digest.
        home: The user's, which each clean run has of its own; where it lies is no part of a value.
        clock: Gives seconds.

    >>> space = {}
    >>> tracker = Tracker(space)
    >>> tracker.before("rows = [1]")
    >>> exec("rows = [1]", space)
    >>> changes = tracker.after("rows = [1]")
    >>> list(changes.variables), changes.variables["rows"].type
    (['rows'], 'list')
    """

    def __init__(
        self,
        namespace: dict[str, Value],
        *,
        share: float = 0.1,
        allowance: float = 1.0,
        folder: str = "",
        temporary: str = "",
        home: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._namespace, self._share, self._allowance = namespace, share, allowance
        self._folder, self._temporary, self._clock = folder, temporary, clock
        self._home = home
        self._known = {
            name: _Entry(None, identity(value), _trace(value), frozenset())
            for name, value in self._visible().items()
        }
        self._elapsed = self._spent = 0.0
        self._began: float | None = None

    def whole(self, value: Value) -> Digest:
        """Return the digest of a variable, whatever share of the time that takes."""
        return self._digested(value, FULL, Parts())

    def before(self, source: str) -> None:  # noqa: ARG002  # `after` is what reads it
        """To be called when a cell begins."""
        self._began = self._clock()

    def after(self, source: str) -> Changes:
        """To be called when a cell has ended, well or not."""
        start, spent = self._clock(), self._spent
        if self._began is not None:
            self._elapsed += start - self._began
            self._began = None
        now = self._visible()
        bound_here = bound(source) & now.keys()
        touched = reachable(mentioned(source), now)
        deleted = tuple(sorted(self._known.keys() - now.keys()))
        # What a name was bound to before may have been changed first, and live on elsewhere.
        changed = {name: self._known[name].parts for name in deleted}
        reported: dict[str, Digest] = {}
        for name, value in now.items():
            old = self._known.get(name)
            same = old is not None and old.is_of(value)
            if same and name not in touched and name not in bound_here:
                continue
            new = self._read(name, value)
            text = new.digest.text if new.digest else None
            differs = old is None or old.digest is None or old.digest.text != text
            if old is not None and (differs or not same or text is None):
                changed[name] = old.parts
            if differs or name in bound_here or (text is None and not same):
                reported[name] = new.digest or Digest(None, "?")
        self._follow(now, changed, reported)
        for name in deleted:
            del self._known[name]
        found = aliases(now)
        cost = self._clock() - start
        self._spent = spent + cost
        return Changes(dict(sorted(reported.items())), deleted, found, cost)

    def _follow(
        self,
        now: Mapping[str, Value],
        changed: Mapping[str, frozenset[int] | None],
        reported: dict[str, Digest],
    ) -> None:
        """Read the variables that share an object or memory with what changed."""
        wide = any(parts is None for parts in changed.values())
        moved = frozenset().union(*(parts for parts in changed.values() if parts))
        if not moved and not wide:
            return
        for name, value in now.items():
            entry = self._known[name]
            if name in changed or name in reported or entry.parts == frozenset():
                continue
            if wide or entry.parts is None or not moved.isdisjoint(entry.parts):
                new = self._read(name, value)
                if new.digest and (entry.digest is None or entry.digest.text != new.digest.text):
                    reported[name] = new.digest

    def _read(self, name: str, value: Value) -> _Entry:
        within = self._spent <= self._allowance + self._share * self._elapsed
        parts = Parts()
        began = self._clock()
        limits = FULL if within else SCANT
        made = self._digested(value, limits, parts)
        self._spent += self._clock() - began
        if not within and made.text is None and "budget" in made.note:
            made = made._replace(note=_OVER)
        entry = _Entry(made, identity(value), _trace(value), parts.identities)
        self._known[name] = entry
        return entry

    def _digested(self, value: Value, limits: Limits, parts: Parts) -> Digest:
        said = placed(placed(value, self._folder), self._home, HOME)
        if is_temporary(value, self._temporary):
            return Digest(None, public_name(type(value)), TEMPORARY)
        if said is value:
            return digest(value, limits, parts.visit)
        # Plain values have no parts that could be changed elsewhere, a list of them may be.
        parts.visit(value)
        return digest(said, limits)

    def _visible(self) -> dict[str, Value]:
        """The user's variables."""
        return {
            name: value
            for name, value in self._namespace.copy().items()
            if type(name) is str and _is_users(name)
        }


@functools.lru_cache(maxsize=100_000)
def _is_users(name: str) -> bool:
    special = name.startswith("__") and name.endswith("__")
    return not special and not _IPYTHON.fullmatch(name)


def _trace(value: Value) -> Value:
    """What tells an object from a later one at its address, without keeping a large one alive."""
    cls = type(value)
    if identity(cls) in LEAF_TYPES and value.__sizeof__() < _SHORT:
        return _Kept(value)
    if not any(qualified_name(each) == _NO_REFERENCES for each in mro(cls)):
        with suppress(TypeError):
            return weakref.ref(value)
    return (identity(cls), len(value) if identity(cls) in _SIZED else 0)
