"""Decisions on windows whose losses are known, with numbers that were computed by hand."""

from __future__ import annotations

import pytest

from lifecycle_core.monitoring.response_rules import Known, compile_rule
from lifecycle_core.releasing.retraining_terms import fires_by
from lifecycle_core.retraining import Said
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.retraining_decision import ExpectedLoss, RetrainingDecision
from lifecycle_core.schema.retraining_terms import RetrainingSection
from tests.fakes.replayed import TERMS, decided, months, that_pays, window, without_labels

STABLE = [1.0] * 6


def terms(**fields: object) -> RetrainingSection:
    return RetrainingSection.model_validate(TERMS.model_dump() | fields)


def test_a_world_that_turned_pays_and_every_number_is_known() -> None:
    # Three months without a loss, then one euro a row: the lead of the next model lasts as long.
    # It saves 1,000 in each of its first three months and nothing in the next three.
    found = decided(months([1.0, 1.0, 1.0, 2.0, 2.0, 2.0], STABLE))
    assert (found.answer, found.pays, found.one_off) == ("retrain", True, 500.0)
    worth = found.worth
    assert worth is not None
    assert (worth.value, worth.probability, worth.periods) == (2_500.0, 1.0, 6)
    assert (worth.ceiling, worth.break_even_periods) == (3_000.0, 1)
    assert worth.break_even_rows == pytest.approx(1_000 * 500 / 3_000)
    assert (found.now.value, found.after.value, found.now.basis) == (2.0, 1.0, "realised")
    assert [(point.keep, point.retrain) for point in found.ahead] == [
        (0, 500), (2_000, 1_500), (4_000, 2_500), (6_000, 3_500), (8_000, 5_500), (10_000, 7_500),
        (12_000, 9_500),
    ]  # fmt: skip
    assert found.next == "nbrelease retrain churn --run"


def test_break_even_is_where_the_saved_money_passes_the_cost() -> None:
    # 1,000 rows a month, 0.3 saved a row: 300 a month against 700 have paid in the third month.
    stale = [1.0, 1.0, 1.0, 1.3, 1.3, 1.3]
    found = decided(months(stale, STABLE), terms=terms(costs={"labels": 700}))
    assert found.worth is not None
    assert found.worth.break_even_periods == 3
    assert found.worth.value == pytest.approx(200)
    dearer = decided(months(stale, STABLE), terms=terms(costs={"labels": 901}))
    assert dearer.worth is not None
    assert (dearer.answer, dearer.worth.break_even_periods) == ("keep", None)
    assert dearer.worth.ceiling == pytest.approx(900)


def test_doubt_about_the_saving_holds_retraining_back() -> None:
    # Worth 100. Means have an error of 0.01: the last one counts 6,000 rows, less its own month's
    # 1,000, and the two before it 1,000 each; 6,000 rows to come have a spread of 0.316 each. So
    # the squared error is 50 x 50 + 2 x 10 x 10 + 600, and the chance that of 1.741 sigma.
    stale = [1.0, 1.0, 1.0, 1.2, 1.2, 1.2]
    replayed = months(stale, STABLE, noise=0.01)
    found = decided(replayed, terms=terms(costs={"labels": 500}))
    assert found.worth is not None
    assert found.worth.value == pytest.approx(100)
    assert found.worth.probability == pytest.approx(0.9592, abs=1e-3)
    assert found.answer == "retrain"
    asked = terms(costs={"labels": 500}, probability=0.96)
    assert decided(replayed, terms=asked).answer == "keep"
    # The month before it was surer, of fewer periods; the first month of the new world says no.
    assert [round(each.probability, 3) for each in found.tried[3:]] == [0.997, 0.983, 0.959]
    young = terms(costs={"labels": 500}, confirmations=4)
    assert decided(replayed, terms=young).answer == "keep"


@pytest.mark.parametrize(("months_replayed", "periods"), [(1, 1), (3, 3)])
def test_models_that_decided_alike_may_yet_decide_otherwise(
    months_replayed: int, periods: int
) -> None:
    # None of 1,000 rows was decided otherwise, and 100 is at stake in each. As if 2 had been, the
    # spread is 4.474 a row and the error of a month's mean 0.1415; the last mean counts 1,000 rows
    # for each of the other months, each of those -1,000; and a month has 1,000 rows to come.
    found = decided(months([1.0] * months_replayed, [1.0] * months_replayed, stake=100.0))
    assert found.worth is not None
    assert (found.worth.value, found.worth.periods) == (-500.0, periods)
    others = months_replayed - 1
    error = (141.5**2 * (others**2 + others) + periods * 1_000 * 4.474**2) ** 0.5
    reach = (found.worth.interval.high - found.worth.interval.low) / 2
    assert reach == pytest.approx(1.96 * error, rel=1e-3)
    assert (found.answer, found.pays) in {("keep", False), ("not_enough_data", None)}


def test_what_makes_every_model_dearer_is_no_reason() -> None:
    found = decided(months([1.0, 2.0, 4.0, 8.0], [1.0, 2.0, 4.0, 8.0]))
    assert (found.answer, found.pays) == ("keep", False)
    assert found.worth is not None
    assert (found.worth.value, found.worth.break_even_rows) == (-500.0, None)
    by_name = {each.policy: each for each in found.policies}
    assert not by_name["on proof"].retrained
    assert by_name["performance trigger"].retrained == ("2026-03",)


def test_policies_are_compared_and_only_one_knows_the_future() -> None:
    found = that_pays()
    by_name = {each.policy: each for each in found.policies}
    assert {name: each.cost for name, each in by_name.items()} == {
        "never": 9_000.0, "on schedule": 6_500.0, "drift trigger": 7_500.0,
        "performance trigger": 7_500.0, "on proof": 8_500.0, "knowing all beforehand": 6_500.0,
    }  # fmt: skip
    assert by_name["knowing all beforehand"].retrained == ("2026-04",)
    assert by_name["drift trigger"].retrained == ("2026-05",)
    assert by_name["on proof"].retrained == ("2026-06",)  # two months have to say so
    assert found.policies[-1].policy == "never"


@pytest.mark.parametrize(
    ("age", "retrained"),
    [(6, ("2026-05",)), (8, ("2026-03",)), (20, ("2026-02", "2026-06"))],
)
def test_a_declared_schedule_counts_from_when_the_version_began(
    age: int, retrained: tuple[str, ...]
) -> None:
    replayed = months([1.0] * 6, STABLE)
    found = decided(replayed, terms=terms(policy="on_schedule", every=4), age=age)
    by_name = {each.policy: each for each in found.policies}
    assert by_name["on schedule"].retrained == retrained


def test_labels_that_come_late_let_policies_decide_late() -> None:
    replayed = months([1.0, 1.0, 1.0, 2.0, 2.0, 2.0], STABLE)
    late = {each.policy: each for each in decided(replayed, delay=1, age=7).policies}
    assert late["performance trigger"].retrained == ("2026-06",)
    assert not late["on proof"].retrained


def test_money_of_later_periods_is_worth_less() -> None:
    replayed = months([1.0, 1.0, 1.0, 2.0, 2.0, 2.0], STABLE)
    found = decided(replayed, terms=terms(discount=0.1))
    assert found.worth is not None
    assert found.worth.value == pytest.approx(1_000 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331) - 500)


def test_a_model_that_is_older_than_the_backtest_is_taken_to_have_aged_evenly() -> None:
    # Behind by 0.4 in all four months, and in place for eight: it lost 0, 0.1, 0.2, 0.3 before.
    found = decided(months([1.4] * 4, [1.0] * 4), age=8, terms=terms(horizon=8))
    assert found.worth is not None
    assert found.worth.periods == 8
    assert found.worth.ceiling == pytest.approx(1_000 * (0.4 + 0.3 + 0.2 + 0.1))
    began_behind = decided(months([1.4] * 4, [1.0] * 4), age=4)
    assert began_behind.worth is not None
    assert began_behind.worth.ceiling == pytest.approx(1_000 * 0.4 * 4)


def test_a_released_model_that_is_better_than_its_successors_stays() -> None:
    # It costs 0.05 less than each new one, at last 0.01 less: 60,000 rows at -0.01, two months of
    # 10,000 rows in which the lead is 0.04 smaller, and 500 once.
    found = decided(months([3.0] * 6, [3.05] * 4 + [3.01] * 2), rows=10_000.0)
    assert found.worth is not None
    assert found.worth.value == pytest.approx(-600 - 2 * 400 - 500)
    assert (found.answer, found.pays) == ("keep", False)


def test_one_window_is_not_enough_for_two_confirmations() -> None:
    found = decided(months([2.0], [1.0]))
    assert (found.answer, found.pays, found.policies) == ("not_enough_data", None, ())
    assert "1 could be tried" in found.reason[0]
    assert found.worth is not None


def test_without_labels_or_anything_there_is_an_answer_all_the_same() -> None:
    for found in (without_labels(), decided([]), decided([], rows=0.0)):
        assert (found.answer, found.pays, found.worth, found.tried, found.ahead) == (
            "not_enough_data", None, None, (), (),
        )  # fmt: skip
        assert RetrainingDecision.from_json(found.to_json()) == found
    assert without_labels().now.value == 1.5


def test_windows_with_few_labels_count_as_none() -> None:
    replayed = months([2.0, 2.0, 2.0], [1.0] * 3)
    few = replayed[1].model_copy(update={"labelled": 29})
    found = decided([replayed[0], few, replayed[2]])
    assert [each.window for each in found.tried] == ["2026-01", "2026-03"]
    assert found.notes[0].startswith("1 windows have fewer than 30")
    empty = [each.model_copy(update={"labelled": 0}) for each in replayed]
    assert decided(empty).answer == "not_enough_data"


def test_what_the_newest_window_is_expected_to_cost_is_told_and_decides_nothing() -> None:
    expected = ExpectedLoss(
        value=9.0, interval=Interval(low=8.0, high=10.0), basis="estimated", window="2026-07"
    )
    found = decided(months([1.0] * 4, [1.0] * 4), estimated=expected)
    assert (found.newest, found.now.value, found.after.value) == (expected, 1.0, 1.0)
    assert (found.answer, found.pays) == ("keep", False)


@pytest.mark.parametrize(
    ("fields", "known", "answer"),
    [
        ({"policy": "never"}, {}, "keep"),
        ({"policy": "on_schedule", "every": 6}, {}, "retrain"),
        ({"policy": "on_schedule", "every": 7}, {}, "keep"),
        ({"policy": "on_trigger", "trigger": "x"}, {"trigger": lambda _: True}, "retrain"),
        ({"policy": "on_trigger", "trigger": "x"}, {"trigger": lambda _: False}, "keep"),
        (
            {"policy": "on_trigger", "trigger": "x"},
            {"trigger": lambda _: True, "recent": ()},
            "not_enough_data",
        ),
    ],
)
def test_the_declared_policy_makes_the_answer_and_the_proof_is_told(
    fields: dict[str, object], known: dict[str, object], answer: str
) -> None:
    replayed = months([1.0, 1.0, 1.0, 2.0, 2.0, 2.0], STABLE)
    found = decided(replayed, terms=terms(**fields), **known)
    assert (found.answer, found.pays) == (answer, True)
    assert "it pays" in found.reason[-1]


@pytest.mark.parametrize(
    ("figure", "surely", "answer"),
    [
        (3.1, Known(3.1, 3.05, 3.15), "retrain"),
        (3.1, Known(3.1, 1.0, 5.2), "not_enough_data"),  # 3 lies within
        (3.1, Known(2.0, 1.5, 2.5), "not_enough_data"),  # as is expected of labels still to come
        (3.1, None, "not_enough_data"),  # too few rows
        (2.9, Known(2.9, 1.0, 4.8), "keep"),
        (None, None, "keep"),
    ],
)
def test_the_declared_trigger_is_as_sure_as_rules_of_reviews(
    figure: float | None, surely: Known | None, answer: str
) -> None:
    rule = compile_rule("when cost > 3 for 2 windows then retrain data", ["cost"])
    found = decided(
        months([1.0] * 6, STABLE),
        terms=terms(policy="on_trigger", trigger=rule.text),
        trigger=rule.fires,
        recent=(Said({"cost": figure}, {"cost": surely}, {}),) * 2,
    )
    assert found.answer == answer
    assert rule.text in found.reason[0]


@pytest.mark.parametrize(
    ("delay", "expected", "retrained", "cost"),
    [
        # 1,000 rows of four months cost 2 each, of four more 6, and 2 by a model trained since.
        (0, None, "2026-06", 2_000 * 4 + 6_000 + 2_000 * 3 + 500),
        (2, None, "2026-08", 2_000 * 4 + 6_000 * 3 + 2_000 + 500),
        (2, 5.0, "2026-06", 2_000 * 4 + 6_000 + 2_000 * 3 + 500),  # expected before labels come
    ],
)
def test_the_trigger_is_replayed_on_final_labels_and_on_its_own_models(
    delay: int, expected: float | None, retrained: str, cost: float
) -> None:
    released = [2.0] * 4 + [6.0] * 4
    replayed = [
        window(
            f"2026-{at + 1:02d}", [each, *(each if model < 5 else 2.0 for model in range(at + 1))]
        )
        for at, each in enumerate(released)
    ]
    rule = compile_rule("when cost_per_row > 3 for 1 windows then retrain data", ["cost_per_row"])
    early = [None if each == 2.0 else expected for each in released]
    found = decided(
        replayed,
        terms=terms(trigger=rule.text),
        delay=delay,
        age=8 + delay,
        trigger=fires_by(rule),
        said=tuple(
            Said({}, {"cost_per_row": now}, {"cost_per_row": before})
            for now, before in zip(released, early, strict=True)
        ),
    )
    by_name = {each.policy: each for each in found.policies}
    assert by_name["trigger"].retrained == (retrained,)
    assert by_name["trigger"].cost == pytest.approx(cost)


def test_the_declared_trigger_looks_at_the_last_windows_with_labels_too() -> None:
    rule = compile_rule("when recall < 0.5 then retrain data", ["recall"])
    seen = Said({"recall": 0.4}, {"recall": Known(0.4, 0.3, 0.45)}, {})
    waits = Said({"recall": None}, {"recall": None}, {})
    asked = terms(policy="on_trigger", trigger=rule.text)
    replayed = months([1.0] * 6, STABLE)
    answers = [
        decided(replayed, terms=asked, trigger=rule.fires, recent=recent, delay=1, age=age).answer
        for recent, age in (((seen, waits), 2), ((waits, waits), 2), ((seen, waits), 1))
    ]
    assert answers == ["retrain", "keep", "keep"]  # at last the window seen is of another version
