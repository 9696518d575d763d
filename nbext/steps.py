"""`%%step NAME` says which step of the pipeline a cell belongs to; the cell runs as it would without.

It is taken off before IPython looks for magics, so that results are shown, errors are placed and
`await` works as in every other cell.
"""

from __future__ import annotations

import re

_STEP = re.compile(r"%%step(?:[ \t]+(?P<name>[^\n]*))?\n?$")


def without_step(lines: list[str]) -> list[str]:
    r"""Return a cell's lines with a comment in the place of its `%%step` line.

    Another cell magic below it moves up, because IPython looks for it in the first line only.

    Example:
        >>> without_step(["%%step load\n", "x = 1\n"])
        ['# step: load\n', 'x = 1\n']
    """
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        found = _STEP.match(line)
        name = (found["name"] or "").strip() if found else ""
        if not name:
            return lines
        rest = lines[at + 1 :]
        below = next((one for one in rest if one.strip()), "")
        comment = [] if below.startswith("%%") else [f"# step: {name}\n"]
        return [*lines[:at], *comment, *rest]
    return lines
