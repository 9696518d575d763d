"""A cell that Python cannot read.

## What it does
Reports code cells that are no Python after their magics are taken into account.

## Why is this bad?
A clean run stops there. A cell that stored outputs without an error was run by a kernel that read
it, so then it is only a warning: another version of Python, or an edit since.

## Examples
`print "done"` is Python 2; write `print("done")`.

## References
- https://docs.python.org/3/reference/
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

_OURS = ("too deeply", "too many magics", "maximum recursion", "too complex", "too many nested")


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each cell that cannot be read."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for index, parsed in view.dataflow.parsed.items():
        cell = view.cell[index]
        if not parsed.error or "raises-exception" in cell.tags:
            continue
        ran = cell.execution_count is not None and not any(
            output.get("output_type") == "error" for output in cell.outputs
        )
        limit = parsed.error.startswith(_OURS)
        yield Spot(
            cell=index,
            line=parsed.error_line,
            severity="info" if limit else "warning" if ran else "error",
            kind=None if limit else "edited_after_run" if ran else None,
            message=f"Python {version} cannot read this: {parsed.error[:120]}",
            hint="Correct the line, or make the cell a markdown or raw cell.",
        )


RULE = Rule("NB101", "syntax-error", find)
