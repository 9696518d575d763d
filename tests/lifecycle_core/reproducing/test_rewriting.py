from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.reproduction import EnvironmentFacts, InputFile, Reproduction
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
STORED = notebook(
    code("rows = read('x.csv')", count=1),
    code("print(len(rows))", count=2, outputs=(printed("9\n"),)),
    code("write('x.csv', rows[1:])", count=3),
)
READ = InputFile(path="x.csv", digest="sha256:1", cells=(0,))


def check(second: str, *, written: str, first: str = "9\n") -> Reproduction:
    wrote = InputFile(path="x.csv", digest=written, cells=(2,))

    def world(plan: Plan, _number: int) -> Execution:
        text = first if plan.folder_of is None else second
        return left(plan.notebook, {1: text}, inputs=(READ,), written=(wrote,))

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(STORED, 2), "clean")
    return reproduce(STORED, executions, rtol=1e-6, environment=HERE, runs=runs)


def test_a_second_run_in_the_folder_shows_that_the_input_is_rewritten() -> None:
    record = check("8\n", written="sha256:2")
    assert record.verdict == "different"
    assert record.cells[1].detail.startswith("a second run in the same folder")
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("self_modifying_input", 2, "intervention")
    assert cause.names == ("x.csv",)
    assert (cause.explains, record.trials[cause.trial or 0].factors) == (1, ("same_folder",))


@pytest.mark.parametrize(
    ("second", "written"), [("9\n", "sha256:2"), ("8\n", "sha256:1"), ("9\n", "sha256:1")]
)
def test_a_rewrite_that_changes_nothing_is_no_fault(second: str, written: str) -> None:
    record = check(second, written=written)
    assert record.verdict == "identical"
    assert record.causes == ()


def test_stored_outputs_from_another_state_of_the_input_are_put_down_to_it() -> None:
    record = check("7\n", written="sha256:2", first="8\n")
    assert (record.causes[0].kind, record.causes[0].cell) == ("self_modifying_input", 2)


def test_a_cell_that_is_random_anyway_is_not_blamed_on_the_file() -> None:
    stored = notebook(
        code("rows = read('x.csv')", count=1),
        code("print(random())", count=2, outputs=(printed("0\n"),)),
        code("write('x.csv', rows[1:])", count=3),
    )
    wrote = InputFile(path="x.csv", digest="sha256:2", cells=(2,))

    def world(plan: Plan, number: int) -> Execution:
        return left(plan.notebook, {1: f"0.{number}\n"}, inputs=(READ,), written=(wrote,))

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    record = reproduce(stored, executions, rtol=1e-6, environment=HERE, runs=runs)
    assert "self_modifying_input" not in {cause.kind for cause in record.causes}
