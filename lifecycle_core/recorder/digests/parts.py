"""What a kind may yield while it takes a value apart, and how it says no.

A kind is a generator function of one value. It yields, in an order that equal values share:

- `bytes`: a token, hashed with its length;
- a `memoryview`: raw content, hashed as it comes; its size must follow from tokens before it, so
  that it does not matter how a stream is cut;
- a one-tuple `(child,)`: a value inside this one;
- `Aside(child)`: likewise, but not hashed; the kind gets the child's digest back and hashes what
  it makes of it, as a set does, whose order says nothing;
- `Note(text)`: what the digest leaves out;
- `Read(size)`: how much raw content it is about to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Union


class Refused(Exception):  # noqa: N818  # it is a verdict, not a failure
    """The value has no digest; the text says why, as in "an open file"."""


class Cyclic(Exception):  # noqa: N818  # it is a verdict, not a failure
    """The value contains itself."""


class Aside(NamedTuple):
    """A child whose digest the kind wants back instead of having it hashed."""

    child: Any


class Note(NamedTuple):
    """Something the digest does not cover; `whole` if that is all there is to the value."""

    text: str
    whole: bool = False


class Read(NamedTuple):
    """Bytes of content that the kind is about to read, for the budget."""

    size: int


Value = Any
"""A value of whatever type the function is for, most often a library's that is not imported."""
Part = Union[bytes, memoryview, "tuple[Value]", Aside, Note, Read]
Kind = Callable[[Value], Iterator[Part]]
LINES = "IPython.utils.text.SList"
"""The type of the lines of a command; a program outside of IPython has a list of them."""


def as_list(_: Value) -> Iterator[Part]:
    """The kind of a subclass of list that is walked as the plain list of its elements."""
    yield from ()
