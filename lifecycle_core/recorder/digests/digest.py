"""The digest of a value: the verb of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..builtin_names import BUILTINS, identity
from .parts import LINES, Kind, Refused, Value
from .table import kind_of_type
from .types import public_name
from .walk import Limits, walk

if TYPE_CHECKING:
    from collections.abc import Callable

globals()["__builtins__"] = BUILTINS


class Digest(NamedTuple):
    """What stands for a value.

    Attributes:
        text: `sha256:` and 32 hexadecimal digits; None if the value has no digest.
        type: The qualified name of its type, such as `pandas.DataFrame`.
        note: Why there is no digest, or what it leaves out; empty if neither.
    """

    text: str | None
    type: str
    note: str = ""


def digest(
    value: Value,
    limits: Limits = Limits(),  # noqa: B008  # an immutable tuple
    visit: Callable[[object], None] | None = None,
) -> Digest:
    """Digest a value without changing it.

    Equal values have equal digests in every process and under every hash seed. It never raises,
    and it runs no code of classes that the notebook defines.

    Args:
        value: Anything.
        limits: How much of it to read at most.
        visit: Called with the value and every value inside it that has parts.

    >>> digest({"a": {1, 2}}) == digest({"a": {2, 1}})
    True
    >>> digest(0.0).text == digest(-0.0).text
    False
    >>> digest(iter([1]))
    Digest(text=None, type='list_iterator', note='an iterator is consumed by reading')
    """
    name = "?"
    try:
        name = public_name(type(value))
        name = "list" if name == LINES else name
        walked = walk(value, _Kinds().of, limits, visit)
    except Refused as refused:
        return Digest(None, name, str(refused))
    except BaseException as error:  # noqa: BLE001  # hostile values raise what they like
        return Digest(None, name, f"reading it raised {public_name(type(error))}")
    note = f"apart from {', '.join(walked.notes)}" if walked.notes else ""
    return Digest(f"sha256:{walked.digest.hex()[:32]}", name, note)


class _Kinds:
    """The kinds of the types met in one walk; a class of the user's is not held longer."""

    def __init__(self) -> None:
        self._by_type: dict[int, tuple[type, tuple[bytes, Kind]]] = {}

    def of(self, value: object) -> tuple[bytes, Kind]:
        cls = type(value)
        known = self._by_type.get(identity(cls))
        if known is None:
            known = self._by_type[identity(cls)] = (cls, kind_of_type(cls))
        return known[1]
