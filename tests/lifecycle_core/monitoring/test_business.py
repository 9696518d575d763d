"""What a window is worth beside doing without the model, and cumulated."""

from __future__ import annotations

import math

import pytest

from lifecycle_core.monitoring.planning import plan_of
from lifecycle_core.monitoring.reviewing import Counted, review
from lifecycle_core.schema.release_file import Metric, ModelSection, ReleaseFile
from lifecycle_core.schema.serving import Fallback, ServingSection
from lifecycle_core.schema.window_counts import Baselines, Money, WindowCounts
from tests.fakes.windows import AS_OF, counts, reviewed, stated

RULE = Fallback(use="rule", decision="tenure < 6")
BEFORE = "when saved_against_fallback_rule < 0 for 2 windows then stop product within 3 days"


def with_rule(**review: object) -> ReleaseFile:
    return stated(**review).model_copy(update={"serving": ServingSection(fallback=(RULE,))})


def window(saved: float, *, rows: int = 400) -> WindowCounts:
    """Return a window in which a row costs so much less than by the rule, which costs 30."""
    without = Baselines(
        nobody=Money(rows=rows, total=50.0 * rows, squares=2_600.0 * rows),
        nobody_saved=Money(rows=rows, total=(20 + saved) * rows, squares=900.0 * rows),
        rule=Money(rows=rows, total=30.0 * rows, squares=1_000.0 * rows),
        rule_saved=Money(rows=rows, total=saved * rows, squares=(saved**2 + 25.0) * rows),
    )
    return counts(rows).model_copy(update={"baselines": without})


def test_the_model_stands_beside_nobody_and_the_rule_of_before() -> None:
    found = reviewed(*[window(2.0)] * 5, of=with_rule())
    figure = found.figure("saved_against_fallback_rule")
    assert (figure.value, figure.unit, figure.rows) == (2.0, "EUR", 400)
    reach = 1.959964 * math.sqrt(25.0 * 400 / 399 / 400)
    assert figure.interval is not None
    assert figure.interval.low == pytest.approx(2.0 - reach)
    names = ("cost_if_nobody_acts", "saved_against_nobody", "cost_by_fallback_rule")
    assert [found.figure(name).value for name in names] == [50.0, 22.0, 30.0]


def test_more_than_by_the_rule_of_before_is_a_rule() -> None:
    good, bad = window(2.0), window(-3.0)
    fired = [
        [each.rule for each in reviewed(good, good, *last, of=with_rule(rules=[BEFORE])).firings]
        for last in ((good, bad), (bad, bad))
    ]
    assert fired == [[], [BEFORE]]


def test_what_is_lacking_is_said() -> None:
    def note(of: ReleaseFile, name: str) -> str:
        return reviewed(*[counts()] * 5, of=of).figure(name).note

    assert note(with_rule(), "cost_if_nobody_acts") == "No labels yet."
    assert note(stated(), "cost_by_fallback_rule").startswith("`serving.fallback` has no")
    amounts = stated().model_copy(update={"model": ModelSection(name="churn", task="regression")})
    assert "not declared" in note(amounts, "saved_against_nobody")
    costs = amounts.costs.model_copy(update={"over": 2.0, "under": 3.0})
    assert "each row has one" in note(
        amounts.model_copy(update={"costs": costs}), "saved_against_nobody"
    )


def test_cumulated_money_has_an_interval_and_its_target_is_met_by_the_sum() -> None:
    of = stated()
    wanted = of.value.model_copy(
        update={"financial_metric": Metric(name="money_cumulated", at_least=4_999)}
    )
    of = of.model_copy(update={"value": wanted})
    plan = plan_of(of.review, label="2026-W10", as_of=AS_OF)
    running = WindowCounts(money={"EUR": Money(rows=1_000, total=5_000.0, squares=125_000.0)})
    empty = WindowCounts()
    counted = Counted(
        window=counts(), before=(empty,) * len(plan.before), reference=empty, same_phase=empty,
        running=running,
    )  # fmt: skip
    figure = review("churn", of, plan, counted, as_of=AS_OF).figure("money_cumulated")
    assert figure.value == 5_000.0
    assert figure.interval is not None
    reach = 1.959964 * math.sqrt(100_000.0 / 999 * 1_000)
    assert figure.interval.high == pytest.approx(5_000.0 + reach)
    assert figure.met is True
