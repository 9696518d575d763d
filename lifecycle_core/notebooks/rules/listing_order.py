"""The order in which a file system lists files.

## What it does
Notes `os.listdir`, `glob`, `iterdir` and the like whose result is not sorted.

## Why is this bad?
The order is the file system's: the same on one machine, another on the next.

## Examples
`for path in glob.glob("data/*.csv")`: write `sorted(glob.glob("data/*.csv"))`.

## References
- https://docs.python.org/3/library/os.html#os.listdir ("in arbitrary order")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot
from lifecycle_core.notebooks.rules.ordering import consumed_without_order, sorted_later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

_LISTS = frozenset({"os.listdir", "os.scandir", "glob.glob", "glob.iglob"})
_METHODS = frozenset({"iterdir", "glob", "rglob"})


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each list of files that is not sorted."""
    for call in view.calls:
        of_path = call.method in _METHODS and call.made_by.startswith("pathlib.")
        if call.name not in _LISTS and not of_path:
            continue
        if consumed_without_order(call.stack) or sorted_later(call, view):
            continue
        yield Spot(
            cell=call.cell,
            line=call.line,
            column=call.node.col_offset + 1,
            severity="info",
            names=(call.written,),
            message=f"`{call.written}` lists files in the order of the file system",
            hint=f"Sort them: `sorted({call.written}(...))`.",
        )


RULE = Rule("NB305", "listing-order", find)
