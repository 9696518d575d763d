from __future__ import annotations

import pytest

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.dataflow.notebook import dataflow_of
from lifecycle_core.notebooks.execution import ExecutedCell, Execution
from lifecycle_core.notebooks.facts import CellFacts, Facts, Site
from lifecycle_core.reproducing.judging import judge
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import left

STORED = notebook(code("x = random.random()", count=1))


def ran(generators: dict[str, tuple[str, str]]) -> Execution:
    return Execution(
        cells={0: ExecutedCell(ran=True)},
        run=run(),
        notebook=STORED.content,
        facts=Facts(cells={0: CellFacts(generators=generators)}),
    )


@pytest.mark.parametrize(
    ("first", "second", "status", "note"),
    [
        ({"random": ("a", "b")}, {"random": ("a", "b")}, "identical", ""),
        ({"random": ("a", "b")}, {"random": ("c", "b")}, "identical", ""),  # it seeds
        (
            {"random": ("a", "b")},
            {"random": ("a", "c")},
            "different",
            "the cell moved it elsewhere",
        ),
        (
            {"random": ("a", "b")},
            {"random": ("c", "d")},
            "different",
            "it stood elsewhere before the cell",
        ),
        ({"random": ("a", "b")}, {}, "different", "only one of the runs moved it"),
        ({}, {"random": ("a", "b")}, "different", "only one of the runs moved it"),
    ],
)
def test_generators_that_two_runs_leave_elsewhere_are_told_from_those_that_were_seeded(
    first: dict[str, tuple[str, str]], second: dict[str, tuple[str, str]], status: str, note: str
) -> None:
    cells = code_cells(STORED)
    (result,) = judge(
        cells, [ran(first), ran(second)], rtol=0, flow=dataflow_of(cell.source for cell in cells)
    )
    (found,) = result.generators
    assert (found.name, found.status, found.note) == ("random", status, note)
    assert (found.before, found.after) == ("a", "b")


@pytest.mark.parametrize(
    ("shown", "status"),
    [("print('mean delivery time:', x)", "different"), ("print('took', start, 's')", "cosmetic")],
)
def test_only_what_stems_from_a_reading_of_the_clock_is_a_duration(shown: str, status: str) -> None:
    text = "mean delivery time: 12.31\n" if "mean" in shown else "took 12.31 s\n"
    stored = notebook(
        code("import time, random\nstart = time.time()\nx = 30 * random.random()", count=1),
        code(shown, count=2, outputs=(printed(text),)),
    )
    cells = code_cells(stored)
    execution = left(
        stored,
        {1: text.replace("12.31", "28.9")},
        facts=Facts(clock=(Site(cell=0, line=2, what="time.time"),)),
    )
    flow = dataflow_of(cell.source for cell in cells)
    assert judge(cells, [execution], rtol=0, flow=flow)[1].status == status
