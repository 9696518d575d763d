"""The walk over a value: a stack of its own, so that depth costs memory and never recursion.

Every value with parts is hashed by itself, and its digest stands for it in the value around it.
What is hashed delimits itself: `marshal`'s texts do, digests have one length, others say theirs.

Sharing does not count: a list that holds one list twice equals one that holds two equal lists.
Only a value that contains itself is walked a second way, in which each part is numbered when it is
first met and a part met again is its number; there, sharing counts.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from ..builtin_names import BUILTINS, identity
from .leaves import LEAF_TYPES, leaf, small
from .parts import Aside, Cyclic, Kind, Part, Read, Refused, Value, as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

globals()["__builtins__"] = BUILTINS

KEPT = 100_000
"""Digests of parts remembered at a time, so that what is shared is mostly walked once."""
MANY = 4096
"""Tokens after which they are hashed; one update for many is much faster than one for each."""
LONG = 4096
"""Bytes from which a text or number counts as content, not only as a part."""


class Limits(NamedTuple):
    """How much of a value is read before it is given up.

    Attributes:
        parts: Objects looked at; about 1.5 microseconds each.
        size: Bytes of raw content, such as the buffers of arrays.
    """

    parts: int = 1_000_000
    size: int = 1 << 40


class Walked(NamedTuple):
    """A value's digest and what it leaves out."""

    digest: bytes
    notes: tuple[str, ...]


class _Frame:
    __slots__ = (
        "aside", "base", "element", "first", "hasher", "key", "leads", "parts", "peak", "tokens",
        "value",
    )  # fmt: skip

    def __init__(self, value: object, key: int, kind: tuple[bytes, Kind], serial: int) -> None:
        self.value, self.key = value, key
        self.parts: Iterator[Part] = kind[1](value)
        self.tokens = [kind[0]]  # what was read and is not hashed yet
        self.hasher: hashlib._Hash | None = None  # only of a value with much to read
        self.leads = False  # whether it has parts that have parts
        self.aside = False  # whether the child being walked is an `Aside`
        self.first = self.element = serial  # parts met before the set, before its element
        self.base = self.peak = -1  # numbers before the set, and after all its elements

    def flush(self) -> hashlib._Hash:
        """Hash what was read so far."""
        if self.hasher is None:
            self.hasher = hashlib.sha256()
        self.hasher.update(b"".join(self.tokens))
        self.tokens.clear()
        return self.hasher


def walk(
    value: object,
    kind_of: Callable[[object], tuple[bytes, Kind]],
    limits: Limits,
    visit: Callable[[object], None] | None = None,
) -> Walked:
    """Hash a value.

    Args:
        value: Anything.
        kind_of: Gives the name of a value's type and how to take it apart; may raise `Refused`.
        limits: When to give up.
        visit: Called with every value that has parts.

    Raises:
        Refused: The value, or one inside it, has no digest.
    """
    try:
        return _Walk(kind_of, limits, visit, numbered=False).digest(value)
    except Cyclic:
        return _Walk(kind_of, limits, visit, numbered=True).digest(value)


class _Walk:
    def __init__(
        self,
        kind_of: Callable[[object], tuple[bytes, Kind]],
        limits: Limits,
        visit: Callable[[object], None] | None,
        *,
        numbered: bool,
    ) -> None:
        self.kind_of, self.visit, self.numbered = kind_of, visit, numbered
        self.left, self.size = limits
        self.stack: list[_Frame] = []
        self.path: set[int] = set()
        self.done: dict[int, tuple[object, bytes]] = {}
        self.met: dict[int, tuple[object, int, int]] = {}  # object, number, serial
        self.number = self.serial = 0
        self.sets: list[_Frame] = []
        self.notes: set[str] = set()

    def digest(self, value: object) -> Walked:  # noqa: C901  # the heart, in one place
        token = self.enter(value)
        if token is not None:
            return Walked(hashlib.sha256(token).digest(), ())
        stack, answer = self.stack, None
        while True:
            frame = stack[-1]
            try:
                part = frame.parts.send(answer)  # type: ignore[attr-defined]
            except StopIteration:
                token = self.leave(frame)
                if not stack:
                    return Walked(token[1:], tuple(sorted(self.notes)))
                answer = self.give(stack[-1], token)
                continue
            answer = None
            shape = type(part)
            if shape is tuple or shape is Aside:
                frame.aside = shape is Aside
                if frame.aside:
                    self.begin_element(frame)
                token = self.enter(part[0])
                if token is not None:
                    answer = self.give(frame, token)
            elif shape is bytes:
                frame.tokens.append(b"t%d:" % len(part))
                frame.tokens.append(part)
            elif shape is memoryview:
                frame.flush().update(part)
            elif shape is Read:
                self.spend(part.size)
            else:
                if part.whole and len(stack) == 1:
                    raise Refused(part.text)
                self.notes.add(part.text)

    def spend(self, size: int) -> None:
        """Count bytes of raw content, which cost far less than parts."""
        self.size -= size
        if self.size < 0:
            raise Refused("larger than the budget")

    def enter(self, value: Value) -> bytes | None:
        """The token of a value that needs no walk, or None with a new frame on the stack."""
        self.left -= 1
        if self.left < 0:
            raise Refused("more parts than the budget")
        is_leaf = identity(type(value)) in LEAF_TYPES
        token = b"l" + leaf(value) if is_leaf else small(value)
        if self.visit is not None and not is_leaf:
            self.visit(value)
        if token is None:
            return self.push(value)
        if len(token) > LONG:
            self.spend(len(token))
        return token

    def push(self, value: Value) -> bytes | None:
        """Begin a value that is to be walked; its token if that was done before."""
        key = identity(value)
        if key in self.done:
            return b"d" + self.done[key][1]
        if self.numbered and key in self.met:
            self.stack[-1].leads = True
            return self.again(*self.met[key][1:])
        if key in self.path:
            raise Cyclic
        kind = self.kind_of(value)
        if kind[1] is as_list:
            return self.enter(list.copy(value))
        if self.stack:
            self.stack[-1].leads = True
        frame = _Frame(value, key, kind, self.serial)
        self.stack.append(frame)
        if self.numbered:
            self.met[key] = (value, self.number, self.serial)
            self.number += 1
            self.serial += 1
        else:
            self.path.add(key)
        return None

    def leave(self, frame: _Frame) -> bytes:
        """The token of a value whose parts are all read."""
        self.stack.pop()
        token = frame.flush().digest()
        if frame.peak >= 0:
            self.sets.pop()
            self.number = frame.peak
        if self.numbered:
            if not frame.leads:  # it cannot lead back: sharing it does not count
                del self.met[frame.key]
                self.number -= 1
        else:
            self.path.discard(frame.key)
            if len(self.done) < KEPT:
                # The object is held, so that its id is not given to another during the walk.
                self.done[frame.key] = (frame.value, token)
        return b"d" + token

    def give(self, frame: _Frame, token: bytes) -> bytes | None:
        """Hash a child's token, or hand it back to the kind that asked for it."""
        if not frame.aside:
            tokens = frame.tokens
            tokens.append(token)
            if len(tokens) > MANY:
                frame.flush()
            return None
        if frame.peak >= 0:
            frame.peak += self.number - frame.base
        return token

    def begin_element(self, frame: _Frame) -> None:
        """Number each element of a set from the same start, so that their order has no effect."""
        if not self.numbered:
            return
        if frame.peak < 0:
            frame.base = frame.peak = self.number
            frame.first = self.serial
            self.sets.append(frame)
        self.number, frame.element = frame.base, self.serial

    def again(self, number: int, serial: int) -> bytes:
        """The token of a part met before, in a value that contains itself."""
        for frame in self.sets:
            if frame.first <= serial < frame.element:
                raise Refused("a set of objects that refer to each other")
        return b"@%d;" % number
