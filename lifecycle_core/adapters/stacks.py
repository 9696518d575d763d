"""Where a kernel hangs: the stack that `faulthandler` wrote, with what is known of the cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRAME = re.compile(r'^  File "(?P<file>[^"]*)", line (?P<line>\d+) in (?P<name>.*)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What the main thread was doing.

    Attributes:
        line: Of the running cell's source, from 1; None if the cell is not on the stack.
        inside: The innermost call, such as `wait (threading.py:331)`; empty if it is the cell's.
    """

    line: int | None = None
    inside: str = ""

    def told(self, source: str) -> str:
        """Return where it was, for a message; empty if nothing is known.

        Args:
            source: Of the running cell.
        """
        if self.line is None:
            return ""
        lines = source.splitlines()
        code = lines[self.line - 1].strip() if self.line <= len(lines) else ""
        inside = f", in {self.inside}" if self.inside else ""
        return f" at line {self.line}: {code}{inside}"


def parse_stack(text: str, shifts: Mapping[str, int]) -> Stack:
    r"""Read a stack.

    Args:
        text: As `faulthandler` writes it, the innermost call first.
        shifts: Names of the running cell's compiled files, and what to add to a line in them.

    Example:
        >>> text = '  File "/x/threading.py", line 9 in wait\n  File "/t/1", line 2 in <module>\n'
        >>> parse_stack(text, {"/t/1": 1}).told("%%time\n\nevent.wait()")
        ' at line 3: event.wait(), in wait (threading.py:9)'
    """
    inside = ""
    for number, frame in enumerate(_FRAME.finditer(text)):
        if frame["file"] in shifts:
            return Stack(line=int(frame["line"]) + shifts[frame["file"]], inside=inside)
        if number == 0:
            inside = f"{frame['name']} ({PurePath(frame['file']).name}:{frame['line']})"
    return Stack()
