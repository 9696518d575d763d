from __future__ import annotations

from dataclasses import replace

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


def outcome(
    source: str, stored: str, fresh: str, name: str = "stdout"
) -> tuple[str, tuple[str, ...]]:
    saved = notebook(code(source, count=1, outputs=(printed(stored, name),)))
    ended = left(saved, {0: fresh})
    shown = ExecutedCell(outputs=(printed(fresh, name),), ran=True)
    ended = replace(ended, cells={0: shown})
    cells = code_cells(saved)
    (result,) = judge(cells, [ended], rtol=0, flow=dataflow_of(cell.source for cell in cells))
    return result.status, result.normalisers


@pytest.mark.parametrize(
    ("source", "stored", "fresh", "status"),
    [
        ("%%writefile a.py\nx = 1", "Writing a.py\n", "Overwriting a.py\n", "cosmetic"),
        ("%%writefile a.py\nx = 1", "Writing a.py\n", "Overwriting b.py\n", "different"),
        ("print(said)", "Writing a.py\n", "Overwriting a.py\n", "different"),
    ],
)
def test_that_a_written_file_was_there_is_no_result(
    source: str, stored: str, fresh: str, status: str
) -> None:
    needed = ("written_files",) if status == "cosmetic" else ()
    assert outcome(source, stored, fresh) == (status, needed)


STAMPS = "2026-11-25 15:41:57,700 {} MainThread loaded {} rows\n"


@pytest.mark.parametrize(
    ("form", "rows", "status"),
    [
        ("%(asctime)s %(process)d %(threadName)s %(message)s", 10, "cosmetic"),
        ("%(asctime)s %(process)d %(threadName)s %(message)s", 11, "different"),
        ("%(asctime)s %(count)d %(threadName)s %(message)s", 10, "different"),
    ],
)
def test_a_bare_number_of_a_process_is_known_by_the_format(
    form: str, rows: int, status: str
) -> None:
    source = f"logging.basicConfig(format='{form}')"
    stored, fresh = STAMPS.format(16636, 10), STAMPS.format(24814, rows)
    assert outcome(source, stored, fresh, "stderr")[0] == status
