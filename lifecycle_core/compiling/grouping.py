"""From cells to steps: by what people marked, else by headings and by what the cells are about."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.compiling.outline import Outline
    from lifecycle_core.compiling.pieces import ReadCell
    from lifecycle_core.compiling.program import Program
    from lifecycle_core.schema.pipeline import Fusion

TAG = "step:"
_LONGEST = 4
"""Cells in a step that nobody marked."""
_LOADS = (
    "read_", "load_", "fetch_", "genfromtxt", "loadtxt", "scan_", "connect", "make_blobs",
    "make_circles", "make_classification", "make_friedman", "make_moons", "make_regression",
)  # fmt: skip
_SPLITS = frozenset({"random_split", "train_test_split", "TimeSeriesSplit"})
_FITS = frozenset({
    "fit", "fit_predict", "fit_transform", "fit_resample", "partial_fit", "train",
    "cross_val_predict", "cross_val_score", "cross_validate", "learning_curve",
})  # fmt: skip
_JUDGES = frozenset({"predict", "predict_proba", "decision_function", "score", "evaluate"})
_WORK = {"load": "load", "split": "split", "fit": "train", "judge": "evaluate", "other": "prepare"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cells that become one step.

    Attributes:
        cells: Indexes, in order; no cell with code stands between two of them.
        name: As marked by the user; empty if by ourselves.
        work: What its code is about: `load`, `prepare`, `split`, `train`, `evaluate`.
        fused: Why some of its cells are together.
    """

    cells: tuple[int, ...]
    name: str = ""
    work: str = "prepare"
    fused: tuple[Fusion, ...] = ()


def propose(program: Program, outline: Outline) -> tuple[Group, ...]:
    """Propose the steps of a notebook: one group of neighbouring cells each."""
    marked = {cell.index: name for cell in program.cells if (name := marked_name(cell))}
    groups: list[Group] = []
    for (name, _), cells in groupby(
        program.code, lambda cell: (marked.get(cell, ""), _section(cell, outline, marked))
    ):
        found = tuple(cells)
        if name:
            groups.append(Group(cells=found, name=name, work=_work(program, found)))
        else:
            groups.extend(_by_work(program, found, outline))
    return tuple(groups)


def marked_name(cell: ReadCell) -> str:
    """Return the step that the user put a cell into, by `%%step NAME` or a tag `step:NAME`."""
    for magic in cell.magics:
        if magic.whole_cell and magic.name == "step":
            return magic.text.strip()
    for tag in sorted(cell.tags):
        if tag.startswith(TAG):
            return tag.removeprefix(TAG).strip()
    return ""


def fuse(groups: Sequence[Group], fusions: Sequence[Fusion]) -> tuple[Group, ...]:
    """Put groups together so that the cells of each fusion are in one."""
    result = list(groups)
    for fusion in fusions:
        wanted = set(fusion.cells)
        places = [at for at, group in enumerate(result) if not wanted.isdisjoint(group.cells)]
        if not places:
            continue
        first, last = places[0], places[-1]
        merged = result[first : last + 1]
        told = tuple(dict.fromkeys((*(f for g in merged for f in g.fused), fusion)))
        one = replace(
            merged[0],
            cells=tuple(cell for group in merged for cell in group.cells),
            name=next((group.name for group in merged if group.name), ""),
            work=_most_telling([group.work for group in merged]),
            fused=told if len(merged) > 1 else merged[0].fused,
        )
        result[first : last + 1] = [one]
    return tuple(result)


def _section(cell: int, outline: Outline, marked: Mapping[int, str]) -> tuple[int, int]:
    """Return what must be equal for neighbouring cells without a mark to be in one section."""
    if cell in marked:
        return -1, -1
    heading = outline.section_of(cell)
    return heading.cell if heading else -1, max((one for one in marked if one < cell), default=-1)


def _by_work(program: Program, cells: Sequence[int], outline: Outline) -> Iterator[Group]:
    """Yield the groups of one section.

    A new one begins wherever the code turns to another work, where people wrote something between
    two cells, and where one grows long.
    """
    current: list[int] = []
    work = ""
    for cell in cells:
        found = _kind(program, cell)
        if current and found and work:
            spoken = any(current[-1] < index < cell for index in outline.prose)
            if found != work or spoken or len(current) >= _LONGEST:
                yield Group(cells=tuple(current), work=_WORK[work])
                current, work = [], ""
        current.append(cell)
        work = work or found
    yield Group(cells=tuple(current), work=_WORK[work or "other"])


def _work(program: Program, cells: Sequence[int]) -> str:
    return _most_telling([_WORK[_kind(program, cell) or "other"] for cell in cells])


def _most_telling(works: Sequence[str]) -> str:
    for work in ("train", "evaluate", "split", "load"):
        if work in works:
            return work
    return "prepare"


def _kind(program: Program, cell: int) -> str:
    """Return what a cell is about; empty if it binds nothing, so that it joins its neighbours."""
    called: set[str] = set()
    for piece in program.code[cell]:
        for node in ast.walk(piece.node):
            if isinstance(node, ast.Call):
                name = dotted_name(node.func).rpartition(".")[2]
                called.add(name or getattr(node.func, "attr", ""))
    if not program.bound(cell) and not program.mutated(cell):
        return ""
    if called & _FITS or any(name.endswith("SearchCV") for name in called):
        return "fit"
    if called & _SPLITS:
        return "split"
    if called & _JUDGES or any(name.endswith(("_score", "_error", "_loss")) for name in called):
        return "judge"
    if any(name.startswith(_LOADS) for name in called):
        return "load"
    return "other"
