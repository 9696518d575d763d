"""A notebook that overwrites what it read.

## What it does
Reports a literal path that is read and later written by the same notebook.

## Why is this bad?
The second run starts from other data than the first.

## Examples
`df = pd.read_csv("c.csv")` ... `df.to_csv("c.csv")`: write to another file, such as
`c.clean.csv`.

## References
- nbrelease, cause kind `self_modifying_input`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each file that is read first and written then."""
    first: dict[str, tuple[str, int]] = {}
    told: set[str] = set()
    for use in view.paths:
        runs = view.runs_in(use.call)
        if not use.whole or runs is None or not (use.reads or use.writes):
            continue
        path = use.text.replace("\\", "/").removeprefix("./")
        if path not in first:
            first[path] = ("read" if use.reads else "write", use.call.cell)
        elif use.writes and first[path][0] == "read" and path not in told:
            told.add(path)
            stem, dot, suffix = path.rpartition(".")
            other = f"{stem}.new.{suffix}" if dot else f"{path}.new"
            yield Spot(
                cell=use.call.cell,
                line=use.call.line,
                kind="self_modifying_input",
                severity="warning",
                names=(path,),
                message=f"overwrites {path[:80]!r}, which cell {first[path][1]} reads",
                hint=f"Write to another file, such as {other!r}.",
            )


RULE = Rule("NB204", "self-modifying-input", find)
