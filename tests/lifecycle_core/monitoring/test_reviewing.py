from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.planning import FIGURES, plan_of, require_review
from lifecycle_core.monitoring.sums import added
from lifecycle_core.schema.release_file import ReviewSection
from lifecycle_core.schema.review import Review
from lifecycle_core.schema.unit_counts import ArmMoments
from lifecycle_core.schema.window_counts import (
    ArmCounts,
    ColumnCounts,
    Money,
    TeamCounts,
    WindowCounts,
)
from tests.fakes.windows import AS_OF, EDGES, counts, reviewed, segment, stated, unlabelled

if TYPE_CHECKING:
    from lifecycle_core.schema.finalization import Task

EMPTY = WindowCounts()
ONE = WindowCounts(rows=1, versions={"3": 1}, newest="2026-03-05T00:00:00.000000Z")
NULLS = WindowCounts(
    rows=500,
    columns=(ColumnCounts(name="tenure", missing=500, edges=EDGES, counts=(0, 0, 0, 0)),),
)
LOW = "when adoption_rate < 0.6 for 2 windows then escalate operations within 2 days"


def test_a_usual_window_is_healthy() -> None:
    found = reviewed(*[counts()] * 5)
    assert {each.state for each in found.drift} == {"no_material_drift"}
    assert found.figure("volume_ratio").value == 1.0
    assert found.figure("adoption_rate").value == pytest.approx(0.9)
    assert found.figure("cost_per_run").value == pytest.approx(1000 * (0.07 * 400 + 0.06 * 20))
    assert found.figure("actions_per_run").met is True
    assert (found.figure("cost_per_run").met, found.labels_final, found.complete) == (
        False, False, True,
    )  # fmt: skip
    assert not found.firings
    assert not found.notes
    assert Review.from_json(found.to_json()) == found


@pytest.mark.parametrize("window", [EMPTY, ONE])
@pytest.mark.parametrize("before", [(), (counts(),) * 4])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_too_little_is_no_alarm_and_says_so(
    window: WindowCounts, before: tuple[WindowCounts, ...], task: Task
) -> None:
    release = stated(rules=["when drifted > 0 then notify data", LOW])
    model = release.model.model_copy(update={"task": task})
    found = reviewed(*before, window, of=release.model_copy(update={"model": model}))
    assert not found.firings
    assert not [each for each in found.drift if each.state == "drift"]
    names = [figure.name for section in found.sections for figure in section.figures]
    assert sorted(names) == sorted(FIGURES)
    for section in found.sections:
        for figure in section.figures:
            assert (figure.value is None) == bool(figure.note)


def test_a_shift_is_found_and_named_first() -> None:
    rules = ["when drifted > 0 and decision_shift > 0.1 then retrain data within 5 hours"]
    found = reviewed(*[counts()] * 4, counts(acted=0.6), of=stated(rules=rules))
    assert [(each.column, each.state) for each in found.drift[:2]] == [
        ("decision", "drift"), ("score", "drift"),
    ]  # fmt: skip
    (firing,) = found.firings
    assert (firing.owner, firing.name, firing.deadline) == ("data", "", "2026-03-10T05:00:00Z")
    assert firing.escalation == "The board"
    assert firing.evidence[0].figures["decision_shift"] == pytest.approx(0.3)


def test_a_column_of_nulls_is_missing_and_nothing_else() -> None:
    found = reviewed(*[counts()] * 4, NULLS)
    assert [(each.column, each.what) for each in found.drift if each.state == "drift"] == [
        ("tenure", "missing")
    ]


def test_a_change_of_unit_is_told() -> None:
    window = counts()
    tenths = tuple(
        each.model_copy(update={"quantiles": tuple(10 * value for value in each.quantiles)})
        if each.name == "tenure"
        else each
        for each in window.columns
    )
    found = reviewed(*[counts()] * 4, window.model_copy(update={"columns": tenths}))
    notes = {each.column: each.note for each in found.drift if each.what == "distribution"}
    assert "times 10^1" in notes["tenure"]
    assert not notes["score"]


def test_without_labels_quality_is_expected() -> None:
    labelled = reviewed(*[counts()] * 5)
    found = reviewed(*[counts()] * 4, unlabelled(counts()))
    assert found.figure("accuracy").note == "No labels yet."
    for name in ("accuracy", "auc", "cost_per_row"):
        expected = found.figure(f"expected_{name}")
        assert expected.interval is not None
        assert expected.value == pytest.approx(labelled.figure(name).value, abs=1e-9)
    assert found.figure("cost_per_run").note == "Expected, as labels may still come."


def test_a_rule_looks_back_on_windows() -> None:
    low, release = counts(adopted=0.5), stated(rules=[LOW])
    found = reviewed(*[counts()] * 4, low, low, of=release)
    (firing,) = found.firings
    assert [each.window for each in firing.evidence] == ["2026-W09", "2026-W10"]
    assert (firing.name, firing.contact) == ("Retention desk", "desk@example.org")
    assert firing.deadline == "2026-03-12T00:00:00Z"
    assert not reviewed(*[counts()] * 4, low, of=release).firings


def test_what_is_odd_about_the_log_is_told() -> None:
    odd = counts().model_copy(
        update={
            "versions": {"3": 900, "99": 100},
            "repeated": 3,
            "answered_early": 2,
            "shadows": 7,
            "money": {"USD": Money(rows=5, total=5.0, squares=9.0)},
        }
    )
    found = reviewed(odd)
    said = " ".join(found.notes)
    for part in ("Versions 99", "3 rows are", "2 rows have", "USD are left out", "7 rows that"):
        assert part in said
    assert found.figure("money_total").value is None


def test_outcomes_before_their_predictions_say_how_many_lost_their_time_to_action() -> None:
    """A label may be too early, and the word on the action in time: that one is timed."""
    odd = counts().model_copy(update={"answered_early": 10})
    timed = odd.hours_to_action.rows
    lost = odd.hours_to_action.model_copy(update={"rows": timed - 4})
    said = "10 rows have an outcome that is older than their prediction: a clock is wrong."
    assert reviewed(odd).notes == (said,)
    (note,) = reviewed(odd.model_copy(update={"hours_to_action": lost})).notes
    assert note == f"{said} The time to action of 4 of them is left out."


def test_a_window_that_is_still_going_on_says_so() -> None:
    plan = plan_of(ReviewSection(window="week"), label="2026-W11", as_of=AS_OF)
    assert datetime.fromisoformat(plan.window.end) > AS_OF
    with pytest.raises(InvalidCall, match="begins after"):
        plan_of(ReviewSection(), label="2026-W12", as_of=AS_OF)
    at_start = datetime(2026, 3, 9, tzinfo=UTC)
    with pytest.raises(InvalidCall, match="begins after"):
        plan_of(ReviewSection(), label="2026-W11", as_of=at_start)


@pytest.mark.parametrize(("maturity", "ripe"), [(30, 4), (90, 4), (365, 4), (4_000, 0)])
def test_windows_go_back_to_those_whose_labels_are_final(maturity: int, ripe: int) -> None:
    section = ReviewSection(window="day", label_maturity_days=maturity)
    plan = plan_of(section, label=None, as_of=AS_OF)
    ends = [datetime.fromisoformat(each.end) for each in plan.before]
    assert sum(end + timedelta(days=maturity) <= AS_OF for end in ends) == ripe
    assert len(ends) <= 404


def test_a_release_file_with_a_wrong_rule_or_zone_is_refused() -> None:
    require_review(ReviewSection(rules=(LOW,)))
    with pytest.raises(InvalidCall, match="no figure"):
        require_review(ReviewSection(rules=(LOW.replace("adoption", "adoptoin"),)))
    with pytest.raises(InvalidCall, match="no time zone"):
        require_review(ReviewSection(time_zone="Mars/Olympus"))


def test_promises_that_are_no_longer_kept_are_seen() -> None:
    window = counts()
    left, acted = window.groups
    fewer = acted.model_copy(update={"positives": 60, "negatives": acted.rows - 60})
    found = reviewed(*[counts()] * 4, window.model_copy(update={"groups": (left, fewer)}))
    growth = found.figure("calibration_growth").interval
    assert growth is not None
    assert growth.low > 0.1
    usual = reviewed(*[counts()] * 5).figure("calibration_growth").interval
    assert usual is not None
    assert usual.low <= 0 <= usual.high


def test_a_promotion_is_no_drift_of_the_score() -> None:
    """Another version scores otherwise, and that is no news about the rows."""
    promoted = counts(acted=0.6, version="4")
    found = reviewed(
        *[counts()] * 4, promoted, of=stated(rules=["when drifted > 0 then stop data"])
    )
    assert not found.firings
    first, second = found.drift[:2]
    assert {first.column, second.column} == {"score", "decision"}
    for each in (first, second):
        assert each.state == "not_enough_data"
        assert each.note == "Version 4 has no scores in the windows before: the version changed."
    assert [each.state for each in found.drift[2:]] == ["no_material_drift"] * 2
    assert "of version 4" in found.figure("expected_accuracy").note
    assert found.figure("score_shift").note.endswith("the version changed.")


def test_after_a_promotion_a_version_is_compared_with_itself() -> None:
    """The window has rows of both; the one that answered most is looked at."""
    both = added([counts(200), counts(1_800, acted=0.6, version="4")])
    again = reviewed(*[both] * 5, reference=added([both] * 4))
    assert {each.state for each in again.drift} == {"no_material_drift"}
    assert again.figure("decision_shift").value == 0
    assert again.figure("expected_accuracy").note == "Of version 4 alone."
    more = added([counts(200), counts(1_800, acted=0.8, version="4")])
    moved = reviewed(*[both] * 4, more, reference=added([both] * 4))
    assert {each.column for each in moved.drift if each.state == "drift"} == {"score", "decision"}


def test_drift_that_lasts_is_told_from_drift() -> None:
    release = stated(drift_windows=2, drift_windows_of=3)
    moved = counts(acted=0.6)
    once = reviewed(*[counts()] * 5, moved, of=release)
    assert (once.figure("drifted").value, once.figure("drifted_lastingly").value) == (2, 0)
    twice = reviewed(*[counts()] * 4, moved, moved, of=release, reference=counts(4_000))
    assert {each.column for each in twice.drift if each.lasting == "drift"} == {"score", "decision"}
    assert twice.figure("drifted_lastingly").value == 2


def test_drift_is_ranked_by_what_it_may_cost() -> None:
    """The plan has moved less and matters more."""
    columns = (
        ColumnCounts(name="tenure", edges=EDGES, counts=(700, 100, 100, 100)),
        ColumnCounts(name="plan", categories={"a": 450, "b": 550}),
    )
    importance = {"tenure": 1.0, "plan": 9.0}
    window = counts(acted=0.5).model_copy(update={"columns": columns, "importance": importance})
    found = reviewed(*[counts()] * 4, window)
    first, second = [each for each in found.drift if each.column in importance]
    assert (first.value or 0) < (second.value or 0)
    assert [each.column for each in (first, second)] == ["plan", "tenure"]
    assert (first.importance, second.importance) == (0.9, 0.1)
    assert first.cost is None  # no row of the windows before has a cost
    priced = counts().model_copy(update={"model_cost": Money(rows=1_000, total=20_000.0)})
    found = reviewed(*[priced] * 4, window)
    costs = {each.column: each.cost for each in found.drift if each.cost is not None}
    cost = found.figure("cost_per_row").value
    assert cost is not None
    assert sum(costs.values()) == pytest.approx(cost - 20)
    assert costs["plan"] / costs["tenure"] == pytest.approx(
        9 * (first.value or 0) / (second.value or 1)
    )


def test_another_meaning_is_told() -> None:
    renamed = ColumnCounts(name="plan", categories={"a": 0, "b": 200}, other=800)
    window = counts()
    found = reviewed(
        *[counts()] * 4,
        window.model_copy(update={"columns": (window.columns[0], renamed)}),
    )
    changed = found.figure("meaning_changes")
    assert (changed.value, changed.note) == (1, "plan")
    notes = {each.column: each.note for each in found.drift if each.what == "distribution"}
    assert notes["plan"] == "a: gone, and values that are new came as often. Renamed?"
    assert found.figure("unit_changes").value == 0


def test_segments_that_are_worse_or_new_are_named() -> None:
    release = stated(segments=["plan"], segment_rows=100)
    before = counts(4_000).model_copy(update={"values": {"plan": {"a": 4_000}}})
    rows = segment("a", 700, wrong=70), segment("b", 200, wrong=80), segment("c", 99, wrong=50)
    values = {"plan": {each.value: each.rows for each in rows}}
    window = counts().model_copy(update={"segments": rows, "values": values})
    found = reviewed(*[counts()] * 4, window, of=release, reference=before)
    worst, other = found.segments
    assert (worst.value, worst.worse, round(worst.figure, 6)) == ("b", True, 0.4)
    assert (other.value, other.worse) == ("a", False)
    assert worst.interval.low > 0
    assert found.figure("worse_segments").value == 1
    assert found.new_segments == ("plan = b",)


def test_overrides_have_bounds_on_both_sides() -> None:
    release = stated(override_at_least=0.02, override_at_most=0.3)
    teams = (
        TeamCounts(who="blind", accepted=1_000),
        TeamCounts(who="few", accepted=5),
        TeamCounts(who="fine", accepted=900, overridden=100),
        TeamCounts(who="stubborn", accepted=200, overridden=200),
    )
    found = reviewed(*[counts()] * 4, counts().model_copy(update={"teams": teams}), of=release)
    assert [(each.value, each.state) for each in found.overriding] == [
        ("stubborn", "too_high"), ("blind", "too_low"), ("few", "not_enough_data"),
        ("fine", "within"),
    ]  # fmt: skip
    assert found.figure("override_outliers").value == 2


def test_what_was_expected_is_reconciled_with_what_came() -> None:
    kept = {each.name: each for each in reviewed(*[counts()] * 5).reconciled}
    assert set(kept) == {"accuracy", "auc", "cost_per_row"}
    assert all(each.held and abs(each.difference) < 1e-9 for each in kept.values())
    window = counts()
    left, acted = window.groups
    fewer = acted.model_copy(update={"positives": 60, "negatives": acted.rows - 60})
    broken = window.model_copy(update={"groups": (left, fewer)})
    missed = {each.name: each for each in reviewed(*[counts()] * 4, broken).reconciled}
    assert not missed["accuracy"].held
    assert missed["accuracy"].difference == pytest.approx((60 - 240) / 1_000)
    assert not reviewed(*[counts()] * 4, unlabelled(counts())).reconciled


def test_rows_that_cost_differently_are_counted_with_their_own_costs() -> None:
    def own(window: WindowCounts) -> WindowCounts:
        groups = tuple(
            each.model_copy(
                update={
                    "priced": each.rows, "if_positive": 0.0 if each.acted else 800.0 * each.rows,
                    "if_negative": 20.0 * each.rows if each.acted else 0.0,
                    "cost": Money(
                        rows=each.rows,
                        total=20.0 * each.negatives if each.acted else 800.0 * each.positives,
                        squares=1e7,
                    ),
                    "positive_cost": 0.0 if each.acted else 800.0 * each.positives,
                }
            )
            for each in window.groups
        )  # fmt: skip
        return window.model_copy(update={"groups": groups})

    found = reviewed(*[counts()] * 4, own(counts()))
    cost = 0.07 * 800 + 0.06 * 20
    assert found.figure("cost_per_row").value == pytest.approx(cost)
    assert found.figure("expected_cost_per_row").value == pytest.approx(cost)
    assert found.figure("cost_of_misses").value == pytest.approx(70 * 800)
    assert found.figure("cost_of_false_alarms").value == pytest.approx(60 * 20)


def test_the_control_arm_and_fallbacks_are_valued() -> None:
    def arm(name: str, units: int, money: float) -> ArmCounts:
        """Return units of two rows each, which earn so much on average."""
        moments = ArmMoments(
            arm=name,
            units=units,
            means=(money, 2.0, 0.4 if name == "champion" else 1.0, 2.0, 0.6, 0.8),
            covariance=tuple(
                tuple((100.0, 0.0, 0.25, 0.0, 0.1, 0.0)[row] * (row == other) for other in range(6))
                for row in range(6)
            ),
        )
        return ArmCounts(arm=name, rows=2 * units, units=moments)

    others = arm("holdout", 50, 900.0), arm("previous", 60, 106.0)  # as fallbacks were logged once
    arms = arm("challenger", 450, 20.0), arm("champion", 50, 8.0), *others
    window = counts().model_copy(
        update={
            "arms": arms,
            "fallback_cost": Money(rows=10, total=500.0, squares=30_000.0),
            "model_cost": Money(rows=990, total=29_700.0, squares=1_000_000.0),
        }
    )
    found = reviewed(*[counts()] * 4, window)
    uplift = found.figure("uplift_per_row")
    assert uplift.value == pytest.approx(6)
    assert uplift.interval is not None
    assert uplift.interval.low == pytest.approx(6 - 2.01 * (25 / 50 + 25 / 450) ** 0.5, abs=0.02)
    assert found.figure("uplift_total").value == pytest.approx(5_400)
    acted = found.figure("action_share_uplift")
    assert acted.value == pytest.approx(0.5 - 0.2)
    assert acted.interval is not None
    reach = 2.01 * (0.0625 / 50 + 0.0625 / 450) ** 0.5
    assert acted.interval.low == pytest.approx(0.3 - reach, abs=0.001)
    assert found.figure("adoption_rate_uplift").value == pytest.approx(0)
    assert found.figure("cost_of_fallbacks").value == pytest.approx(10 * (50 - 30))
    alone = reviewed(*[counts()] * 5)
    assert alone.figure("uplift_per_row").value is None


def test_broken_rules_are_told_beside_what_is_usual() -> None:
    window = counts()
    tenure = window.columns[0].model_copy(update={"broken": {"null": 0, "range": 40}})
    found = reviewed(*[counts()] * 4, window.model_copy(update={"columns": (tenure,)}))
    (broken,) = found.contract
    assert (broken.column, broken.rule, broken.rows, broken.share, broken.usual) == (
        "tenure", "range", 40, 0.04, None,
    )  # fmt: skip
    assert found.figure("contract_break_share").value == 0.04
