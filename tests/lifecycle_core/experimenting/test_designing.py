from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.errors import InvalidCall
from lifecycle_core.experimenting import Baseline, design, stages_from, stages_of
from lifecycle_core.stats.power import Design, Metric, units_needed
from lifecycle_core.stats.sequential import units_always_valid
from tests.fakes.experiments import counts, designed, designed_from_numbers, plan

ONCE = {"effect": 0.1, "looks": 1}


def bare(**fields: Any) -> Any:  # noqa: ANN401 - of the record
    return plan(secondary=[], guardrails=[], **fields)


def test_numbers_give_the_length_of_the_classic_formula() -> None:
    made = design(bare(rule=ONCE), stages_from(bare(), Baseline(10.0, 10.0, 100)))
    wanted = units_needed(1.0, Metric(100.0, 100.0))
    assert wanted is not None
    assert (made.chosen - 1) * 100 < wanted <= made.chosen * 100
    always = design(bare(), stages_from(bare(), Baseline(10.0, 10.0, 200)))
    many = units_always_valid(1.0, Metric(100.0, 100.0), Design())
    assert (always.chosen - 1) * 200 < many <= always.chosen * 200
    assert always.plan.units == always.chosen * 200


def test_history_saves_time_and_clusters_take_it() -> None:
    lengths = [
        design(bare(), stages_from(bare(), Baseline(10.0, 10.0, 200, *more))).chosen
        for more in ((0.5,), (), (0.0, 5.0, 0.3))
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[1] < lengths[2]


def test_unequal_arms_see_less() -> None:
    even, uneven = (
        design(bare(arms={"challenger": share}), stages_from(bare(), Baseline(10.0, 10.0, 500)))
        for share in (50, 10)
    )
    assert even.chosen < uneven.chosen


def test_a_share_has_the_variance_of_a_share() -> None:
    stated = bare(metric={"name": "kept", "of": "label", "kind": "proportion"}, rule=ONCE)
    made = design(stated, stages_from(stated, Baseline(0.5, 0.0, 1000)))
    assert made.spread == 0.5


def test_history_is_looked_at_length_by_length() -> None:
    made = designed()
    assert (made.chosen, made.sees, made.plan.periods, made.plan.units) == (3, True, 3, 1400)
    seen = [each.smallest or 0.0 for each in made.rows]
    assert seen == sorted(seen, reverse=True)
    assert all((each.smallest or 0) < (each.unadjusted or 0) for each in made.rows)
    assert made.rows[0].guardrails["latency"] > 0.99


def test_beyond_history_units_go_on_coming() -> None:
    history = [counts(units=units, effect=0.0) for units in (100, 180)]
    made = design(plan(rule={"effect": 0.05}), stages_of(plan(), history))
    assert made.extended == 3
    assert [each.units for each in made.rows[:4]] == [200, 360, 520, 680]


def test_what_no_length_shows_is_said() -> None:
    made = designed_from_numbers()
    assert not made.sees
    assert "No length up to 52 periods" in made.notes[0]


@pytest.mark.parametrize(
    ("baseline", "fact"),
    [
        (Baseline(0.0, 1.0, 100), "--baseline must not be 0"),
        (Baseline(1.0, 0.0, 100), "--deviation"),
        (Baseline(1.0, 1.0, 2), "--units-per-period"),
        (Baseline(1.0, 1.0, 100, 1.0), "--gain"),
        (Baseline(1.0, 1.0, 100, 0.0, 0.5), "--cluster-size"),
        (Baseline(1.0, 1.0, 100, 0.0, 5.0, 2.0), "--alike"),
    ],
)
def test_numbers_that_cannot_be_are_refused(baseline: Baseline, fact: str) -> None:
    with pytest.raises(InvalidCall, match=fact):
        stages_from(bare(), baseline)


def test_a_log_without_units_or_without_money_is_refused() -> None:
    with pytest.raises(InvalidCall, match="has 0 units"):
        design(plan(), stages_of(plan(), [counts(units=0)]))
    with pytest.raises(InvalidCall, match="has 0 units"):
        design(plan(), ())
    nothing = bare(metric={"name": "kept", "of": "label"})
    empty = counts().model_copy(update={"columns": ("label",) * 13})
    arms = tuple(
        each.model_copy(update={"means": (0.0,) * 13, "covariance": ((0.0,) * 13,) * 13})
        for each in empty.arms
    )
    with pytest.raises(InvalidCall, match="`kept` is 0 for every unit"):
        design(nothing, stages_of(nothing, [empty.model_copy(update={"arms": arms})]))
