"""Pictures, shown only if they are PNG files of a size that can be looked at."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifecycle_core.adapters.rendering.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.schema.figure import Drawn

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">8sI4sII")
_HEADER_LENGTH = 13
_LONGEST = 400_000
_LONGEST_FIGURE = 4_000_000
_WIDEST = 10_000


class Plate(NamedTuple):
    """A plot as it is shown: its `data:` address or None, and what it is called."""

    address: str | None
    title: str
    alt: str


class Plates(NamedTuple):
    """The plots of one step, and which are missing."""

    step: str
    shown: tuple[Plate, ...]
    note: str


class StepThatDrew(Protocol):
    """A step, as far as this is about what it drew."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def drawn(self) -> Drawn:
        """What it drew."""


def plates(steps: Iterable[StepThatDrew]) -> list[Plates]:
    """Return the plots of the steps that drew.

    Args:
        steps: In order.
    """
    return [
        Plates(
            step.name,
            tuple(
                Plate(
                    png_address(figure.png, longest=_LONGEST_FIGURE),
                    figure.title or f"Figure {number}",
                    f"Figure {number} of step {step.name}"
                    + (f": {figure.title}" if figure.title else ""),
                )
                for number, figure in enumerate(step.drawn.figures, start=1)
            ),
            step.drawn.note,
        )
        for step in steps
        if step.drawn.figures or step.drawn.note
    ]


def figure_counts(steps: Iterable[StepThatDrew]) -> str:
    """Return how many plots each step drew, in one line; empty if none did.

    Args:
        steps: In order.
    """
    counts = [f"{step.name} {len(step.drawn.figures)}" for step in steps if step.drawn.figures]
    return one_line(f"Figures: {', '.join(counts)}; a notebook shows them.") if counts else ""


def png_address(text: str | None, *, longest: int = _LONGEST) -> str | None:
    """Return a `data:` address for a PNG in base64; None if it is missing or no such picture.

    Args:
        text: In base64.
        longest: Characters at most.

    Example:
        >>> png_address("PHNjcmlwdD4=") is None
        True
    """
    if not text or len(text) > longest:
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) < _HEADER.size:
        return None
    signature, length, kind, width, height = _HEADER.unpack_from(data)
    if (signature, length, kind) != (_SIGNATURE, _HEADER_LENGTH, b"IHDR"):
        return None
    if not (0 < width <= _WIDEST and 0 < height <= _WIDEST):
        return None
    return "data:image/png;base64," + base64.b64encode(data).decode()
