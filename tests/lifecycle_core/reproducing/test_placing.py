from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.reproduction import EnvironmentFacts
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")


def test_the_home_of_a_run_is_told_as_home_and_is_no_difference() -> None:
    stored = notebook(code("read(Path.home() / 'clients.csv')", count=1))

    def world(plan: Plan, number: int) -> Execution:
        home = f"/tmp/nbrelease-run-a/r{number}/home"
        message = f"FileNotFoundError: [Errno 2] No such file or directory: '{home}/clients.csv'"
        ended = left(plan.notebook, {}, ended=run("error", stopped_at=0, message=message))
        error = {"output_type": "error", "ename": "FileNotFoundError", "evalue": message}
        cell = replace(ended.cells[0], outputs=({**error, "traceback": [message]},))
        return replace(ended, cells={0: cell}, home=home)

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    record = reproduce(stored, executions, rtol=1e-6, environment=HERE, runs=runs)
    (cause,) = record.causes
    assert (cause.kind, cause.names) == ("absolute_path", ("~/clients.csv",))
    assert "nbrelease-run" not in record.to_json()
