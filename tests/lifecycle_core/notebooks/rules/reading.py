"""Lint cells that are written in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.cells import CodeCell
from lifecycle_core.notebooks.rules.checking import check
from lifecycle_core.notebooks.rules.view import View

if TYPE_CHECKING:
    from lifecycle_core.schema.finding import Finding


def cell(source: str, count: int | None = None, **fields: Any) -> CodeCell:  # noqa: ANN401 - as CodeCell
    """Return a code cell; its index is given when it is linted."""
    return CodeCell(index=0, source=source, label="", execution_count=count, **fields)


def findings(*cells: str | CodeCell, **answers: Any) -> tuple[Finding, ...]:  # noqa: ANN401 - as View
    """Return the findings of cells; `answers` are the view's `exists`, `installed`, `folder`."""
    made = (cell(one) if isinstance(one, str) else one for one in cells)
    numbered = tuple(
        CodeCell(
            index=index,
            source=one.source,
            label="",
            tags=one.tags,
            outputs=one.outputs,
            execution_count=one.execution_count,
        )
        for index, one in enumerate(made)
    )
    return tuple(finding for finding, _ in check(View(numbered, **answers)))


def found(code: str, *cells: str | CodeCell, **answers: Any) -> list[tuple[int, int | None, str]]:  # noqa: ANN401 - as above
    """Return cell, line and severity of the findings of one rule."""
    return [
        (one.cell, one.line, one.severity)
        for one in findings(*cells, **answers)
        if one.code == code
    ]
