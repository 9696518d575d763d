"""All that is known about one notebook and its clean runs, and the questions asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.circumstances import Circumstances
from lifecycle_core.notebooks.dataflow import read_dataflow
from lifecycle_core.notebooks.execution import ExecutedCell
from lifecycle_core.reproducing.judging import Reference, compare_cell, judge, reference_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.dataflow import Dataflow
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.facts import Site
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.finding import Finding
    from lifecycle_core.schema.reproduction import CauseKind, CellResult
    from lifecycle_core.schema.session import LostSource


@dataclass(frozen=True, kw_only=True)
class Case:
    """A notebook that did not reproduce.

    Attributes:
        cells: Code cells by index.
        flow: Which cell defines, needs and changes what.
        executions: The clean runs.
        results: By index of the cell.
        findings: What reading the notebook says.
        lost: Code that a live session ran and that the notebook no longer holds.
        timed: Cells that are shown to differ by durations only.
    """

    notebook: Notebook
    cells: Mapping[int, CodeCell]
    flow: Dataflow
    executions: tuple[Execution, ...]
    results: Mapping[int, CellResult]
    reference: Reference | None
    rtol: float
    findings: tuple[Finding, ...] = ()
    circumstances: Circumstances = field(default_factory=Circumstances)
    lost: tuple[LostSource, ...] = ()
    timed: frozenset[int] = frozenset()

    @property
    def first(self) -> Execution:
        """The first clean run."""
        return self.executions[0]

    def upstream(self, index: int) -> frozenset[int]:
        """Return a cell and all cells that it may depend on."""
        return self.flow.ancestors(index) | {index}

    def repeatable(self, index: int) -> bool:
        """Tell whether a cell surely gives the same when it is run twice in a row."""
        flow = self.flow.by_index[index]
        own = any(flow.binds(use.name) for use in flow.uses)
        return not (own or flow.mutates or flow.may_mutate or flow.opaque)

    @cached_property
    def unstable(self) -> tuple[int, ...]:
        """The cells in which the clean runs disagree, in order, up to where one of them ended."""
        ends = [run.run.stopped_at for run in self.executions if run.run.stopped_at is not None]
        last = min(ends, default=max(self.cells))
        return tuple(
            index
            for index in self.cells
            if index <= last
            and index not in self.timed
            and any(not self.same(index, self.first, other) for other in self.executions[1:])
        )

    def stale(self) -> list[int]:
        """Return the cells in which the runs agree with each other and not with the reference."""
        return [
            index
            for index, result in self.results.items()
            if result.status == "different" and result.agree is not False
        ]

    def same(self, index: int, one: Execution, other: Execution) -> bool:
        """Tell whether two runs left the same in a cell."""
        ours, theirs = (run.cells.get(index, ExecutedCell()) for run in (one, other))
        if (ours.ran, ours.failed) != (theirs.ran, theirs.failed):
            return False
        skipped = self.results[index].status == "skipped"
        return skipped or self._agree(index, ours, theirs, (one, other))

    def as_stored(self, index: int, left: ExecutedCell, run: Execution) -> bool:
        """Tell whether a run left in a cell what the notebook holds for it."""
        stored = ExecutedCell(outputs=self.cells[index].outputs)
        return left.ran and not left.failed and self._agree(index, stored, left, (run,))

    def _agree(
        self,
        index: int,
        ours: ExecutedCell,
        theirs: ExecutedCell,
        runs: tuple[Execution, ...],
    ) -> bool:
        found = compare_cell(
            index,
            ours.outputs,
            theirs.outputs,
            executions=runs,
            rtol=self.rtol,
            flow=self.flow,
        )
        return found.status != "different"

    def seconds(self) -> dict[int, float]:
        """Return how long each cell took in the first run."""
        return {index: left.seconds or 0.0 for index, left in self.first.cells.items()}

    def seconds_since_reading(self) -> dict[str, float]:
        """Return for each input the seconds that the first run took from the last reading on."""
        took = self.seconds()
        return {
            item.path: sum(
                seconds for index, seconds in took.items() if index > max(item.cells, default=-1)
            )
            for item in self.first.inputs
        }

    def changed_names(self, index: int) -> tuple[str, ...]:
        """Return the variables of a cell that differ between the clean runs."""
        return tuple(v.name for v in self.results[index].variables if v.status == "different")

    def origin(self, index: int) -> int:
        """Return the first cell upstream in which the clean runs begin to differ."""
        seen = [at for at in sorted(self.upstream(index)) if at in self.results]
        return next((at for at in seen if self.changed_names(at) or at in self.unstable), index)

    def found(self, kind: CauseKind, within: frozenset[int]) -> list[Finding]:
        """Return what reading the notebook says of a kind of cause in these cells."""
        return [item for item in self.findings if item.kind == kind and item.cell in within]

    def counted(self) -> list[CodeCell]:
        """Return the cells that the notebook says were run, in the order of the file."""
        return [cell for cell in self.cells.values() if cell.execution_count is not None]

    def falling(self) -> tuple[CodeCell, CodeCell] | None:
        """Return the first pair of cells that ran in the other order than they stand."""
        for earlier, later in pairwise(self.counted()):
            if (later.execution_count or 0) < (earlier.execution_count or 0):
                return earlier, later
        return None

    def gaps(self, before: int) -> Iterator[tuple[CodeCell, int]]:
        """Yield cells up to `before` ahead of which the counts skip, and how many are skipped.

        A cell that was run again, and a cell that was deleted, both leave such a gap.
        """
        last = 0
        for cell in self.counted():
            count = cell.execution_count or 0
            if cell.index <= before and count > last + 1:
                yield cell, count - last - 1
            last = count


def case_of(
    notebook: Notebook,
    executions: tuple[Execution, ...],
    *,
    rtol: float,
) -> Case:
    """Judge the runs of a notebook and return all that is known."""
    cells = code_cells(notebook)
    flow = read_dataflow(cells)
    results = judge(cells, executions, rtol=rtol, flow=flow)
    return Case(
        notebook=notebook,
        cells={cell.index: cell for cell in cells},
        flow=flow,
        executions=executions,
        results={result.index: result for result in results},
        reference=reference_of(cells, executions),
        rtol=rtol,
    )


def sites_in(sites: tuple[Site, ...], within: frozenset[int]) -> list[Site]:
    """Return those that happened in one of these cells."""
    return [site for site in sites if site.cell in within]
