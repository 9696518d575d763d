from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.notebooks.facts import Facts, Site
from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.finding import Finding
from lifecycle_core.schema.reproduction import EnvironmentFacts, Reproduction
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan
    from lifecycle_core.schema.finding import Severity

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
NUMBERS = ("0.51", "0.62", "0.002", "0.002")


def check(
    what: str,
    severity: Severity | None,
    *,
    accuracy: str = "0.91",
    numbers: tuple[str, ...] = NUMBERS,
) -> Reproduction:
    stored = notebook(
        code("t = clock(); fit()", count=1),
        code("print(clock() - t, score)", count=2, outputs=(printed("0.73 0.91\n"),)),
    )
    sites = tuple(Site(cell=cell, line=1, what=what) for cell in (0, 1))
    findings = [
        Finding(
            code="NB401", rule="clock", kind="clock", severity=severity, cell=cell, line=1,
            message="", hint="",
        )
        for cell in (0, 1)
        if severity
    ]  # fmt: skip

    def world(plan: Plan, number: int) -> Execution:
        text = f"{numbers[min(number, 3)]} {accuracy}\n"
        return left(plan.notebook, {1: text}, facts=Facts(clock=sites))

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    return reproduce(stored, executions, rtol=1e-6, environment=HERE, runs=runs, findings=findings)


@pytest.mark.parametrize(("what", "severity"), [("time.perf_counter", None), ("time.time", "info")])
def test_a_duration_in_no_usual_words_is_cosmetic(what: str, severity: Severity | None) -> None:
    record = check(what, severity)
    assert record.verdict == "cosmetic"
    assert record.cells[1].normalisers == ("standing_clock",)
    assert record.causes == ()
    assert [(trial.factors, trial.agrees) for trial in record.trials] == [(("clock",), True)]


@pytest.mark.parametrize(
    ("what", "severity", "accuracy"),
    [
        ("datetime.datetime.now", "warning", "0.91"),
        ("time.time", None, "0.91"),
        ("time.perf_counter", None, "0.85"),
    ],
)
def test_what_is_more_than_a_duration_stays_different(
    what: str, severity: Severity | None, accuracy: str
) -> None:
    record = check(what, severity, accuracy=accuracy)
    assert record.verdict == "different"
    assert record.causes


@pytest.mark.parametrize(
    "numbers", [("0.51", "0.62", "0.4371", "0.4371"), ("7379", "7412", "150", "150")]
)
def test_how_far_a_loop_came_within_its_time_is_a_result(numbers: tuple[str, ...]) -> None:
    record = check("time.perf_counter", None, numbers=numbers)
    assert record.verdict == "different"
    assert {cause.kind for cause in record.causes} == {"clock"}
