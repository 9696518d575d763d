"""From a failed trial to the next draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.compiling.mending import Judged, judge_trial
from lifecycle_core.compiling.nearness import Nearness, Tolerance
from lifecycle_core.schema.pipeline import Pipeline, Step, StepInput, StepOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

STEPS = (
    Step(name="load", cells=(1,), outputs=(StepOutput(name="x", digest="1"),)),
    Step(
        name="train",
        cells=(2, 3),
        inputs=(StepInput(name="x", step="load"),),
        outputs=(StepOutput(name="x", digest="2"), StepOutput(name="m", note="no digest")),
    ),
    Step(name="judge", cells=(5,), outputs=(StepOutput(name="s", digest="3"),)),
)
PIPELINE = Pipeline(
    name="p",
    notebook="a.ipynb",
    source_digest="sha256:0",
    steps=STEPS,
    exported={"x": "train", "m": "train", "s": "judge"},
)
GOOD = {"load.x": "1", "train.x": "2", "train.m": None, "judge.s": "3"}
EXACT = Tolerance()
RUN = {"x": "2", "m": None, "s": "3"}


@dataclass
class Tried:
    digests: Mapping[str, str | None] = field(default_factory=dict)
    stuck: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    step: str = ""


def judged(
    steps: Tried,
    run: Tried | None = None,
    volatile: Mapping[str, str] | None = None,
    tolerance: Tolerance = EXACT,
) -> Judged:
    return judge_trial(
        PIPELINE, steps, run or Tried(RUN), volatile=volatile or {}, lock="l", python="3",
        tolerance=tolerance,
    )  # fmt: skip


def fused(found: Judged) -> tuple[int, ...]:
    (fusion,) = found.fusions
    assert found.proof is None
    return fusion.cells


def test_equal_values_are_a_proof_that_says_what_it_does_not_cover() -> None:
    found = judged(Tried(GOOD))
    assert found.proof is not None
    assert (found.proof.compared, found.proof.not_compared) == (3, {"train.m": "no digest"})
    found = judged(Tried({**GOOD, "judge.s": "9"}), Tried({**RUN, "s": "8"}), {"s": "it varies"})
    assert found.proof is not None
    assert found.proof.not_compared["judge.s"] == "it varies"


def test_another_value_fuses_its_step_with_the_one_before() -> None:
    assert fused(judged(Tried({**GOOD, "judge.s": "9"}))) == (2, 3, 5)
    assert fused(judged(Tried({**GOOD, "train.x": "9"}))) == (1, 2, 3)
    assert fused(judged(Tried({**GOOD, "load.x": "9"}))) == (1, 2, 3)
    lacking = {key: value for key, value in GOOD.items() if key != "judge.s"}
    assert fused(judged(Tried(lacking))) == (2, 3, 5)


def test_a_difference_of_run_counts_too() -> None:
    assert fused(judged(Tried(GOOD), Tried({**RUN, "s": "9"}))) == (2, 3, 5)
    assert fused(judged(Tried(GOOD), Tried(error="E: x", step=""))) == (1, 2, 3)


def test_an_error_fuses_its_step_with_the_one_before() -> None:
    found = judged(Tried(error="NameError: y", step="judge"))
    assert fused(found) == (2, 3, 5)
    assert "NameError: y" in found.fusions[0].reason


def test_what_is_stuck_is_handed_on_or_kept_inside() -> None:
    found = judged(Tried(GOOD, {"x": "a lambda", "s": "a lock"}))
    assert found.stuck == {"x": "a lambda"}
    assert found.kept_inside == {"s"}


def test_a_single_step_that_fails_is_refused() -> None:
    alone = PIPELINE.model_copy(update={"steps": STEPS[:1], "exported": {"x": "load"}})
    for steps in (Tried({"load.x": "9"}), Tried(error="E: x", step="load")):
        found = judge_trial(alone, steps, Tried({"x": "1"}), volatile={}, lock="", python="")
        assert found.refusal is not None
        assert found.refusal.cells == (1,)
        assert found.refusal.hint


def test_what_differs_is_measured_and_let_pass_within_the_tolerance() -> None:
    steps, run = Tried({**GOOD, "judge.s": "9"}), Tried({**RUN, "s": "8", "x": "7"})
    assert judged(steps, run, tolerance=Tolerance(rtol=1e-6)).unmeasured == {"s", "x"}
    near = {"judge.s": Nearness(size=1e-7, where="[2]"), "train.x": Nearness(size=0.0)}
    proof = judged(steps, run, tolerance=Tolerance(rtol=1e-6, measured=near)).proof
    assert proof is not None
    assert (proof.verdict, proof.rtol, proof.compared) == ("tolerance", 1e-6, 3)
    assert {key: (one.max_rel_error, one.where) for key, one in proof.within.items()} == {
        "judge.s": (1e-7, "[2]")
    }
    assert judged(Tried(GOOD), tolerance=Tolerance(rtol=1e-6)).proof.verdict == "identical"  # type: ignore[union-attr] # there is one


def test_what_differs_by_more_names_step_variable_and_how_much() -> None:
    steps = Tried({**GOOD, "judge.s": "9"})
    for near, how in [
        (Nearness(size=1e-3, where="a[1]"), "by 0.001 at a[1], which is more than the tolerance"),
        (Nearness(reason="differs in more than numbers"), "`s` than the notebook, which differs"),
    ]:
        tolerance = Tolerance(rtol=1e-6, measured={"judge.s": near})
        found = judged(steps, tolerance=tolerance)
        assert how in found.fusions[0].reason
    assert fused(judged(steps, Tried(error="E: x", step=""), tolerance=tolerance)) == (1, 2, 3)


def test_what_two_runs_of_the_notebook_give_differently_is_always_measured() -> None:
    unsteady = Tolerance(rtol=1e-6, unsteady=frozenset({"s"}))
    assert judged(Tried(GOOD), tolerance=unsteady).unmeasured == {"s"}
