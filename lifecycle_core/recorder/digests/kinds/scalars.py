"""Plain values of subclasses, buffers, and the small types of the standard library."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import leaf
from ..parts import Part, Read, Refused, Value
from ..types import attributes, lookup, mro, public_name

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS

_PLAIN = {
    "int": int.__int__, "float": float.__float__, "str": str.__str__, "bytes": bytes.__getitem__,
}  # fmt: skip
_ALL = slice(None)


def plain(value: Value) -> Iterator[Part]:
    """A subclass of int, float, complex, str or bytes, without its own methods."""
    if issubclass(type(value), int):
        yield leaf(int.__pos__(value))
    elif issubclass(type(value), float):
        yield leaf(float.__pos__(value))
    elif issubclass(type(value), complex):
        yield leaf(complex.__pos__(value))
    elif issubclass(type(value), str):
        yield leaf("".join((str.__getitem__(value, _ALL), "")))  # no own methods
    else:
        yield leaf(bytes.__getitem__(value, _ALL))


def plain_bytes(value: Value) -> Iterator[Part]:
    """A bytearray."""
    yield b"%d" % bytearray.__len__(value)
    yield Read(bytearray.__len__(value))
    with memoryview(value) as view:
        yield view


def buffer(value: Value) -> Iterator[Part]:
    """A memoryview or `array.array`: format, shape and content."""
    with memoryview(value) as view:
        yield f"{view.format}{view.shape}".encode()
        yield Read(view.nbytes)
        if view.contiguous:
            with view.cast("B") as raw:
                yield raw
        else:
            yield memoryview(view.tobytes())


def bounds(value: Value) -> Iterator[Part]:
    """A range, whose bounds may be written in several ways, or a slice."""
    if issubclass(type(value), range):
        length = range.__len__(value)
        yield leaf(length)
        if length:
            yield leaf(value[0])
            yield leaf(value.step if length > 1 else 1)
        return
    yield (value.start,)
    yield (value.stop,)
    yield (value.step,)


def decimal(value: Value) -> Iterator[Part]:
    """A decimal with its exponent: `1.0` and `1.00` print differently."""
    yield leaf(Decimal.__str__(value))


def fraction(value: Value) -> Iterator[Part]:
    """A fraction."""
    yield (value.numerator,)
    yield (value.denominator,)


def duration(value: Value) -> Iterator[Part]:
    """A timedelta."""
    yield leaf((value.days, value.seconds, value.microseconds))


def date(value: Value) -> Iterator[Part]:
    """A date."""
    yield leaf((value.year, value.month, value.day))


def time(value: Value) -> Iterator[Part]:
    """A time of day."""
    yield leaf((value.hour, value.minute, value.second, value.microsecond, value.fold))
    yield (value.tzinfo,)


def datetime(value: Value) -> Iterator[Part]:
    """A date with a time of day."""
    yield from date(value)
    yield from time(value)


def zone(value: Value) -> Iterator[Part]:
    """A time zone by key."""
    yield (value.key,)


def path(value: Value) -> Iterator[Part]:
    """A path by its text."""
    base = next(cls for cls in mro(type(value)) if public_name(cls) == "pathlib.PurePath")
    yield leaf(lookup(base, "__str__")(value))


def pattern(value: Value) -> Iterator[Part]:
    """A compiled regular expression."""
    yield (value.pattern,)
    yield (value.flags,)


def random(value: Value) -> Iterator[Part]:
    """A `random.Random` by its state."""
    base = next(cls for cls in mro(type(value)) if public_name(cls) == "random.Random")
    yield (lookup(base, "getstate")(value),)


def member(value: Value) -> Iterator[Part]:
    """A member of an enumeration: its name and its value."""
    held = attributes(value)
    if "_value_" not in held:
        raise Refused("an enumeration without values")
    yield (held.get("_name_"),)
    yield (held["_value_"],)
