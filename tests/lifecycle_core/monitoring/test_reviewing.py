from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.reviewing import FIGURES, plan_of, require_review
from lifecycle_core.schema.release_file import ReviewSection
from lifecycle_core.schema.review import Review
from lifecycle_core.schema.window_counts import ColumnCounts, Money, WindowCounts
from tests.fakes.windows import AS_OF, EDGES, counts, reviewed, stated, unlabelled

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
            assert (figure.value is None) == bool(figure.note) or figure.name == "undecided"


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
    assert found.figure("cost_per_run").note == "Expected, as too few labels are there."


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


def test_a_window_that_is_still_going_on_says_so() -> None:
    plan = plan_of(ReviewSection(window="week"), label="2026-W11", as_of=AS_OF)
    assert datetime.fromisoformat(plan.window.end) > AS_OF
    with pytest.raises(InvalidCall, match="begins after"):
        plan_of(ReviewSection(), label="2026-W12", as_of=AS_OF)
    at_start = datetime(2026, 3, 9, tzinfo=UTC)
    with pytest.raises(InvalidCall, match="begins after"):
        plan_of(ReviewSection(), label="2026-W11", as_of=at_start)


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
