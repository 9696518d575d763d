from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.notebooks.facts import Facts, Site
from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.finding import Finding
from lifecycle_core.schema.reproduction import Cause, EnvironmentFacts, Reproduction
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import FakeRuns, left

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Plan
    from lifecycle_core.notebooks.read import Notebook

NOTHING = Facts()
HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
STORED = notebook(
    code("words = set(text.split())", count=1),
    code("x = rng.random()", count=2),
    code("y = x + 1", count=3),
    code("print(y)", count=4, outputs=(printed("stored\n"),)),
    code("print(words)", count=5, outputs=(printed("words\n"),)),
)


def check(
    world: Callable[[Plan, int], Execution], stored: Notebook = STORED
) -> tuple[Reproduction, FakeRuns]:
    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    record = reproduce(stored, executions, rtol=1e-6, environment=HERE, runs=runs)
    assert Reproduction.from_json(record.to_json()) == record
    return record, runs


def test_a_generator_that_nobody_seeded_is_shown_by_seeding_it() -> None:
    site = Site(cell=1, line=1, what="numpy.random.default_rng")

    def world(plan: Plan, number: int) -> Execution:
        value = "seeded" if plan.conditions.factors.seed is not None else str(number)
        made = {1: {"x": value}, 2: {"y": value}}
        return left(
            plan.notebook, {3: value, 4: "words\n"}, variables=made, facts=Facts(random=(site,))
        )

    record, runs = check(world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.line, cause.names) == ("unseeded_random", 1, 1, ("x",))
    assert cause.shown_by == "intervention"
    assert "numpy.random.default_rng" in cause.evidence
    assert [(trial.factors, trial.agrees) for trial in record.trials] == [(("seed",), True)]
    assert len(runs.plans) == 4
    assert len(runs.plans[-1].notebook.content["cells"]) == 4  # no further than it must
    assert record.cells[3].agree is False
    assert [v.status for v in record.cells[1].variables] == ["different"]


def test_the_order_of_a_set_is_shown_by_the_hash_seed() -> None:
    def world(plan: Plan, _number: int) -> Execution:
        order = f"order {plan.conditions.hash_seed}"
        return left(plan.notebook, {3: "stored\n", 4: order}, variables={0: {"words": order}})

    record, _ = check(world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.shown_by) == ("hash_order", 0, "intervention")


def test_of_two_suspects_only_the_one_that_is_needed_is_blamed() -> None:
    facts = Facts(
        random=(Site(cell=1, line=1, what="random.random"),),
        clock=(Site(cell=2, line=1, what="time.time"),),
    )

    def world(plan: Plan, number: int) -> Execution:
        value = "frozen" if plan.conditions.factors.clock is not None else str(number)
        return left(
            plan.notebook, {3: value, 4: "words\n"}, variables={2: {"y": value}}, facts=facts
        )

    record, _ = check(world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell) == ("clock", 2)
    assert [trial.agrees for trial in record.trials] == [True, False, True]


def test_two_causes_that_do_not_depend_on_each_other_are_both_told() -> None:
    site = Site(cell=1, line=1, what="random.random")

    def world(plan: Plan, number: int) -> Execution:
        value = "seeded" if plan.conditions.factors.seed is not None else str(number)
        order = f"order {plan.conditions.hash_seed}"
        made = {0: {"words": order}, 1: {"x": value}}
        return left(
            plan.notebook, {3: value, 4: order}, variables=made, facts=Facts(random=(site,))
        )

    record, _ = check(world)
    shown = {
        (cause.kind, cause.cell, cause.explains, record.trials[cause.trial or 0].factors)
        for cause in record.causes
    }
    assert shown == {
        ("unseeded_random", 1, 3, ("seed",)),
        ("hash_order", 0, 4, ("hash_seed",)),
    }


def test_without_evidence_every_factor_is_tried() -> None:
    def world(plan: Plan, number: int) -> Execution:
        value = "one" if plan.conditions.factors.one_thread else str(number)
        return left(plan.notebook, {3: value, 4: "words\n"})

    record, _ = check(world)
    assert [cause.kind for cause in record.causes] == ["thread_order"]


def test_what_no_factor_stills_is_unexplained() -> None:
    def world(plan: Plan, number: int) -> Execution:
        return left(plan.notebook, {3: str(number), 4: "words\n"})

    record, _ = check(world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.confidence) == ("unexplained", 3, 0.0)


def test_the_network_is_asked_last() -> None:
    site = Site(cell=1, line=1, what="connect 127.0.0.1:80")

    def world(plan: Plan, number: int) -> Execution:
        if not plan.conditions.factors.network:
            ended = run("error", stopped_at=1, message="ConnectionRefusedError: refused")
            return left(plan.notebook, {}, ended=ended)
        value = str(number)
        return left(
            plan.notebook,
            {3: value, 4: "words\n"},
            variables={1: {"x": value}},
            facts=Facts(network=(site,)),
        )

    record, _ = check(world)
    (cause,) = record.causes
    assert (cause.kind, cause.cell, cause.line) == ("network", 1, 1)


def test_a_cell_that_fails_in_one_run_only_is_a_disagreement() -> None:
    site = Site(cell=1, line=1, what="random.random")

    def world(plan: Plan, number: int) -> Execution:
        if plan.conditions.factors.seed is None and number == 1:
            ended = run("error", stopped_at=2, message="ValueError: too large")
            return left(plan.notebook, {}, ended=ended, facts=Facts(random=(site,)))
        return left(plan.notebook, {3: "stored\n", 4: "words\n"}, facts=Facts(random=(site,)))

    record, _ = check(world)
    assert record.verdict == "failed"
    assert [(cause.kind, cause.cell) for cause in record.causes] == [("unseeded_random", 1)]


@pytest.mark.parametrize("lucky", [2, 3])
def test_two_runs_that_agree_by_luck_are_not_believed(lucky: int) -> None:
    finding = Finding(
        code="NB303", rule="set-order", kind="hash_order", severity="warning", cell=0, line=1,
        message="The order of a set reaches a result.", hint="Sort it.",
    )  # fmt: skip

    def world(plan: Plan, _number: int) -> Execution:
        text = "words\n" if plan.conditions.hash_seed <= lucky else "sdrow\n"
        return left(plan.notebook, {3: "stored\n", 4: text})

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(STORED, 2), "clean")
    record = reproduce(
        STORED, executions, rtol=1e-6, environment=HERE, runs=runs, findings=[finding]
    )
    assert record.verdict == "different"
    assert len(record.runs) == 4
    assert [(cause.kind, cause.cell) for cause in record.causes] == [("hash_order", 0)]


def finding(cell: int, **more: object) -> Finding:
    return Finding.model_validate(
        {
            "code": "NB301", "rule": "unseeded-random", "kind": "unseeded_random",
            "severity": "warning", "cell": cell, "line": 1, "message": "it draws", "hint": "seed",
            **more,
        }
    )  # fmt: skip


def never_still(stored: Notebook, *findings: Finding, facts: Facts = NOTHING) -> Cause:
    last = max(cell for cell in range(len(stored.content["cells"])))

    def world(plan: Plan, number: int) -> Execution:
        return left(plan.notebook, {last: str(number)}, facts=facts)

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    record = reproduce(
        stored, executions, rtol=1e-6, environment=HERE, runs=runs, findings=findings
    )
    (cause,) = record.causes
    return cause


DRAWN = notebook(
    code("seed_it(getpid())", count=1),
    code("print(draw())", count=2, outputs=(printed("stored\n"),)),
)


def test_what_is_read_is_a_likely_cause_where_no_trial_helps() -> None:
    weak = finding(0, severity="info", hint="weak")
    cause = never_still(DRAWN, weak, finding(1, kind="clock", hint="as of"))
    assert (cause.kind, cause.cell, cause.hint, cause.shown_by) == ("clock", 1, "as of", "static")
    assert cause.explains == 1
    assert "it draws" in cause.evidence
    assert never_still(DRAWN, weak).kind == "unexplained"


def test_what_trials_do_not_reach_is_a_hint() -> None:
    source = "print(con.sql('select * from t order by random() limit 3'))"
    queried = notebook(code(source, count=1, outputs=(printed("stored\n"),)))
    cause = never_still(queried)
    assert cause.kind == "unexplained"
    assert "database draws at random in cell 0" in cause.hint
    started = Facts(processes=(Site(cell=1, line=1, what="shuf -n 3"),))
    assert "Cell 1 starts a program" in never_still(DRAWN, facts=started).hint
    shell = notebook(code("%%bash\necho $RANDOM", count=1, outputs=(printed("stored\n"),)))
    assert "Cell 0 starts a program" in never_still(shell).hint


def test_draws_in_workers_are_told_beside_their_order() -> None:
    stored = notebook(
        code("import numpy as np\nnp.random.seed(0)", count=1),
        code(
            "print(Parallel(n_jobs=2)(delayed(np.random.rand)() for _ in range(4)))",
            count=2,
            outputs=(printed("stored\n"),),
        ),
    )

    def world(plan: Plan, number: int) -> Execution:
        alone = plan.conditions.factors.one_thread
        return left(plan.notebook, {1: "alone" if alone else str(number)})

    record, _ = check(world, stored)
    assert [cause.kind for cause in record.causes] == ["unseeded_random", "thread_order"]
    assert "inside the worker" in record.causes[0].hint
    assert {cause.confidence for cause in record.causes} == {0.5}


def test_a_warning_says_what_to_do_before_a_weak_sign_does() -> None:
    stored = notebook(code("print(now(), time())", count=1, outputs=(printed("stored\n"),)))
    site = Site(cell=0, line=1, what="datetime.datetime.now")

    def world(plan: Plan, number: int) -> Execution:
        still = plan.conditions.factors.clock is not None
        return left(
            plan.notebook, {0: "still" if still else str(number)}, facts=Facts(clock=(site,))
        )

    runs = FakeRuns(world)
    executions = runs.together(clean_plans(stored, 2), "clean")
    findings = [
        finding(0, kind="clock", severity="info", hint="Timings differ"),
        finding(0, kind="clock", hint="Make it a parameter"),
    ]
    record = reproduce(
        stored, executions, rtol=1e-6, environment=HERE, runs=runs, findings=findings
    )
    assert [cause.hint for cause in record.causes] == ["Make it a parameter"]
    assert {trial.agrees for trial in record.trials} == {True}
