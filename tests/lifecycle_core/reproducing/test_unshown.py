from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.facts import CellFacts, Facts, Site, Variable
from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.reproduction import EnvironmentFacts, InputFile, Reproduction, Unshown
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
STORED = notebook(
    code("x = draw()", count=1),
    code("save(x, 'model.json')", count=2),
    code("print('ok')", count=3, outputs=(printed("ok\n"),)),
)
DRAWS = Site(cell=0, line=1, what="numpy.random.random")


def check(world: Callable[[Plan, int], Execution]) -> Reproduction:
    runs = FakeRuns(world)
    executions = runs.together(clean_plans(STORED, 2), "clean")
    record = reproduce(STORED, executions, rtol=1e-6, environment=HERE, runs=runs)
    assert Reproduction.from_json(record.to_json()) == record
    return record


def written(number: int) -> tuple[InputFile, ...]:
    return (InputFile(path="model.json", digest=f"sha256:{number}", cells=(1,)),)


def test_a_model_that_comes_out_otherwise_is_told_and_is_no_alarm() -> None:
    def world(plan: Plan, number: int) -> Execution:
        return left(
            plan.notebook,
            {2: "ok\n"},
            variables={0: {"x": str(number)}},
            written=written(number),
            facts=Facts(random=(DRAWS,)),
        )

    record = check(world)
    assert (record.verdict, record.reproducible, record.causes) == ("identical", True, ())
    why = {"kind": "unseeded_random", "what": "numpy.random.random", "at": 0, "line": 1}
    assert record.unshown == (
        Unshown.model_validate({"cell": 0, "names": ("x",), **why}),
        Unshown.model_validate({"cell": 1, "files": ("model.json",), **why}),
    )


def test_runs_that_leave_the_same_leave_nothing_to_tell() -> None:
    record = check(
        lambda plan, _: left(
            plan.notebook, {2: "ok\n"}, variables={0: {"x": "1"}}, written=written(1)
        )
    )
    assert record.unshown == ()


def test_a_file_of_one_run_only_differs() -> None:
    def world(plan: Plan, number: int) -> Execution:
        one = InputFile(path=f"run-{number}.txt", digest="sha256:1")
        return left(plan.notebook, {2: "ok\n"}, written=(one,))

    assert check(world).unshown == (Unshown(files=("run-0.txt", "run-1.txt")),)


def test_what_did_not_change_the_cell_is_not_why() -> None:
    """A model without a `random_state` that came out the same in both runs is not to blame."""

    def world(plan: Plan, number: int) -> Execution:
        return left(
            plan.notebook,
            {2: "ok\n"},
            variables={0: {"x": "1"}},
            written=written(number),
            facts=Facts(random=(DRAWS,)),
        )

    (one,) = check(world).unshown
    assert (one.cell, one.kind) == (1, None)


def test_durations_are_not_told() -> None:
    def world(plan: Plan, number: int) -> Execution:
        clock = Facts(clock=(Site(cell=0, line=1, what="time.perf_counter"),))
        return left(plan.notebook, {2: "ok\n"}, variables={0: {"x": str(number)}}, facts=clock)

    record = check(world)
    assert [found.status for found in record.cells[0].variables] == ["different"]
    assert record.unshown == ()


def test_a_notebook_that_differs_has_its_causes_instead() -> None:
    def world(plan: Plan, number: int) -> Execution:
        return left(plan.notebook, {2: f"{number}\n"}, written=written(number))

    record = check(world)
    assert not record.reproducible
    assert record.unshown == ()


def test_what_a_cell_made_of_another_type_is_no_duration() -> None:
    clock = Facts(clock=(Site(cell=0, line=1, what="time.perf_counter"),))

    def world(plan: Plan, number: int) -> Execution:
        run = left(plan.notebook, {2: "ok\n"}, facts=clock)
        made = Variable(type="numpy.ndarray", digest=str(number))
        cells = {0: CellFacts(variables={"x": made})}
        return replace(run, facts=replace(clock, cells=cells))

    assert [one.names for one in check(world).unshown] == [("x",)]
