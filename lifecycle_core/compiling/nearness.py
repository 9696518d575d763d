"""How near a variable of the package is to the notebook's, where they are not the same.

The reproduction ladder's step `tolerance` for values instead of outputs: numbers with a fraction
may differ, relatively, and all else must agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.tolerance import RelativeError, largest_relative_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.pipeline import Pipeline

_NO_NAME = re.compile(r"\.?~[^.\[]*")
_CELL = """\
__import__("_nbrelease_recorder.digests.portrait", fromlist=["keep"]).keep(
    {cell}, globals(), {names!r}
)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How far apart the values of one variable are.

    Attributes:
        size: The largest relative difference of two numbers; None if more than numbers differs.
        where: Of the numbers, such as `coef_[0][2]`; empty if the variable is one number.
        reason: Why they cannot be said to be near, as words after "which".
    """

    size: float | None = None
    where: str = ""
    reason: str = ""

    def within(self, rtol: float) -> bool:
        """Tell whether they count as equal."""
        return self.size is not None and self.size <= rtol


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What a caller lets pass, and what was measured so far.

    Attributes:
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).
        measured: By `STEP.VARIABLE`.
        unsteady: Variables that two clean runs of the notebook gave differently.
    """

    rtol: float = 0.0
    measured: Mapping[str, Nearness] = field(default_factory=dict)
    unsteady: frozenset[str] = frozenset()

    def must_be_measured(self, variable: str) -> bool:
        """Tell whether a digest says nothing of a variable: it may be equal by chance."""
        return variable in self.unsteady


def places_of(pipeline: Pipeline, names: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Return behind which cells of the notebook variables are as steps give them.

    Args:
        pipeline: A draft.
        names: Variables.
    """
    wanted = set(names)
    found = {
        step.cells[-1]: tuple(one.name for one in step.outputs if one.name in wanted)
        for step in pipeline.steps
        if step.cells
    }
    return {cell: each for cell, each in found.items() if each}


def with_portraits(notebook: Notebook, places: Mapping[int, Sequence[str]]) -> Notebook:
    """Return a notebook that keeps portraits of its variables behind some cells.

    Args:
        notebook: As it is run for the proof.
        places: As `places_of` returns them.
    """
    cells = []
    for index, cell in enumerate(notebook.content["cells"]):
        cells.append(cell)
        if index in places:
            source = _CELL.format(cell=index, names=list(places[index]))
            cells.append(
                {
                    "cell_type": "code", "id": f"portraits-{index}", "metadata": {},
                    "source": source, "outputs": [], "execution_count": None,
                }
            )  # fmt: skip
    return replace(notebook, content={**notebook.content, "cells": cells})


def measured(
    pipeline: Pipeline,
    notebooks: Sequence[Mapping[int, Mapping[str, Any]]],
    by_steps: Mapping[str, Any],
    by_run: Mapping[str, Any],
) -> dict[str, Nearness]:
    """Measure how near every portrayed variable is to the notebook's.

    Args:
        pipeline: The draft.
        notebooks: Of each clean run, by cell and variable, what is known of the value: its
            `portrait`, or why it has none, `refused`.
        by_steps: Of the package, by `STEP.VARIABLE`, likewise.
        by_run: Of the package run as a whole, by variable.
    """
    found: dict[str, Nearness] = {}
    for step in pipeline.steps if notebooks else ():
        for output in step.outputs:
            key, name = f"{step.name}.{output.name}", output.name
            if key not in by_steps:  # nobody asked for it
                continue
            first, *others = [
                each.get(step.cells[-1], {}).get(name) if step.cells else None for each in notebooks
            ]
            compared = [*others, by_steps[key]]
            if pipeline.exported.get(name) == step.name:
                compared.append(by_run.get(name))
            found[key] = _farthest(nearness(first, other) for other in compared)
    return found


def nearness(one: Any, other: Any) -> Nearness:  # noqa: ANN401 - JSON
    """Return how far apart two values are.

    Args:
        one: `{"portrait": ...}`, or `{"refused": why}`.
        other: Likewise; None if it is not there.

    Example:
        >>> nearness({"portrait": {"auc": 0.5}}, {"portrait": {"auc": 0.25}})
        Nearness(size=0.5, where='auc', reason='')
    """
    for each in (one, other):
        if each is None:
            return Nearness(reason="is not there")
        if "refused" in each:
            return Nearness(reason=f"cannot be compared: {each['refused']}")
    error: RelativeError | None = largest_relative_error(one["portrait"], other["portrait"])
    if error is None:
        return Nearness(reason="differs in more than numbers")
    return Nearness(size=error.size, where=_NO_NAME.sub("", error.where).lstrip("."))


def _farthest(found: Iterable[Nearness]) -> Nearness:
    return max(found, key=lambda one: float("inf") if one.size is None else one.size)
