"""What came of compiling a notebook: its steps and the proof, or the cells in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from lifecycle_core.adapters.rendering.graph import Box, lanes, links, picture
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.words import how_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline import Compilation, Refusal, Step

_MOST = 4


def values(record: Compilation) -> dict[str, Any]:
    """Add the state, the summary, and the steps' cells and variables in words."""
    steps = record.pipeline.steps if record.pipeline else ()
    found = links(steps)
    return {
        "drawn": picture([_box(step, compiled=record.compiled) for step in steps], found),
        "state": "pass" if record.compiled or record.proposed else "fail",
        "summary": _summary(record),
        "rows": [
            {
                "step": step,
                "cells": ranges(step.cells),
                "takes": _takes(step),
                "gives": _gives(step),
            }
            for step in steps
        ],
        "within": _within(record),
        "refusals": [(where(one), one) for one in record.refusals],
    }


def text(record: Compilation) -> list[RenderableType]:
    """Return the steps as a table, why cells are together, and what is refused."""
    shown = values(record)
    parts: list[RenderableType] = [Text(shown["summary"], style="bold")]
    if shown["rows"] and (record.compiled or record.proposed):
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("step", "cells", "takes", "gives"):
            table.add_column(column, overflow="fold")
        steps = [row["step"] for row in shown["rows"]]
        for before, row in zip(lanes(steps), shown["rows"], strict=True):
            name = f"{before} {row['step'].name}"
            table.add_row(Text(one_line(name)), row["cells"], row["takes"], row["gives"])
        parts += [Text(""), table]
        together = [f for row in shown["rows"] for f in row["step"].fused]
        parts += [Text(f"Together {ranges(f.cells)}: {f.reason}.", style="dim") for f in together]
    if shown["within"]:
        parts += [Text(""), Text(one_line(shown["within"]), style="yellow")]
    for place, one in shown["refusals"]:
        parts.append(Text(f"{place}: {one.reason}." if place else f"{one.reason}.", style="red"))
        if one.hint:
            parts.append(Text(f"    {one.hint}", style="dim"))
        if one.diff:
            parts.append(Text(one.diff))
    if record.next:
        parts.append(Text(f"\nNext: {record.next}"))
    return parts


def ranges(cells: Sequence[int]) -> str:
    """Return indexes with runs put together.

    Example:
        >>> ranges((1, 2, 3, 7, 9, 10))
        '1-3, 7, 9, 10'
    """
    runs: list[list[int]] = []
    for cell in cells:
        if runs and runs[-1][-1] == cell - 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run))  # noqa: PLR2004 - a run
        for run in runs
    )


def where(refusal: Refusal) -> str:
    """Return the place of a refusal in words; empty if it is of the whole notebook."""
    if not refusal.cells:
        return ""
    word = "cell" if len(refusal.cells) == 1 else "cells"
    line = f", line {refusal.line}" if refusal.line else ""
    return f"{word} {ranges(refusal.cells)}{line}"


def _box(step: Step, *, compiled: bool) -> Box:
    word = "cell" if len(step.cells) == 1 else "cells"
    said = f"{word} {ranges(step.cells)}" if step.cells else ""
    return Box(name=step.name, state="compiled" if compiled else "proposed", said=said)


def _takes(step: Step) -> str:
    names = {one.name: one.step for one in step.inputs}
    later = [name for name in step.after if name not in names.values()]
    order = f"; after {', '.join(later)}" if later else ""
    return _listed([*names, *step.parameters]) + order


def _gives(step: Step) -> str:
    return _listed([one.name for one in step.outputs])


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _summary(record: Compilation) -> str:
    if record.proposed and record.pipeline is not None:
        steps = how_many(len(record.pipeline.steps), "step")
        return f"{record.name}: {steps} proposed, nothing proven yet"
    if not record.compiled or record.pipeline is None:
        return f"{record.notebook} was not compiled; nothing was written."
    proof = record.pipeline.proof
    steps = how_many(len(record.pipeline.steps), "step")
    if proof is None:
        return f"{record.name}: {steps}"
    left = f", {len(proof.not_compared)} without a digest" if proof.not_compared else ""
    return f"{record.name}: {steps}, proven {proof.words} in {proof.compared} variables{left}"


def _within(record: Compilation) -> str:
    """Return what is not identical but within the tolerance; empty if there is nothing."""
    proof = record.pipeline.proof if record.pipeline and record.compiled else None
    if proof is None or not proof.within:
        return ""
    key, most = max(proof.within.items(), key=lambda item: item[1].max_rel_error)
    where = f" at {most.where}" if most.where else ""
    others = [name for name in proof.within if name != key]
    more = f" Also not identical: {_listed(others)}." if others else ""
    return (
        f"Largest relative difference from the notebook: {most.max_rel_error:.2g} in {key}{where}."
        f"{more}"
    )
