"""What a window is worth beside doing without the model, and cumulated."""

from __future__ import annotations

import math

import pytest

from lifecycle_core.monitoring.planning import plan_of
from lifecycle_core.monitoring.reviewing import Counted, review
from lifecycle_core.schema.release_file import Amount, Metric, ModelSection, ReleaseFile
from lifecycle_core.schema.serving import Fallback, ServingSection
from lifecycle_core.schema.window_counts import Baselines, Money, ScoreGroup, WindowCounts
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


def balances(known: int) -> WindowCounts:
    """Return 100 false alarms of 20 and 100 rows that were left alone, of which a fifth was missed.

    A miss costs 2,000: 400 for each 1,000 of a balance of 5,000, which so many rows of each have.
    """
    missed = known // 5
    costs = {
        True: Money(rows=known, total=20.0 * known, squares=400.0 * known),
        False: Money(rows=known, total=2_000.0 * missed, squares=4e6 * missed),
    }
    groups = tuple(
        ScoreGroup(
            version="3", score=0.9 if acted else 0.2, acted=acted, rows=100,
            positives=0 if acted else 20, negatives=100 if acted else 80,
            priced=known, if_positive=0.0 if acted else 2_000.0 * known,
            if_negative=20.0 * known if acted else 0.0, cost=cost,
            positive_cost=0.0 if acted else cost.total,
        )
        for acted, cost in costs.items()
    )  # fmt: skip
    return counts(200).model_copy(update={"labelled": 200, "groups": groups})


def by_balance() -> ReleaseFile:
    costs = stated().costs.model_copy(
        update={"amounts": {"false_negative": Amount(column="balance", usual=1_000)}}
    )
    return stated().model_copy(update={"costs": costs})


@pytest.mark.parametrize(
    ("known", "per_row", "misses", "alarms"),
    [
        (100, 210.0, 40_000.0, 2_000.0),
        (50, 210.0, 40_000.0, 2_000.0),
        (10, 210.0, None, None),  # too few of each to speak for the others
        (0, None, None, None),
    ],
)
def test_rows_without_the_feature_that_costs_depend_on_are_not_usual_ones(
    known: int, per_row: float | None, misses: float | None, alarms: float | None
) -> None:
    found = reviewed(*[balances(100)] * 4, balances(known), of=by_balance())
    figure = found.figure("cost_per_row")
    assert figure.value == pytest.approx(per_row)
    assert found.figure("cost_of_misses").value == pytest.approx(misses)
    assert found.figure("cost_of_false_alarms").value == pytest.approx(alarms)
    assert (found.figure("expected_cost_per_row").value is None) is (known == 0)
    assert ("cost_per_row" in {each.name for each in found.reconciled}) is (known > 0)
    said = [found.figure(name).note for name in ("cost_per_row", "cost_of_misses")]
    assert all(said) is (known < 100)
    if known == 50:
        assert figure.note == "The costs of 100 of 200 rows are known."
        # A fifth of 50 rows at 2,000 has a spread of 808, the mean an error of 114, for 100 rows.
        inner = found.figure("cost_of_misses").interval
        assert inner is not None
        assert inner.high == pytest.approx(40_000 + 1.96 * 100 * 114.3, rel=1e-3)


def test_groups_without_prices_are_expected_to_cost_what_others_do() -> None:
    whole = balances(100)
    alarms, left = whole.groups
    half = {"rows": 50, "positives": 10, "negatives": 40}
    groups = (
        alarms,
        left.model_copy(update=half | {"priced": 50, "if_positive": 100_000.0}),
        ScoreGroup(version="3", score=0.201, acted=False, rows=50, positives=10, negatives=40),
    )
    part = whole.model_copy(update={"groups": groups})
    # No score says more than another: a tenth of 100 rows is missed at 2,000, and nine tenths of
    # 100 are alarmed in vain at 20.
    found = [
        reviewed(*[whole] * 4, last, of=by_balance()).figure("expected_cost_per_row")
        for last in (whole, part)
    ]
    assert [each.value for each in found] == pytest.approx([109.0, 109.0])
    assert "The costs of 150 of 200 rows are known." in found[1].note
