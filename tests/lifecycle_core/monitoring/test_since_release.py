"""Windows beside what the release keeps: drift that is slow, and versions that are new."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from lifecycle_core.monitoring.sums import added
from lifecycle_core.schema.release_file import CostsSection
from lifecycle_core.schema.review import ColumnDrift
from lifecycle_core.schema.window_counts import ColumnCounts, Money, WindowCounts
from tests.fakes.windows import counts, reviewed, stated, unlabelled

EDGES = tuple(NormalDist().inv_cdf(place / 20) for place in range(1, 20))


def normal(mean: float, rows: int = 30_000) -> WindowCounts:
    """Return a window with one feature, whose distances are in standard deviations."""
    below = [0.0, *(NormalDist(mean).cdf(edge) for edge in EDGES), 1.0]
    column = ColumnCounts(
        name="x", edges=EDGES, counts=tuple(round(each * rows) for each in np.diff(below))
    )
    return WindowCounts(rows=rows, versions={"3": rows}, columns=(column,))


def test_drift_that_is_slow_is_seen_against_the_release() -> None:
    """A twentieth of a standard deviation a window never was drift, however long it went on."""
    weeks = [normal(0.05 * week) for week in range(25)]
    release = stated(rules=["when drifted_since_release > 0 then retrain data"])
    found = {}
    for week in (4, 12, 24):
        found[week] = reviewed(
            *weeks[week - 4 : week + 1], of=release,
            reference=added(weeks[week - 4 : week]), released=weeks[0],
        )  # fmt: skip
        states = {each.against: each.state for each in found[week].drift if each.column == "x"}
        assert states["before"] == "no_material_drift"
        assert (states["release"] == "drift") is (week > 4)
    assert not found[4].firings
    assert (found[12].figure("drifted").value, found[12].figure("drifted_since_release").value) == (
        0, 1,
    )  # fmt: skip
    assert [each.rule for each in found[24].firings] == list(release.review.rules)


def test_the_first_windows_are_compared_with_the_release_alone() -> None:
    kept = normal(0.0)
    found = reviewed(normal(2.0), reference=kept, released=kept)
    assert {each.against for each in found.drift} == {"release"}
    assert found.figure("drifted").value == found.figure("drifted_since_release").value == 1


def test_older_reviews_say_what_they_were_compared_with() -> None:
    kept = {"column": "x", "what": "missing", "state": "drift", "tolerance": 0.1}
    assert ColumnDrift.model_validate(kept).against == "before"


def test_of_a_new_version_held_out_rows_tell_what_scores_mean() -> None:
    """No expected quality and no drift of the score was to be had until labels came."""
    new = unlabelled(counts(version="4"))
    old = [counts(version="3")] * 4
    without = reviewed(*old, new)
    assert without.figure("expected_auc").value is None
    assert without.figure("score_shift").value is None
    found = reviewed(*old, new, released=counts(2_000, version="4"))
    for name, value in (("auc", 0.835), ("cost_per_row", 29.2)):
        figure = found.figure(f"expected_{name}")
        assert figure.value == pytest.approx(value, abs=0.02)
        assert figure.note == "Learned from the held-out rows of finalization."
    assert found.figure("score_shift").value is not None
    assert found.figure("cost_per_run").value == pytest.approx(29_200)
    worse = counts(2_000, version="4")
    upside_down = tuple(
        each.model_copy(update={"positives": each.negatives, "negatives": each.positives})
        for each in worse.groups
    )
    kept = worse.model_copy(update={"groups": upside_down})
    labelled = [counts(version="4")] * 4
    own = reviewed(*labelled, new, reference=counts(4_000, version="4"), released=kept)
    assert own.figure("expected_cost_per_row").value == pytest.approx(29.2)


def test_the_cost_of_forecasts_has_an_interval() -> None:
    release = stated()
    release = release.model_copy(
        update={
            "model": release.model.model_copy(update={"task": "regression"}),
            "costs": CostsSection(currency="EUR", over=2, under=3),
        }
    )
    window = WindowCounts(
        rows=5_000, versions={"3": 5_000}, labelled=5_000, over=2_500, under=2_500,
        absolute_error=Money(rows=5_000, total=5_000, squares=9_000),
        model_cost=Money(rows=5_000, total=12_500, squares=60_000),
    )  # fmt: skip
    found = reviewed(*[window] * 5, of=release, reference=window)
    cost = found.figure("cost_per_row")
    assert (cost.value, cost.rows) == (2.5, 5_000)
    assert cost.interval is not None
    assert cost.interval.high - cost.interval.low == pytest.approx(
        2 * 1.96 * (5.75 / 5_000) ** 0.5, rel=1e-3
    )
    assert found.figure("cost_per_run").met is True
    # As for decisions, it is the model's: what the fallback's rows cost more is told apart.
    dear = {"fallbacks": {"bad_input": 50}, "fallback_cost": Money(rows=50, total=5e3, squares=6e5)}
    partly = window.model_copy(update=dear)
    found = reviewed(*[partly] * 5, of=release, reference=partly)
    cost = found.figure("cost_per_row")
    assert (cost.value, cost.rows) == (2.5, 5_000)
    assert found.figure("cost_of_fallbacks").value == pytest.approx(50 * (100 - 2.5))
