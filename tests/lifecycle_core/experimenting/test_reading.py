"""Read-outs of made-up counts, and of tea-tasting's published experiment."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lifecycle_core.experimenting import read, span_of
from lifecycle_core.experimenting.effects import look_at, reading
from lifecycle_core.schema.unit_counts import ArmMoments, UnitCounts
from tests.fakes.experiments import START, WEEK, counts, frozen, plan, read_out, status, weekly

if TYPE_CHECKING:
    from lifecycle_core.schema.readout import Readout

PUBLISHED = Path(__file__).parents[1] / "stats" / "experiments.json"


def after(weeks: float, of: Any = None, **of_counts: Any) -> Readout:  # noqa: ANN401 - see `counts`
    stated = of or plan()
    found = status(frozen(stated))
    return read(found, counts(stated, **of_counts), span_of(found, START + weeks * WEEK))


def test_tea_tasting_s_revenue_per_user_is_read_as_published() -> None:
    """Of `make_users_data(rng=42, covariates=True)`: revenue 14 %, p .00674."""
    arms = json.loads(PUBLISHED.read_text())["users_with_history"]

    def counted(*columns: str) -> UnitCounts:
        made = []
        for arm, name in (("0", "champion"), ("1", "challenger")):
            at = [arms[arm]["columns"].index(column) for column in columns]
            inner = np.array(arms[arm]["cov"])[np.ix_(at, at)]
            size = len(at) + 1  # and whether anything is known of the days before
            matrix = np.zeros((size, size))
            matrix[:-1, :-1] = inner
            means = (*np.array(arms[arm]["mean"])[at].tolist(), 1.0)
            covariance = tuple(tuple(map(float, line)) for line in matrix)
            made.append(ArmMoments(arm=name, units=arms[arm]["n"], means=means,
                                   covariance=covariance))  # fmt: skip
        return UnitCounts(
            columns=("money", "money_before", "known_before"), covariates=2, arms=tuple(made)
        )

    look = look_at(plan(rule={"effect": 0.1, "looks": 1}), done=1.0)
    found = reading(plan().metric, "primary", counted("revenue", "revenue_covariate"),
                    "challenger", look)  # fmt: skip
    assert found.relative == pytest.approx(0.14, abs=0.005)
    assert found.p_value == pytest.approx(0.00674, abs=2e-4)
    orders = reading(plan().metric, "primary", counted("orders", "orders_covariate"),
                     "challenger", look)  # fmt: skip
    # They adjust with the slope of both arms together: a difference of the second order.
    assert orders.interval is not None
    assert orders.interval.low == pytest.approx(0.0157, abs=1e-3)
    assert orders.interval.high == pytest.approx(0.1009, abs=1e-3)


def test_what_is_better_and_keeps_its_guardrails_ships() -> None:
    found = read_out()
    assert (found.decision, found.winner) == ("ship", "challenger")
    money = found.metrics[0]
    assert money.gain == pytest.approx(0.49, abs=0.01)
    worth = found.worth[0]
    assert worth.per_unit == money.effect
    assert worth.per_year == pytest.approx(0.5 * 2_000 * 365.25 / 14)
    assert worth.per_year_interval.low > 0


def test_a_mismatch_of_the_arms_blocks_every_conclusion() -> None:
    found = read_out(lost=0.3, effect=5.0)
    assert (found.decision, found.winner) == ("no_conclusion", "")
    assert "Units are lost" in found.reason
    assert (found.metrics, found.worth, found.periods, found.novelty) == ((), (), (), ())


@pytest.mark.parametrize(
    ("weeks", "of_counts", "decision", "said"),
    [
        (2, {"effect": 0.0}, "keep_running", "is not shown to be better"),
        (4, {"effect": 0.0}, "stop", "The planned 4 periods are over."),
        (1, {"effect": -1.0}, "stop", "is shown to be worse"),
        (1, {"slower": 0.3}, "stop", "the guardrail latency is broken"),
        (1, {"slower": 0.1}, "keep_running", "latency keeps its margin"),
        (0.5, {"effect": 2.0}, "keep_running", "One whole week is not over yet."),
        (2, {"units": 0}, "keep_running", "not enough data"),
        (9, {"units": 20}, "keep_running", "not enough data"),
    ],
)
def test_what_follows_is_what_the_rule_says(
    weeks: float, of_counts: dict[str, Any], decision: str, said: str
) -> None:
    found = after(weeks, **of_counts)
    assert found.decision == decision
    assert said in found.reason


def in_other_currency(arms: tuple[str, ...], of: Any, foreign: int = 900) -> UnitCounts:  # noqa: ANN401 - a plan
    """Return counts in which all amounts of some arms are in a currency that does not count."""
    found = counts(of, effect=0.5)
    at = found.columns.index("money")

    def without(arm: ArmMoments) -> ArmMoments:
        if arm.arm not in arms:
            return arm
        means = [0.0 if place == at else mean for place, mean in enumerate(arm.means)]
        matrix = np.array(arm.covariance)
        matrix[at, :] = matrix[:, at] = 0.0
        return arm.model_copy(update={"means": tuple(means), "covariance": matrix.tolist()})

    changed = {"arms": tuple(map(without, found.arms)), "foreign": foreign}
    return found.model_copy(update=changed)


@pytest.mark.parametrize("arms", [("champion", "challenger"), ("champion",), ("challenger",)])
@pytest.mark.parametrize(
    ("weeks", "looks", "stopped", "decision"),
    [
        (2, "always", False, "keep_running"),
        (9, "always", False, "no_conclusion"),
        (9, 1, False, "no_conclusion"),
        (2, "always", True, "no_conclusion"),
    ],
)
def test_amounts_that_are_all_in_another_currency_show_nothing(
    arms: tuple[str, ...],
    weeks: float,
    looks: Any,  # noqa: ANN401 - of the rule
    stopped: bool,  # noqa: FBT001 - a case
    decision: str,
) -> None:
    stated = plan(rule={"effect": 0.1, "looks": looks})
    known = status(frozen(stated))
    if stopped:
        end = {"state": "stopped", "stopped": "2026-10-19T00:00:00Z", "reason": "enough"}
        known = status(frozen(stated), **end)
    span = span_of(known, START + (weeks + 8 * stopped) * WEEK)
    found = read(known, in_other_currency(arms, stated), span)
    money = found.metrics[0]
    assert (money.finding, money.effect, money.interval) == ("not_enough_data", None, None)
    assert found.decision == decision
    assert "no amount in the release's currency" in found.reason
    assert [each.foreign for each in found.metrics if each.role == "primary"] == [True]
    assert found.worth == ()
    others = {each.metric: each.finding for each in found.metrics[1:]}
    assert others["latency"] == "holds"
    # Where nobody reported another currency, an arm that earned nothing earned nothing.
    assert read(known, in_other_currency(arms, stated, 0), span).metrics[0].effect is not None


@pytest.mark.parametrize(
    ("days", "looks", "effect", "decision"),
    [
        (14, "always", 0.0, "stop"),
        (14, "always", 2.0, "ship"),
        (3, "always", 2.0, "no_conclusion"),
        (14, 1, 0.0, "no_conclusion"),
        (14, 4, 0.0, "stop"),
    ],
)
def test_a_stopped_experiment_has_a_final_answer(
    days: int,
    looks: Any,  # noqa: ANN401 - of the rule
    effect: float,
    decision: str,
) -> None:
    stated = plan(rule={"effect": 0.1, "looks": looks})
    ended = (START + timedelta(days=days)).isoformat()
    stopped = status(frozen(stated), state="stopped", stopped=ended, reason="nothing to see")
    found = read(stopped, counts(stated, effect=effect), span_of(stopped, START + 10 * WEEK))
    assert (found.decision, found.days) == (decision, days)
    assert ("It was stopped (nothing to see)." in found.reason) == (decision != "ship")
    slow = frozen(plan(maturity_days=5))  # outcomes still come
    waits = stopped.model_copy(update={"frozen": slow})
    early = START + timedelta(days=days + 4)
    found = read(waits, counts(slow.plan, effect=0.0), span_of(waits, early))
    assert found.decision == "no_conclusion"
    assert found.notes[0].startswith("Predictions of the last 5 days")
    before = START + timedelta(days=days - 1)  # it ran then
    found = read(stopped, counts(stated, effect=0.0), span_of(stopped, before))
    assert found.decision == "keep_running"


def test_what_has_to_be_exceeded_is_exceeded_for_sure() -> None:
    rule = {"effect": 0.1, "least": 0.04}
    assert after(2, plan(rule=rule), effect=0.5).decision == "keep_running"
    assert after(2, plan(rule=rule), effect=1.0).decision == "ship"


def test_a_plan_with_looks_says_nothing_between_them() -> None:
    once = plan(rule={"effect": 0.1, "looks": 1})
    early, late = after(3.9, once), after(4, once)
    assert early.decision == "keep_running"
    assert "once, at the end" in early.reason
    assert any("before the look" in note for note in early.notes)
    assert late.decision == "ship"
    four = plan(rule={"effect": 0.1, "looks": 4})
    widths = [
        after(weeks, four).metrics[0].interval for weeks in (1, 2, 3, 4)
    ]  # fmt: skip
    reach = [each.high - each.low for each in widths if each]
    assert reach == sorted(reach, reverse=True)
    assert len(reach) == 4


def test_several_arms_share_the_confidence() -> None:
    found = after(2, plan(arms={"challenger": 40, "candidate": 20}), units=1_000)
    assert found.decision == "no_conclusion"  # they were drawn as equal arms
    stated = plan(arms={"challenger": 33, "candidate": 33})
    two = after(2, stated.model_copy(update={"arms": {"challenger": 33.3, "candidate": 33.3}}))
    assert two.metrics[0].interval is not None
    assert two.metrics[0].interval.level == 0.975
    assert {each.arm for each in two.metrics} == {"challenger", "candidate"}


def test_an_effect_that_differs_between_weeks_is_less_sure_of_a_year() -> None:
    steady, moving = weekly(0.5, 0.6, 0.4, 0.5), weekly(2.5, -1.5, 2.0, -1.0)
    assert not steady.steadiness[0].differs
    assert steady.worth[0].other_periods is None
    assert steady.steadiness[0].relative == pytest.approx(0.05, abs=0.001)
    found = moving.steadiness[0]
    assert (found.differs, found.periods) == (True, 4)
    # The four effects, +25 % to -15 %, as a draw: 5 % with a standard error of 10.2 % and 3
    # degrees of freedom, where the units alone say 5 % +- 0.7 %.
    assert found.relative == pytest.approx(0.05, abs=0.002)
    assert found.interval.high == pytest.approx(0.05 + 3.182 * 0.102, abs=0.01)
    worth = moving.worth[0]
    assert worth.other_periods is not None
    assert worth.other_periods.low < 0 < worth.per_year_interval.low
    assert worth.other_periods.high == pytest.approx(
        found.interval.high / 0.05 * worth.per_year, rel=1e-3
    )


def test_two_weeks_cannot_tell_how_weeks_differ() -> None:
    assert weekly(2.5, -1.5).steadiness == ()


def test_strays_block_the_conclusion() -> None:
    found = status()
    span = span_of(found, START + 2 * WEEK)
    good = counts()
    crossed = read(found, good.model_copy(update={"crossed": {"challenger": 30}}), span)
    assert (crossed.decision, crossed.checks[1].passed) == ("no_conclusion", False)
    moved = {"champion": {"1": 3_000, "9": 1_000}, "challenger": {"2": 4_000}}
    other = read(found, good.model_copy(update={"versions": moved}), span)
    assert "champion by version 9 1,000" in other.reason
    few = read(found, good.model_copy(update={"crossed": {"challenger": 3}}), span)
    assert few.decision == "ship"


def test_what_is_not_ripe_is_left_out_until_it_is() -> None:
    found = status(frozen(plan(maturity_days=3)))
    span = span_of(found, START + WEEK)
    assert span.until == START + timedelta(days=4)
    stopped = status(frozen(), state="stopped", stopped="2026-10-08T00:00:00Z", reason="x")
    assert span_of(stopped, START + WEEK).until == START + timedelta(days=3)
    assert span_of(found, START + timedelta(hours=1)).until == START


def test_an_effect_that_fades_is_called_so() -> None:
    found = status()
    made = counts(effect=2.0)
    halves = tuple(
        each.model_copy(update={"means": (each.means[0], 10.1)}) if each.arm == "challenger"
        else each for each in made.halves
    )  # fmt: skip
    read_ = read(found, made.model_copy(update={"halves": halves}), span_of(found, START + WEEK))
    assert (read_.novelty[0].fades, read_.novelty[0].grows) == (True, False)
