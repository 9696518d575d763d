from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.finding import Finding
from lifecycle_core.schema.reproduction import EnvironmentFacts, InputFile, Reproduction
from tests.fakes.engine import replayed, run
from tests.fakes.notebooks import code, markdown, notebook, printed
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
STORED = notebook(
    markdown("# Model"),
    code("x = load()", count=1),
    code("print(x)", count=2, outputs=(printed("0.81\n"),)),
    code("print(y)", count=3, outputs=(printed("0.5\n"),)),
)


def judge(stored: Notebook, execution: Execution) -> Reproduction:
    record = reproduce(stored, [execution], rtol=1e-6, environment=HERE)
    assert Reproduction.from_json(record.to_json()) == record
    return record


def statuses(record: Reproduction) -> list[str]:
    return [cell.status for cell in record.cells]


def test_the_same_outputs_are_reproducible() -> None:
    read = InputFile(path="data.csv", digest="sha256:1", cells=(1,))
    record = judge(STORED, replayed(STORED, inputs=(read,)))
    assert record.verdict == "identical"
    assert record.reproducible
    assert [cell.index for cell in record.cells] == [1, 2, 3]
    assert record.causes == ()
    assert record.inputs == (read,)
    assert record.notebook == "model.ipynb"


@pytest.mark.parametrize(
    ("text", "verdict", "reproducible"),
    [
        ("0.81000001\n", "tolerance", True),
        ("\x1b[1m0.81\x1b[0m\n", "cosmetic", True),
        ("0.79\n", "different", False),
    ],
)
def test_the_worst_cell_gives_the_verdict(text: str, verdict: str, *, reproducible: bool) -> None:
    record = judge(STORED, replayed(STORED, changes={2: (printed(text),)}))
    assert statuses(record) == ["identical", verdict, "identical"]
    assert record.verdict == verdict
    assert record.reproducible is reproducible


def test_what_nothing_explains_is_unexplained() -> None:
    changed = {2: (printed("0.79\n"),), 3: (printed("0.6\n"),)}
    (cause,) = judge(STORED, replayed(STORED, changes=changed)).causes
    assert (cause.kind, cause.cell, cause.confidence) == ("unexplained", 2, 0.0)
    assert "0.81" in cause.evidence
    assert cause.evidence.endswith("Cells that do not reproduce either: 3.")


@pytest.mark.parametrize(
    ("message", "kind", "names", "hint"),
    [
        ("ModuleNotFoundError: No module named 'torch.nn'", "missing_module", ("torch",), "torch"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'data/x.csv'",
            "missing_data",
            ("data/x.csv",),
            "git ignores",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/home/me/x.csv'",
            "absolute_path",
            ("/home/me/x.csv",),
            "relative path",
        ),
        ("NameError: name 'gone' is not defined", "undefined_name", ("gone",), "No cell before"),
        ("StdinNotImplementedError: raw_input was called", "interactive_input", (), "parameters"),
        ("ValueError: no rows", "unexplained", (), "Read the error"),
    ],
)
def test_a_failed_cell_names_its_cause(
    message: str, kind: str, names: tuple[str, ...], hint: str
) -> None:
    trace = {
        "output_type": "error",
        "ename": "E",
        "evalue": "",
        "traceback": ["---", "Cell \x1b[32mIn[2]\x1b[39m\x1b[32m, line 4\x1b[39m\n      1 x"],
    }
    ended = run("error", stopped_at=2, message=message)
    record = judge(STORED, replayed(STORED, changes={2: (trace,)}, failed=2, ended=ended))
    assert statuses(record) == ["identical", "failed", "not_run"]
    assert record.verdict == "failed"
    assert not record.reproducible
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.line, cause.names) == (kind, 2, 4, names)
    assert hint in cause.hint


@pytest.mark.parametrize(
    ("severity", "expected"), [("error", 0.9), ("warning", 0.4), ("info", None)]
)
def test_what_reading_says_of_cells_that_no_run_reached_is_named(
    severity: str, expected: float | None
) -> None:
    finding = Finding.model_validate(
        {"code": "NB301", "rule": "unseeded", "kind": "unseeded_random", "severity": severity,
         "cell": 3, "line": 1, "message": "It draws.", "hint": "Seed it."}
    )  # fmt: skip
    ended = run("error", stopped_at=2, message="ModuleNotFoundError: No module named 'helpers'")
    failing = replayed(STORED, failed=2, ended=ended)
    record = reproduce(STORED, [failing], rtol=1e-6, environment=HERE, findings=[finding])
    first, *others = record.causes
    assert first.kind == "missing_module"
    assert [(one.kind, one.cell, one.shown_by) for one in others] == (
        [("unseeded_random", 3, "static")] if expected else []
    )
    assert all(one.confidence == pytest.approx(expected, abs=0.1) for one in others)


def test_a_name_defined_further_down_is_pointed_at() -> None:
    stored = notebook(code("print(late)", count=2), code("late = 1", count=1))
    ended = run("error", stopped_at=0, message="NameError: name 'late' is not defined")
    record = judge(stored, replayed(stored, failed=0, ended=ended))
    assert [cause.kind for cause in record.causes] == ["undefined_name", "out_of_order"]
    assert record.causes[0].hint == "Cell 1 defines late; move it above cell 0."
    assert record.causes[1].confidence < 1


def test_falling_counts_alone_are_no_cause() -> None:
    stored = notebook(code("a = 1", count=9), code("print(a)", count=2, outputs=(printed("1"),)))
    assert judge(stored, replayed(stored)).causes == ()
    changed = judge(stored, replayed(stored, changes={1: (printed("2"),)}))
    assert [cause.kind for cause in changed.causes] == ["out_of_order"]


@pytest.mark.parametrize(
    ("way", "kind"),
    [("killed", "kernel_died"), ("timeout", "timeout"), ("exited", "early_exit")],
)
def test_a_run_that_ends_early_is_incomplete(way: str, kind: str) -> None:
    ended = run(stopped_at=2, message="why").model_copy(update={"exit": way})
    record = judge(STORED, replayed(STORED, ended=ended))
    assert statuses(record) == ["identical", "failed", "not_run"]
    assert record.verdict == "incomplete"
    assert [cause.kind for cause in record.causes] == [kind]


def test_a_notebook_without_outputs_cannot_be_compared() -> None:
    stored = notebook(code("x = 1"), code("print(x)"))
    record = judge(stored, replayed(stored, changes={1: (printed("1\n"),)}))
    assert statuses(record) == ["identical", "skipped"]
    assert record.verdict == "incomplete"
    assert not record.reproducible
    assert "Run all cells" in record.causes[0].hint


def test_tags_are_honoured() -> None:
    stored = notebook(
        code("slow()", tags=("skip-execution",)),
        code("random()", tags=("nondeterministic",), count=1, outputs=(printed("0.3"),)),
        code("fine", count=2),
    )
    execution = replayed(stored, changes={1: (printed("0.7"),)})
    record = judge(stored, execution)
    assert statuses(record) == ["skipped", "skipped", "identical"]
    assert record.verdict == "identical"


def test_a_cell_that_asks_for_a_run_of_its_own_is_not_compared() -> None:
    stored = notebook(code("%promote churn", count=1, outputs=(printed("a panel"),)))
    record = judge(stored, replayed(stored, changes={0: (printed("recorded"),)}))
    assert statuses(record) == ["skipped"]
    assert record.cells[0].detail == "%promote does not act in a clean run"


def test_an_absolute_path_stays_out_of_the_record() -> None:
    stored = notebook(code("1", count=1), path=Path("/home/me/project/model.ipynb"))
    assert judge(stored, replayed(stored)).notebook == "model.ipynb"


def test_a_notebook_without_outputs_says_with_what_the_runs_were_compared() -> None:
    cleared = notebook(code("print(1)"))
    runs = FakeRuns(lambda plan, _number: left(plan.notebook, {0: "1\n"}))
    executions = runs.together(clean_plans(cleared, 2), "clean")
    record = reproduce(cleared, executions, rtol=1e-6, environment=HERE)
    assert (record.verdict, record.reference) == ("identical", "clean_run")
