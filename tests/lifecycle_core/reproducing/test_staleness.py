from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.errors import EnvironmentUnavailable, TargetUnwritable
from lifecycle_core.notebooks.circumstances import Circumstances, Pin
from lifecycle_core.notebooks.facts import Facts, Site
from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.finding import Finding
from lifecycle_core.schema.reproduction import EnvironmentFacts, InputFile, Reproduction
from lifecycle_core.schema.session import LostSource
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan
    from lifecycle_core.notebooks.read import Notebook

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
READ = InputFile(path="x.csv", digest="sha256:1", cells=(0,))


def sources(plan: Plan) -> list[str]:
    return [cell["source"] for cell in plan.notebook.content["cells"]]


def check(
    stored: Notebook,
    world: Callable[[Plan, int], Execution],
    *,
    around: Circumstances = Circumstances(),  # noqa: B008 - frozen
    lost: Sequence[LostSource] = (),
) -> Reproduction:
    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    return reproduce(
        stored,
        executions,
        rtol=1e-6,
        environment=HERE,
        runs=runs,
        look_around=lambda _inputs, _since: around,
        lost=lost,
    )


def stored_with(counts: Sequence[int | None], text: str = "as stored\n") -> Notebook:
    return notebook(
        code("x = load('x.csv')", count=counts[0]),
        code("x = x + 1", count=counts[1]),
        code("print(x)", count=counts[2], outputs=(printed(text),)),
    )


def always(text: str) -> Callable[[Plan, int], Execution]:
    def world(plan: Plan, _number: int) -> Execution:
        at = sources(plan).index("print(x)")
        return left(plan.notebook, {at: text}, inputs=(READ,))

    return world


def test_the_order_of_the_stored_counts_is_tried() -> None:
    def world(plan: Plan, _number: int) -> Execution:
        order = sources(plan)
        at = order.index("print(x)")
        before = "x = x + 1" in order[:at]
        return left(plan.notebook, {at: "two\n" if before else "one\n"})

    record = check(stored_with([1, 3, 2], "one\n"), world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("out_of_order", 2, "intervention")
    assert [(trial.factors, trial.agrees) for trial in record.trials] == [(("order",), True)]


def test_a_cell_that_ran_twice_is_found_by_running_it_twice() -> None:
    def world(plan: Plan, _number: int) -> Execution:
        order = sources(plan)
        return left(plan.notebook, {order.index("print(x)"): f"{order.count('x = x + 1')}\n"})

    record = check(stored_with([1, 3, 4], "2\n"), world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("out_of_order", 1, "intervention")
    assert "run 2 times" in cause.evidence


def test_data_that_git_recorded_is_put_back() -> None:
    around = Circumstances(recorded={Path("x.csv"): b"old"}, recorded_by="git recorded it")

    def world(plan: Plan, _number: int) -> Execution:
        text = "as stored\n" if plan.recorded else "new\n"
        return left(plan.notebook, {2: text}, inputs=(READ,))

    (cause,) = check(stored_with([1, 2, 3]), world, around=around).causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("changed_data", 0, "intervention")
    assert "x.csv as git recorded it" in cause.evidence


PINS = tuple(
    Pin(name="polars", wanted=wanted, here="2.0", said_by="requirements.txt")
    for wanted in ("<1", "!=0.4")
)


def test_the_versions_that_files_ask_for_are_tried() -> None:
    def world(plan: Plan, _number: int) -> Execution:
        text = "as stored\n" if plan.versions == {"polars": "<1,!=0.4"} else "new\n"
        return left(plan.notebook, {2: text})

    checked = check(stored_with([1, 2, 3]), world, around=Circumstances(pins=PINS))
    (cause,) = checked.causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("environment_drift", 2, "intervention")
    assert "With the versions asked for" in cause.evidence
    assert checked.trials[-1].factors == ("environment",)


@pytest.mark.parametrize(
    "error",
    [
        EnvironmentUnavailable("polars<1 is on no index.", reason="not_on_index"),
        TargetUnwritable("The cache cannot be written.", path="cache"),
    ],
)
def test_versions_that_are_not_to_be_had_stay_a_sign(error: Exception) -> None:
    def world(plan: Plan, _number: int) -> Execution:
        if plan.versions:
            raise error
        return left(plan.notebook, {2: "new\n"})

    (cause,) = check(stored_with([1, 2, 3]), world, around=Circumstances(pins=PINS)).causes
    assert (cause.kind, cause.shown_by) == ("environment_drift", "observation")


@pytest.mark.parametrize(
    ("kind", "at", "cell", "expected"),
    [("deleted", 2, None, "deleted_cell"), ("edited", 1, 1, "edited_after_run")],
)
def test_code_of_the_live_session_is_put_back(
    kind: str, at: int, cell: int | None, expected: str
) -> None:
    lost = LostSource.model_validate(
        {"kind": kind, "source": "x = x * 9", "count": 3, "cell": cell, "at": at}
    )

    def world(plan: Plan, _number: int) -> Execution:
        order = sources(plan)
        text = "as stored\n" if "x = x * 9" in order else "other\n"
        return left(plan.notebook, {order.index("print(x)"): text})

    (cause,) = check(stored_with([1, 2, 4]), world, lost=[lost]).causes
    assert (cause.kind, cause.shown_by) == (expected, "intervention")
    assert cause.cell == (2 if cell is None else cell)


def test_a_cell_that_follows_the_clock_is_shown_by_moving_it() -> None:
    site = Site(cell=0, line=1, what="datetime.date.today")

    def world(plan: Plan, _number: int) -> Execution:
        text = "today\n" if plan.conditions.factors.clock is None else "another day\n"
        return left(plan.notebook, {2: text}, facts=Facts(clock=(site,)))

    (cause,) = check(stored_with([1, 2, 3]), world).causes
    assert (cause.kind, cause.cell, cause.line) == ("clock", 0, 1)
    assert cause.shown_by == "intervention"
    assert (cause.explains, cause.trial) == (2, 0)


PIN = Pin(name="pandas", wanted="==1.5", here="3.0", said_by="requirements.txt")


@pytest.mark.parametrize(
    ("counts", "around", "kind", "cell"),
    [
        ([1, 2, 3], Circumstances(newer=frozenset({"x.csv"})), "changed_data", 0),
        ([1, 2, 3], Circumstances(newer=frozenset({"y.csv"})), "edited_after_run", 2),
        ([1, 2, 3], Circumstances(emptied=frozenset({""})), "missing_data", 0),
        ([1, 2, 3], Circumstances(emptied=frozenset({"parts"})), "edited_after_run", 2),
        ([1, 2, 3], Circumstances(emptied=frozenset({"x.csv"})), "missing_data", 0),
        ([1, 2, 3], Circumstances(emptied=frozenset({"load"})), "edited_after_run", 2),
        ([1, 2, 3], Circumstances(pins=(PIN,)), "environment_drift", 2),
        ([1, 2, 3], Circumstances(saved_python="3.8.1", python="3.11.7"), "environment_drift", 2),
        ([1, 2, 3], Circumstances(saved_python="3.11.1", python="3.11.7"), "edited_after_run", 2),
        ([1, 2, 4], Circumstances(), "deleted_cell", 2),
        ([2, 1, 3], Circumstances(), "out_of_order", 2),
        ([None, None, None], Circumstances(), "unexplained", 2),
    ],
)
def test_signs_are_weighed_where_no_trial_helps(
    counts: list[int | None], around: Circumstances, kind: str, cell: int
) -> None:
    (cause,) = check(stored_with(counts), always("other\n"), around=around).causes
    assert (cause.kind, cause.cell, cause.shown_by) == (kind, cell, "observation")
    assert cause.confidence < 0.9


def test_an_answer_of_the_network_is_a_sign() -> None:
    site = Site(cell=0, line=1, what="connect 127.0.0.1:80")

    def world(plan: Plan, _number: int) -> Execution:
        return left(plan.notebook, {2: "default\n"}, facts=Facts(network=(site,)))

    (cause,) = check(stored_with([1, 2, 3]), world).causes
    assert (cause.kind, cause.cell, cause.line) == ("network", 0, 1)


def test_a_search_in_a_folder_that_is_not_there_is_a_sign() -> None:
    site = Site(cell=0, line=1, what="search", path="/copy/parts")

    def world(plan: Plan, _number: int) -> Execution:
        return left(plan.notebook, {2: "0\n"}, facts=Facts(absent=(site,)))

    (cause,) = check(stored_with([1, 2, 3]), world).causes
    assert (cause.kind, cause.cell, cause.names) == ("missing_data", 0, ("parts",))


def test_a_folder_that_the_run_makes_itself_is_not_missed() -> None:
    site = Site(cell=0, line=1, what="search", path="/copy/out")
    made = Site(cell=1, line=1, what="os.mkdir", path="/copy/out")

    def world(plan: Plan, _number: int) -> Execution:
        return left(plan.notebook, {2: "0\n"}, facts=Facts(absent=(site,), writes=(made,)))

    (cause,) = check(stored_with([1, 2, 3]), world).causes
    assert cause.kind == "edited_after_run"


def test_a_name_error_that_another_order_mends_is_a_matter_of_order() -> None:
    stored = notebook(
        code("print(late)", count=2, outputs=(printed("5\n"),)), code("late = 5", count=1)
    )

    def world(plan: Plan, _number: int) -> Execution:
        order = sources(plan)
        if order.index("print(late)") == 0:
            ended = run("error", stopped_at=0, message="NameError: name 'late' is not defined")
            return left(plan.notebook, {}, ended=ended)
        return left(plan.notebook, {1: "5\n"})

    record = check(stored, world)
    assert record.verdict == "failed"
    assert [(cause.kind, cause.cell) for cause in record.causes] == [("out_of_order", 0)]


def test_a_name_whose_code_the_session_still_has_is_shown_by_putting_it_back() -> None:
    stored = notebook(code("print(gone)", count=2, outputs=(printed("5\n"),)))
    lost = LostSource(kind="deleted", source="gone = 5", count=1, at=0)

    def world(plan: Plan, _number: int) -> Execution:
        if "gone = 5" not in sources(plan):
            ended = run("error", stopped_at=0, message="NameError: name 'gone' is not defined")
            return left(plan.notebook, {}, ended=ended)
        return left(plan.notebook, {1: "5\n"})

    (cause,) = check(stored, world, lost=[lost]).causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("deleted_cell", 0, "intervention")
    assert "%reproduce --restore 1" in cause.hint


def test_one_sign_speaks_for_all_cells_that_it_fits() -> None:
    stored = notebook(
        code("x = 1", count=1),
        code("print(x)", count=2, outputs=(printed("2\n"),)),
        code("y = x", count=3),
        code("print(y)", count=4, outputs=(printed("2\n"),)),
    )
    record = check(stored, lambda plan, _: left(plan.notebook, {1: "1\n", 3: "1\n"}))
    assert [cell.status for cell in record.cells].count("different") == 2
    assert [(cause.kind, cause.cell) for cause in record.causes] == [("edited_after_run", 0)]


def test_an_edit_is_looked_for_where_it_explains_all_that_differs() -> None:
    stored = notebook(
        code("a = 1", count=1),
        code("b = a + 1", count=2),
        code("print(a)", count=3, outputs=(printed("1\n"),)),
        code("print(b)", count=4, outputs=(printed("9\n"),)),
        code("print(b * 2)", count=5, outputs=(printed("18\n"),)),
    )
    (cause,) = check(
        stored, lambda plan, _: left(plan.notebook, {2: "1\n", 3: "2\n", 4: "4\n"})
    ).causes
    assert (cause.kind, cause.cell) == ("edited_after_run", 1)


def raised(plan: Plan, texts: dict[int, str]) -> Execution:
    ended = run("error", stopped_at=2, message="KeyError: 'k'")
    return left(plan.notebook, texts, ended=ended)


def test_an_error_alone_is_no_sign_of_an_edit() -> None:
    (cause,) = check(stored_with([1, 2, 3]), lambda plan, _: raised(plan, {})).causes
    assert (cause.kind, cause.cell, cause.explains, cause.confidence) == ("unexplained", 2, 2, 0)
    assert "once ran to its end" in cause.evidence
    assert "data or the packages" in cause.hint


def test_an_error_below_a_result_that_the_same_edit_explains_is_put_down_to_it() -> None:
    stored = notebook(
        code("x = 1", count=1),
        code("print(x)", count=2, outputs=(printed("2\n"),)),
        code("d[x]", count=3),
    )
    cause, *_ = check(stored, lambda plan, _: raised(plan, {1: "1\n"})).causes
    assert (cause.kind, cause.cell, cause.explains) == ("edited_after_run", 0, 2)
    assert "another result of cell 1" in cause.evidence
    assert "In cell 2, which depends on it, they raise an error." in cause.evidence


def test_times_of_files_that_were_all_copied_say_little() -> None:
    around = Circumstances(newer=frozenset({"x.csv"}), burst=True)
    causes = check(stored_with([1, 2, 3]), always("other\n"), around=around).causes
    assert {(cause.kind, cause.confidence) for cause in causes} == {
        ("changed_data", 0.6),
        ("edited_after_run", 0.4),
    }


@pytest.mark.parametrize(
    ("count", "sure", "said"), [(None, 1.0, "was not run before"), (7, 0.4, "it was cleared, or")]
)
def test_a_cell_of_which_nothing_is_stored_is_no_riddle(
    count: int | None, sure: float, said: str
) -> None:
    stored = notebook(
        code("x = 2", count=1),
        code("print(x)", count=2, outputs=(printed("2\n"),)),
        code("print(x * 2)", count=count),
    )
    record = check(stored, lambda plan, _number: left(plan.notebook, {1: "2\n", 2: "4\n"}))
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.confidence) == ("edited_after_run", 2, sure)
    assert said in cause.evidence
    assert record.trials == ()


def test_a_long_cell_is_not_run_hundreds_of_times_to_fill_a_gap() -> None:
    stored = stored_with((1, 2, 200))

    def longest(seconds: float) -> int:
        seen = [0]

        def world(plan: Plan, _number: int) -> Execution:
            seen.append(len(plan.notebook.content["cells"]))
            ran = left(plan.notebook, {2: "otherwise\n"})
            cells = {at: replace(cell, seconds=seconds) for at, cell in ran.cells.items()}
            return replace(ran, cells=cells)

        check(stored, world)
        return max(seen)

    assert longest(0.01) > 190
    assert longest(30.0) == 3


def test_neighbouring_cells_that_ran_twice_are_found_by_running_them_twice() -> None:
    def world(plan: Plan, _number: int) -> Execution:
        order = sources(plan)
        wanted = ["x = load('x.csv')", "x = x + 1", "print(x)", "x = x + 1", "print(x)"]
        last = len(order) - 1 - order[::-1].index("print(x)")
        return left(plan.notebook, {last: "twice\n" if order == wanted else "once\n"})

    (cause,) = check(stored_with([1, 4, 5], "twice\n"), world).causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("out_of_order", 1, "intervention")
    assert "cells 1 to 2 run 2 times" in cause.evidence


def test_a_cell_that_changes_nothing_counts_where_results_are_asked_for_by_number() -> None:
    stored = notebook(
        code("a = 7", count=1),
        code("a * 2", count=3),
        code("print(Out[3] + 1)", count=4, outputs=(printed("15\n"),)),
    )

    def world(plan: Plan, _number: int) -> Execution:
        at = sources(plan).index("print(Out[3] + 1)")
        if at == 3:
            return left(plan.notebook, {at: "15\n"})
        ended = run("error", stopped_at=at, message="KeyError: 3")
        return left(plan.notebook, {}, ended=ended)

    (cause,) = check(stored, world).causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("out_of_order", 1, "intervention")


def test_a_gap_that_no_trial_explains_may_be_either() -> None:
    (cause,) = check(stored_with([1, 3, 4]), always("other\n")).causes
    assert (cause.kind, cause.shown_by) == ("deleted_cell", "observation")
    assert "or a cell was run again" in cause.evidence
    assert cause.confidence < 0.8


COPY = "/copy"


def with_files(
    execution: Execution, *, writes: Sequence[tuple[int, str]] = (), reads: Sequence[str] = ()
) -> Execution:
    facts = Facts(
        writes=tuple(Site(cell=at, path=f"{COPY}/{path}") for at, path in writes),
        reads=tuple(Site(cell=0, path=f"{COPY}/{path}") for path in reads),
    )
    return replace(execution, facts=facts, roots=((COPY, "/home/me/project"),))


def test_files_that_the_notebook_left_are_taken_away() -> None:
    stored = notebook(
        code("print(len(glob.glob('out_*.csv')))", count=1, outputs=(printed("0\n"),)),
        code("x.to_csv(name)", count=2),
    )

    def world(plan: Plan, _number: int) -> Execution:
        alone = "out_#.csv" in plan.without
        ran = left(plan.notebook, {0: "0\n" if alone else "1\n"})
        return with_files(ran, writes=[(1, "out_1445.csv")])

    (cause,) = check(stored, world).causes
    assert (cause.kind, cause.cell, cause.explains) == ("self_modifying_input", 1, 0)
    assert (cause.shown_by, cause.names) == ("intervention", ("out_1445.csv",))


@pytest.mark.parametrize("made", [True, False])
def test_a_cache_counts_only_if_the_notebook_makes_it(made: bool) -> None:  # noqa: FBT001
    stored = notebook(
        code(
            "c = Path('res.json')\nprint(c.exists()); c.write_text('')",
            count=1,
            outputs=(printed("False\n"),),
        )
    )

    def world(plan: Plan, _number: int) -> Execution:
        alone = "res.json" in plan.without
        ran = left(plan.notebook, {0: "False\n" if alone else "True\n"})
        if alone:
            return with_files(ran, writes=[(0, "res.json")] if made else [])
        return with_files(ran, reads=["res.json"])

    (cause,) = check(stored, world).causes
    assert cause.kind == ("self_modifying_input" if made else "edited_after_run")


@pytest.mark.parametrize(
    ("source", "kind", "names"),
    [
        ("r = os.environ.get('REGION', 'East')", "environment_drift", ("REGION",)),
        ("r = os.getenv('REGION')", "environment_drift", ("REGION",)),
        ("os.environ['REGION'] = 'N'; r = os.environ['REGION']", "edited_after_run", ()),
        ("r = datetime.fromtimestamp(1700000000)", "environment_drift", ()),
        ("r = datetime.fromtimestamp(1700000000, tz=UTC)", "edited_after_run", ()),
    ],
)
def test_settings_of_the_machine_come_before_an_edit(
    source: str, kind: str, names: tuple[str, ...]
) -> None:
    stored = notebook(code(source, count=1), code("print(r)", count=2, outputs=(printed("a\n"),)))

    def world(plan: Plan, _number: int) -> Execution:
        return left(plan.notebook, {1: "b\n"})

    (cause,) = check(stored, world).causes
    assert (cause.kind, cause.names) == (kind, names)


def test_where_a_program_is_started_an_edit_is_doubted() -> None:
    def world(plan: Plan, _number: int) -> Execution:
        facts = Facts(processes=(Site(cell=0, line=1, what="date +%s"),))
        return left(plan.notebook, {2: "other\n"}, facts=facts)

    (cause,) = check(stored_with([1, 2, 3]), world).causes
    assert (cause.kind, cause.confidence) == ("edited_after_run", 0.4)
    assert "the program that cell 0 starts" in cause.evidence


@pytest.mark.parametrize(("defined", "causes"), [(("a", "b"), 1), (("a",), 2)])
def test_names_that_the_same_deleted_code_had_defined_are_one_cause(
    defined: tuple[str, ...], causes: int
) -> None:
    lost = LostSource(kind="deleted", source="a = b = 5", count=1, at=0, defined=defined)
    stored = notebook(code("print(a)", count=2, outputs=(printed("5\n"),)), code("b", count=3))

    def world(plan: Plan, _number: int) -> Execution:
        if sources(plan)[0] == lost.source:
            return left(plan.notebook, {1: "5\n"})
        ended = run("error", stopped_at=0, message="NameError: name 'a' is not defined")
        return left(plan.notebook, {}, ended=ended)

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    missing = Finding(
        code="NB101", rule="undefined-name", kind="undefined_name", severity="error", cell=1,
        line=1, names=("b",), message="b is not defined", hint="define it",
    )  # fmt: skip
    record = reproduce(
        stored, executions, rtol=1e-6, environment=HERE, runs=runs, lost=[lost], findings=[missing]
    )
    assert len(record.causes) == causes
    assert record.causes[0].kind == "deleted_cell"
    assert ("which cell 1 needs" in record.causes[0].evidence) == (causes == 1)
