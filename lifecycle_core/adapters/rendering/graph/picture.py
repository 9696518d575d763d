"""The graph of a pipeline as lines and boxes for a template, in units of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.graph.layout import BOX_HEIGHT, BOX_WIDTH, lay_out
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.words import MARKS, duration, how_many, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.rendering.graph.links import Link

_LETTERS = 22
_HEAD = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A step in the picture.

    Attributes:
        state: A key of `words.MARKS`.
        seconds: How long it takes; None if that is not known.
        bytes: Size of what it gives; likewise.
        said: What a reader is told of it besides, such as why it is stale.
    """

    name: str
    state: str
    seconds: float | None = None
    bytes: int | None = None
    said: str = ""


def picture(boxes: Sequence[Box], found: Sequence[Link]) -> dict[str, Any] | None:
    """Return a graph as coordinates and labels; None if there is nothing to draw.

    Args:
        boxes: In an order that respects every link.
        found: What connects them.
    """
    if not boxes:
        return None
    placed = lay_out([box.name for box in boxes], found)
    return {
        "width": placed.width,
        "height": placed.height,
        "least": min(placed.width, 460),
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
        "boxes": [_shown(box, placed.boxes[box.name]) for box in boxes],
        "lines": [_line(link, placed.routes[link.source, link.target]) for link in found],
        "summary": _summary(boxes, found),
    }


def _shown(box: Box, at: tuple[float, float]) -> dict[str, Any]:
    colour, icon, word = MARKS[box.state]
    name = one_line(box.name)
    return {
        "name": box.name,
        "label": name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…",
        "x": at[0],
        "y": at[1],
        "state": box.state,
        "colour": colour,
        "icon": icon,
        "word": word,
        "time": "" if box.seconds is None else duration(box.seconds),
        "size": "" if box.bytes is None else size(box.bytes),
        "said": f"{name}: {word}" + (f"; {one_line(box.said)}" if box.said else ""),
    }


def _line(link: Link, points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    (x, y), (end, tip) = points[0], points[-1]
    path = [f"M{x:g} {y:g}"]
    for n, (to, down) in enumerate(points[1:], start=1):
        last = down - _HEAD if n == len(points) - 1 else down
        if to == x:
            path.append(f"V{last:g}")
        else:
            middle = (y + last) / 2
            path.append(f"C{x:g} {middle:g} {to:g} {middle:g} {to:g} {last:g}")
        x, y = to, down
    names = ", ".join(map(one_line, link.names))
    way = f"{one_line(link.source)} to {one_line(link.target)}"
    return {
        "path": "".join(path),
        "head": f"M{end - _HEAD:g} {tip - _HEAD - 2:g}L{end:g} {tip:g}L{end + _HEAD:g} "
        f"{tip - _HEAD - 2:g}Z",
        "dashed": not link.names,
        "said": f"{way}: {names}" if names else f"{way}: order only",
    }


def _summary(boxes: Sequence[Box], found: Sequence[Link]) -> str:
    counted: dict[str, int] = {}
    for box in boxes:
        word = MARKS[box.state][2]
        counted[word] = counted.get(word, 0) + 1
    states = ", ".join(f"{count} {word}" for word, count in counted.items())
    return (
        f"{how_many(len(boxes), 'step')}, from top to bottom: {states}; "
        f"{how_many(len(found), 'connection')}. "
        "The table beside it says the same in words."
    )
