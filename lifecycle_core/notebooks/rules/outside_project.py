"""A relative path that leaves the project.

## What it does
Reports literal paths that climb two folders or more and lead to nothing in a clean copy of the
project.

## Why is this bad?
What lies outside the project does not travel with it.

## Examples
`pd.read_csv("../../downloads/x.csv")`: put the file into the project.

## References
- Pimentel et al., EMSE 2021: absent data stops 15.4 % of public notebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each literal that climbs out."""
    seen: set[int] = set()
    for use in view.paths:
        path = use.text.replace("\\", "/")
        if not path.startswith("../..") or id(use.node) in seen or view.exists(path):
            continue
        seen.add(id(use.node))
        yield Spot(
            cell=use.cell,
            line=use.node.lineno,
            column=use.node.col_offset + 1,
            kind="missing_data",
            severity="warning",
            names=(use.text[:200],),
            message=f"the path {use.text[:80]!r} leaves the project",
            hint="Put what it leads to into the project, beside or below the notebook.",
        )


RULE = Rule("NB202", "outside-project", find)
