"""Clean runs that nothing runs: a function says what a plan would leave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.execution import ExecutedCell, Execution
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from tests.fakes.engine import run
from tests.fakes.notebooks import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.notebooks.plan import Plan
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.reproduction import InputFile, Run

_NOTHING = Facts()


class FakeRuns:
    """Implements `notebooks.plan.Runs`.

    Attributes:
        plans: All that were asked for, in order.
    """

    def __init__(self, world: Callable[[Plan, int], Execution]) -> None:
        self._world = world
        self.plans: list[Plan] = []

    def together(self, plans: Sequence[Plan], purpose: str) -> tuple[Execution, ...]:
        """Ask the world what each plan leaves; it also hears the number of the run."""
        assert purpose
        made = []
        for plan in plans:
            self.plans.append(plan)
            one = self._world(plan, len(self.plans) - 1)
            seeded = one.run.model_copy(update={"hash_seed": plan.conditions.hash_seed})
            made.append(replace(one, run=seeded))
        return tuple(made)


def left(
    notebook: Notebook,
    texts: Mapping[int, str],
    *,
    ended: Run | None = None,
    variables: Mapping[int, Mapping[str, str]] | None = None,
    inputs: tuple[InputFile, ...] = (),
    written: tuple[InputFile, ...] = (),
    facts: Facts = _NOTHING,
) -> Execution:
    """Return a run whose cells printed these texts; the others printed nothing.

    Args:
        notebook: What was run.
        texts: By index of the cell.
        ended: How it ended; a cell at `stopped_at` failed, later ones did not run.
        variables: Digests by cell and name.
        inputs: Files it read.
        written: Files it wrote.
        facts: What else the recorder saw.
    """
    ended = ended or run()
    stop = ended.stopped_at
    cells = {}
    for index, cell in enumerate(notebook.content["cells"]):
        if cell["cell_type"] == "code":
            ran = stop is None or index <= stop
            text = texts.get(index)
            cells[index] = ExecutedCell(
                outputs=(printed(text),) if text is not None and ran else (),
                ran=ran,
                failed=index == stop and ended.exit == "error",
                seconds=0.1,
            )
    made = {
        index: CellFacts(
            variables={name: Variable(type="int", digest=text) for name, text in names.items()}
        )
        for index, names in (variables or {}).items()
    }
    return Execution(
        cells=cells,
        run=ended,
        notebook=notebook.content,
        inputs=inputs,
        written=written,
        facts=replace(facts, cells=made),
    )
