"""A step's exception in the words of its notebook: cells and lines instead of generated files."""

from __future__ import annotations

import re
import traceback
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from lifecycle_core.schema.pipeline import Step

_ENTRY = re.compile(r"(\d+):(\d+)\.(\d+)")


class Origin(NamedTuple):
    """A line of a notebook: index of the cell, and line in it from 1."""

    cell: int
    line: int


class Told(NamedTuple):
    """A failure as it is told; `origin` is the innermost line of the notebook."""

    error: str
    trace: str
    origin: Origin | None


def origin_of(lines: str, line: int) -> Origin | None:
    """Return where a line of a step's module comes from.

    Args:
        lines: As in `Step.lines`.
        line: In the module, from 1.

    Example:
        >>> origin_of("12:4.1 15:4.5", 16)
        Origin(cell=4, line=6)
    """
    entries = sorted((int(a), int(b), int(c)) for a, b, c in _ENTRY.findall(lines))
    at = bisect_right([entry[0] for entry in entries], line)
    if at == 0:
        return None
    start, cell, first = entries[at - 1]
    return Origin(cell, first + line - start)


def told(error: BaseException, step: Step, *, folder: Path, notebook: str) -> Told:
    """Tell a failure: our own frames left out, those of the step by cell and line.

    Args:
        error: What the step raised.
        step: Gives the map of lines.
        folder: Of the package.
        notebook: The notebook's name.
    """
    module = str(folder / f"{step.name}.py")
    own = _beyond_ours(error.__traceback__)
    shown = traceback.TracebackException(type(error), error, own, capture_locals=False)
    origin: Origin | None = None
    each: traceback.TracebackException | None = shown
    while each is not None:
        frames, place = _renamed(each.stack, module, step.lines, notebook)
        each.stack = frames
        origin = origin or place
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    first = "".join(traceback.format_exception_only(error)).strip()
    return Told(first, "".join(shown.format()), origin)


def _renamed(
    stack: traceback.StackSummary, module: str, lines: str, notebook: str
) -> tuple[traceback.StackSummary, Origin | None]:
    found: list[traceback.FrameSummary] = []
    innermost: Origin | None = None
    for frame in stack:
        place = origin_of(lines, frame.lineno or 0) if frame.filename == module else None
        if place is None:
            found.append(frame)
            continue
        innermost = place
        name = f"{notebook}, cell {place.cell}"
        found.append(
            traceback.FrameSummary(name, place.line, frame.name, lookup_line=False, line=frame.line)
        )
    return traceback.StackSummary.from_list(found), innermost


def _beyond_ours(found: TracebackType | None) -> TracebackType | None:
    """Leave out the frames before the user's code: ours, and those of the import system."""
    first = found
    while found is not None:
        name = found.tb_frame.f_globals.get("__name__", "")
        if not name.startswith(("lifecycle_core.", "importlib")):
            return found
        found = found.tb_next
    return first
