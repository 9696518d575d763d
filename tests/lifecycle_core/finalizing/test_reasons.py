"""The sentences an owner signs."""

from __future__ import annotations

from lifecycle_core.finalizing.decisions.base import Constant
from lifecycle_core.finalizing.reasons import reason
from lifecycle_core.schema.finalization import (
    CandidateResult,
    Comparison,
    DecisionRule,
    Interval,
)

IDLE = Constant(words="acting on no row", cost=106.0)


def result(name: str, cost: float, *broken: str) -> CandidateResult:
    return CandidateResult(
        name=name,
        estimator="sklearn.dummy.DummyClassifier",
        metrics={},
        rule=DecisionRule(kind="threshold", value=0.7),
        expected_cost=cost,
        cost_interval=Interval(low=cost - 2, high=cost + 2),
        cost_per_run=cost * 1_000,
        savings=1 - cost / IDLE.cost,
        fit_seconds=123.0,
        predict_ms_per_row=123.0,
        broken_limits=broken,
    )


def sentences(results: tuple[CandidateResult, ...], *comparisons: Comparison) -> tuple[str, ...]:
    return reason(
        results,
        "forest",
        comparisons,
        constant=IDLE,
        explained="Act when it is at least 0.7.",
        currency="EUR",
        rows_per_run=1_000,
    )


def test_every_sentence_of_a_full_comparison() -> None:
    slow = "scoring a row takes longer than limits.predict_ms_per_row allows (1 ms)"
    said = sentences(
        (result("logistic", 93), result("forest", 92), result("network", 80, slow)),
        Comparison(candidate="logistic", difference=1_000, interval=Interval(low=-50, high=2_040)),
        Comparison(
            candidate="network", difference=-12_000, interval=Interval(low=-13e3, high=-9e3)
        ),
    )
    assert said == (
        (
            "forest is chosen: its expected cost is EUR 92,000 per run of 1,000 rows (95% interval "
            "EUR 90,000 to EUR 94,000), the lowest of 2 candidates within the limits."
        ),
        (
            "The runner-up, logistic, costs EUR 1,000 more per run (95% interval on the same rows "
            "EUR -50.00 to EUR 2,040): that may be chance."
        ),
        (
            "The simpler logistic cannot be told apart from it in cost on these rows; prefer it if "
            "it is easier to explain or to run."
        ),
        (
            "Without a model, acting on no row would cost EUR 106,000 per run: the model saves "
            "EUR 14,000 per run (13.2%)."
        ),
        "Act when it is at least 0.7.",
        (
            "network is excluded: scoring a row takes longer than limits.predict_ms_per_row allows "
            "(1 ms)."
        ),
    )
    assert not any("123" in sentence for sentence in said)


def test_a_clear_lead_is_no_chance() -> None:
    said = sentences(
        (result("logistic", 99), result("forest", 92)),
        Comparison(candidate="logistic", difference=7_000, interval=Interval(low=500, high=9_000)),
    )
    assert said[1].endswith("(95% interval on the same rows EUR 500 to EUR 9,000).")
    assert not any("simpler" in sentence for sentence in said)


def test_a_model_that_saves_nothing_is_called_so() -> None:
    said = sentences((result("forest", 110),))
    assert "the only candidate." in said[0]
    assert said[1] == (
        "Without a model, acting on no row would cost EUR 106,000 per run: no model here is worth "
        "its run."
    )
