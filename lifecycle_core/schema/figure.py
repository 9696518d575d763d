"""A plot that a step drew: where the store holds it, and what it shows."""

from __future__ import annotations

from pydantic import Field

from lifecycle_core.schema.base import Record


class Figure(Record):
    """A plot that a step drew.

    Attributes:
        object: Name of the store's object that holds it as PNG: `sha256-` and 64 hexadecimal
            digits.
        bytes: Size of the object.
        title: The texts above it and at its axes, in one line; empty if it has none.
        png: The picture in base64; empty in the store, and where a record has no room for it.
    """

    object: str
    bytes: int = Field(ge=0)
    title: str = ""
    png: str = ""


class Drawn(Record):
    """The plots that a step drew, in the order in which they were shown.

    Attributes:
        note: Which are not kept, and why, in sentences; empty if all are.
    """

    figures: tuple[Figure, ...] = ()
    note: str = ""
