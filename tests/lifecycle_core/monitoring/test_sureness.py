"""What response rules conclude from: never from one row, and not from what may still change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.monitoring.planning import FIGURES
from lifecycle_core.monitoring.response_rules import Known, compile_rule
from lifecycle_core.monitoring.sureness import settled, sure_of
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.review import Figure
from lifecycle_core.schema.unit_counts import ArmMoments
from lifecycle_core.schema.window_counts import (
    ArmCounts,
    ColumnCounts,
    Money,
    ScoreGroup,
    Spread,
    TeamCounts,
    UsageCounts,
    WindowCounts,
)
from tests.fakes.windows import counts, reviewed, segment, stated, unlabelled

if TYPE_CHECKING:
    from lifecycle_core.schema.review import Review

MEASURED = {
    "rows", "volume_ratio", "volume_ratio_same_phase", "hours_since_newest", "peak_memory_mib",
    "undecided",
}  # fmt: skip
"""Of the window as a whole: that there is but one row is what these say."""
DECIDED = {
    "drifted", "drifted_lastingly", "drifted_since_release", "unit_changes", "meaning_changes",
    "new_segments", "worse_segments", "override_outliers",
}  # fmt: skip
"""How many statistics have found: there is no alarm below 1."""
ONE = WindowCounts(
    rows=1,
    newest="2026-03-05T00:00:00.000000Z",
    versions={"3": 1},
    latency=Spread(rows=1, p50=900.0, p95=900.0, p99=900.0),
    hours_to_action=Spread(rows=1, p50=90.0, p95=90.0, p99=90.0),
    fallbacks={"deadline": 1},
    decided=1,
    acted=1,
    overridden=1,
    overridden_actions=1,
    overridden_labelled=1,
    overridden_rightly=1,
    labelled=1,
    groups=(ScoreGroup(version="3", score=0.8, acted=True, rows=1, negatives=1),),
    absolute_error=Money(rows=1, total=50.0, squares=2_500.0),
    model_cost=Money(rows=1, total=500.0, squares=250_000.0),
    fallback_cost=Money(rows=1, total=500.0, squares=250_000.0),
    money={"EUR": Money(rows=1, total=-500.0, squares=250_000.0)},
    arms=(
        ArmCounts(
            arm="champion", rows=1,
            units=ArmMoments(
                arm="champion", units=1, means=(-500.0, 1.0, 1.0, 1.0, 0.0, 1.0),
                covariance=((0.0,) * 6,) * 6,
            ),
        ),
    ),
    columns=(
        ColumnCounts(
            name="tenure", edges=(10.0, 20.0, 30.0), counts=(0, 0, 0, 1),
            quantiles=(9_000.0,) * 19, broken={"range": 1},
        ),
        ColumnCounts(name="plan", categories={"a": 0, "b": 0}, other=1),
    ),
    answers=counts(1, acted=1.0).answers,
    segments=(segment("c", 1, wrong=1),),
    values={"plan": {"c": 1}},
    teams=(TeamCounts(who="desk", overridden=1),),
    usage=UsageCounts(
        intervals=1, answered=1, refused={"contract": 1}, errors={"deadline": 1},
        cpu_seconds=9.0, cpu_rows=1, peak_bytes=900 << 20,
    ),
)  # fmt: skip


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_one_row_never_alarms(task: str) -> None:
    """One that was overridden and labelled fired rules on adoption, recall, cost and accuracy."""
    usual = counts().model_copy(update={"values": {"plan": {"a": 1_000}}})
    release = stated(segments=["plan"], segment_rows=30)
    model = release.model.model_copy(update={"task": task})
    release = release.model_copy(update={"model": model})
    plain = reviewed(*[usual] * 4, ONE, of=release)
    rules = []
    for name in FIGURES:
        value = plain.figure(name).value
        if value is None or name in DECIDED:
            rules.append(f"when {name} > 0 then stop data")
        else:
            rules.append(f"when {name} > {value - 0.01!r} then stop data")
            rules.append(f"when {name} < {value + 0.01!r} then stop data")
    review = release.review.model_copy(update={"rules": tuple(rules)})
    found = reviewed(*[usual] * 4, ONE, of=release.model_copy(update={"review": review}))
    assert {each.rule.split()[1] for each in found.firings} <= MEASURED
    said = " ".join(found.notes)
    assert "Not sure enough to fire: when adoption_rate <" in said
    assert "of too few rows or not final" in said


def shares(adopted: int, told: int, rule: str, *before: tuple[int, int]) -> Review:
    windows = [
        counts().model_copy(update={"accepted": yes, "overridden": all_ - yes})
        for yes, all_ in (*before, (adopted, told))
    ]
    usual = [counts()] * (5 - len(windows))
    return reviewed(*usual, *windows, of=stated(rules=[rule]))


def test_a_limit_within_the_interval_is_not_known_and_says_so() -> None:
    rule = "when adoption_rate < 0.6 then escalate operations"
    assert shares(500, 1_000, rule).firings
    open_ = shares(55, 100, rule)
    assert not open_.firings
    (said,) = open_.notes
    assert (
        said == f"Not sure enough to fire: {rule} (adoption_rate 0.55, between 0.4473 and 0.6497)."
    )
    assert not shares(900, 1_000, rule).notes


def test_windows_together_may_be_sure_where_none_is_alone() -> None:
    rule = "when adoption_rate < 0.6 for 3 windows then escalate operations"
    assert not shares(55, 100, rule.replace(" for 3 windows", "")).firings
    assert shares(55, 100, rule, (55, 100), (55, 100)).firings
    assert not shares(59, 100, rule, (59, 100), (59, 100)).firings


@pytest.mark.parametrize(("count", "of"), [(1, 1), (2, 2), (2, 3), (3, 4), (6, 6), (12, 12)])
def test_a_rule_of_several_windows_is_as_sure_as_one_of_one(count: int, of: int) -> None:
    """At the limit a figure of each window errs by a normal deviate; z is where it is beyond."""
    rule = compile_rule(f"when a < 0 for {count} of {of} windows then stop data", ["a"])

    def fires(z: float) -> bool:
        here = {"a": Known(-z, -z - 1.96, -z + 1.96, apart=True)}
        away = {"a": Known(9.0, 9.0, 9.0, apart=True)}
        return rule.fires([*[away] * (of - count), *[here] * count])

    least = {
        (1, 1): 1.96, (2, 2): 1.002, (2, 3): 1.315, (3, 4): 0.863, (6, 6): 0, (12, 12): 0,
    }  # fmt: skip
    assert fires(least[count, of] + 0.03)
    assert not fires(least[count, of] - 0.03)


def test_arithmetic_and_equality_carry_intervals() -> None:
    names = ["a", "b"]
    a, b = Known(10.0, 8.0, 12.0), Known(3.0, 2.0, 4.0)

    def said(condition: str) -> bool | None:
        return compile_rule(f"when {condition} then stop data", names).holds({"a": a, "b": b})

    assert [said(each) for each in ("a - b > 3", "a - b > 5", "a + b < 11")] == [True, None, None]
    assert [said(each) for each in ("a * b < 49", "a / b >= 2", "-a < -7")] == [True, True, True]
    assert [said(each) for each in ("a == 10", "a == 20", "a != 20")] == [None, False, True]
    assert said("a / (b - 3) > 0") is None
    assert said("not a > 11") is None


@pytest.mark.parametrize("note", ["Expected, as labels may still come.", "By other words."])
def test_what_is_expected_is_known_by_what_it_is_made_of_not_by_its_words(note: str) -> None:
    told = Figure(
        name="cost_per_run", value=9.0, interval=Interval(low=8.0, high=11.0, level=0.95),
        rows=1_000, final=False, note=note,
    )  # fmt: skip
    waiting = unlabelled(counts())
    assert settled(told, waiting, expected=True)
    assert not settled(told, waiting, expected=False)
    assert sure_of([told], waiting, expected=False) == {"cost_per_run": None}
    assert sure_of([told], waiting, expected=True) == {"cost_per_run": Known(9.0, 8.0, 11.0)}
    other = told.model_copy(update={"name": "cost_of_misses"})
    assert not settled(other, waiting, expected=True)


def early(window: WindowCounts, share: float) -> WindowCounts:
    """Return a window whose positive labels come at once, and of the others a share so far."""
    groups = tuple(
        each.model_copy(update={"negatives": round(each.negatives * share)})
        for each in window.groups
    )
    known = sum(each.positives + each.negatives for each in groups)
    return window.model_copy(update={"groups": groups, "labelled": known})


def test_labels_that_come_early_do_not_count_for_the_rest() -> None:
    rules = ["when cost_per_row > 40 then retrain data", "when recall < 0.9 then notify data"]
    release = stated(label_maturity_days=14, rules=rules)
    usual, unripe = counts(), early(counts(), 0.0)
    found = reviewed(*[usual] * 4, unripe, unripe, of=release)
    cost = 0.07 * 400 + 0.06 * 20
    assert (found.figure("cost_per_row").value or 0) > 80
    assert found.figure("expected_cost_per_row").value == pytest.approx(cost)
    assert found.figure("cost_per_run").value == pytest.approx(1_000 * cost)
    assert not found.firings
    assert [note.partition(":")[0] for note in found.notes] == ["Not sure enough to fire"] * 2
    alone = reviewed(unripe, unripe, of=release)
    assert "0 rows of version 3 whose labels are final" in alone.figure("expected_auc").note
    assert alone.figure("cost_per_run").met is None
    final = reviewed(*[usual] * 4, unripe, of=stated(label_maturity_days=0, rules=rules))
    assert len(final.firings) == 2


def test_a_window_of_which_all_labels_are_there_is_as_good_as_final() -> None:
    rule = "when cost_per_row > 20 then retrain data"
    assert reviewed(*[counts()] * 5, of=stated(label_maturity_days=90, rules=[rule])).firings
    waiting = reviewed(*[counts()] * 4, unlabelled(counts()), of=stated(rules=[rule]))
    assert waiting.firings  # by what it is expected to cost
