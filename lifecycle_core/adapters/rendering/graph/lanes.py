"""The graph of a pipeline in characters: one line a step, to stand before its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.graph.links import links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.rendering.graph.links import Linked

_STEP = "●"


def lanes(steps: Sequence[Linked]) -> list[str]:
    """Return a line of characters for each step, all of the same length.

    A step that others take from has a lane that goes down to the last of them; it branches off to
    each.

    Args:
        steps: Each after all that it hangs on.

    Example:
        >>> from lifecycle_core.schema.pipeline import Step
        >>> load, clean = Step(name="load"), Step(name="clean", after=("load",))
        >>> split = Step(name="split", after=("load",))
        >>> train = Step(name="train", after=("clean", "split"))
        >>> for line in lanes([load, clean, split, train]):
        ...     print(line.rstrip())
        ●
        ├─●
        ● │
        ●─╯
    """
    names, found = [step.name for step in steps], links(steps)
    last = {link.source: link.target for link in sorted(found, key=lambda k: names.index(k.target))}
    held: dict[int, str] = {}  # by column, the step whose lane goes on there
    lines = []
    for name in names:
        sources = {link.source for link in found if link.target == name}
        joined = {column for column, source in held.items() if source in sources}
        ending = {column for column in joined if last[held[column]] == name}
        at = min(ending, default=-1)
        if at < 0:
            at = next(column for column in range(len(held) + 1) if column not in held)
        lines.append(_line(at, joined - {at}, ending, held))
        for column in ending:
            del held[column]
        if name in last:
            held[at] = name
    width = max(map(len, lines), default=0)
    return [line.ljust(width) for line in lines]


def _line(at: int, joined: set[int], ending: set[int], held: dict[int, str]) -> str:
    first, end = min([at, *joined]), max([at, *joined])
    cells = []
    for column in range(max([at, *held]) + 1):
        inside = first <= column < end
        if column == at:
            sign = _STEP
        elif column in joined:
            if column in ending:
                sign = "┴" if first < column < end else "╰" if column < at else "╯"
            else:
                sign = "┼" if first < column < end else "├" if column < at else "┤"
        elif column in held:
            sign = "│"
        else:
            sign = "─" if first < column < end else " "
        cells.append(sign + ("─" if inside else " "))
    return "".join(cells).rstrip()
