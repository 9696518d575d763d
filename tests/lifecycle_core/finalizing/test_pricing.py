"""Rows with costs of their own: which threshold is cheapest, and what it costs, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from lifecycle_core.adapters.evidence import EvidenceInMemory
from lifecycle_core.delivering.deciding import decided
from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing import Other, compare_with, finalize
from lifecycle_core.finalizing.decisions.base import Outcomes
from lifecycle_core.finalizing.decisions.threshold import Threshold
from lifecycle_core.stats.cost import CostMatrix
from tests.fakes.finalizing import Column, bikes_release, churn_release, churn_rows

if TYPE_CHECKING:
    from lifecycle_core.schema.finalization import DecisionRule
    from lifecycle_core.schema.release_file import ReleaseFile

RULE = Threshold(
    matrix=CostMatrix(false_positive=20, false_negative=100),
    currency="EUR",
    positive=True,
    target="left",
    rows_per_run=5,
)
SCORES = np.array([0.9, 0.8, 0.6, 0.4, 0.2])
TRUTH = np.array([False, True, False, True, False])
CANDIDATES = {"risk": Column(), "noise": Column("odds")}


def outcomes(*times: float) -> Outcomes:
    return Outcomes(truth=TRUTH, amounts={"false_negative": np.array(times)})


def release(column: str = "balance", **sections: dict[str, Any]) -> ReleaseFile:
    costs = {
        "false_positive": 20, "false_negative": 400, "currency": "EUR",
        "amounts": {"false_negative": {"column": column, "usual": 1_000}},
    }  # fmt: skip
    return churn_release(**{"costs": costs, **sections})


def rows(n: int = 400, seed: int = 0) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return customers of whom those at little risk have little to lose."""
    frame, y = churn_rows(n, seed)
    balance = np.where(frame["risk"] < 0.5, 100, 9_000) + 10 * frame["noise"]
    return frame.assign(balance=balance, odds=np.linspace(0, 1, n)), y


def by_hand(frame: pd.DataFrame, y: pd.Series[Any], rule: DecisionRule) -> float:
    """Return the mean cost of the decisions that the service would log."""
    acts = decided(frame["risk"].to_numpy(), rule)
    total = 0.0
    for acted, left, balance in zip(acts, y == "yes", frame["balance"], strict=True):
        total += 20 if acted and not left else 400 * balance / 1_000 if left and not acted else 0
    return total / len(frame)


def test_the_cheapest_threshold_depends_on_what_rows_cost() -> None:
    usual = outcomes(1, 1, 1, 1, 1)
    assert RULE.choose(SCORES, usual).value == 0.3  # two in vain are 40, missing one is 100
    assert RULE.constant(usual).cost == 60 / 5
    small = outcomes(1, 0.1, 1, 0.1, 1)
    assert RULE.choose(SCORES, small).value == 0.95  # missing both is 20
    assert RULE.constant(small).cost == 20 / 5
    large = outcomes(1, 0.1, 1, 5, 1)
    assert RULE.choose(SCORES, large).value == 0.3
    rule = RULE.choose(SCORES, large)
    assert RULE.costs(SCORES >= 0.5, large).tolist() == [20, 0, 20, 500, 0]
    cheapest = min(RULE.curve(SCORES, large, rule, 5), key=lambda point: point.cost_per_run)
    assert cheapest.cost_per_run == 40
    assert 0.2 < cheapest.value <= 0.4


def test_rows_whose_costs_are_not_known_take_no_part() -> None:
    some = outcomes(1, 0.1, 1, np.nan, np.nan)
    assert RULE.choose(SCORES, some).value == 0.95  # missing the second is 10
    assert np.isnan(RULE.costs(SCORES >= 0.5, some)).tolist() == [False] * 3 + [True] * 2
    assert RULE.constant(some).cost == pytest.approx(10 / 3)


def test_rows_without_costs_take_up_capacity() -> None:
    truth = np.array([False, True, True, False, False])
    dear = np.array([np.nan, np.nan, 5.0, 1.0, 1.0])  # the third is worth 500, behind two others
    some = Outcomes(truth=truth, amounts={"false_negative": dear})
    for most, acted in ((2, 0), (3, 3)):
        rule = replace(RULE, actions_per_run=most).choose(SCORES, some)
        assert (rule.value <= SCORES).sum() == acted


def test_what_one_threshold_leaves_is_said() -> None:
    far = Outcomes(truth=TRUTH, amounts={"false_negative": np.array([0.0, 9.0, 0.0, 9.0, 0.0])})
    said = RULE.explain(SCORES, far, RULE.choose(SCORES, far))
    assert "it costs EUR 40.00 per run" in said
    assert "weighing each row's own costs at its probability would cost EUR 0.00." in said


def test_finalization_counts_in_the_money_of_the_log() -> None:
    (frame, y), other = rows(), rows(300, seed=9)
    record = finalize(
        CANDIDATES, frame, y, release=release(), evidence=EvidenceInMemory(), holdout=other
    )
    assert record.holdout["expected_cost"] == pytest.approx(by_hand(*other, record.rule))
    tried = [by_hand(frame, y, record.rule.model_copy(update={"value": value}))
             for value in np.linspace(0, 1, 201)]  # fmt: skip
    assert by_hand(frame, y, record.rule) <= min(tried) + 1e-9
    usual = finalize(CANDIDATES, frame, y, release=churn_release(), evidence=EvidenceInMemory())
    assert record.rule.value > usual.rule.value + 0.1  # of 40 that can be lost, and of 400
    assert "own costs: false_negative by balance (EUR 400 at 1,000)." in record.reason[1]
    assert "own costs" not in " ".join(usual.reason[:-1])


def test_rows_without_a_number_are_told() -> None:
    frame, y = rows()
    frame.loc[frame.index[:40], "balance"] = np.nan
    record = finalize(CANDIDATES, frame, y, release=release(), evidence=EvidenceInMemory())
    assert "In 40 of 400 rows there is no number" in record.reason[1]
    kept = finalize(
        CANDIDATES, frame[40:], y[40:], release=release(), evidence=EvidenceInMemory()
    )  # fmt: skip
    assert record.rule.value == pytest.approx(kept.rule.value, abs=0.02)
    assert np.isfinite(record.candidate("risk").cost_interval.low)


def test_the_champion_is_compared_in_the_same_money() -> None:
    (frame, y), other = rows(), rows(300, seed=9)
    old = finalize(CANDIDATES, frame, y, release=churn_release(), evidence=EvidenceInMemory())
    new = finalize(CANDIDATES, frame, y, release=release(), evidence=EvidenceInMemory())
    model = Column().fit(frame, y.to_numpy())
    found = compare_with(
        Other(model=model, finalization=old, version=1), candidates=CANDIDATES, X=frame, y=y,
        holdout=other, model=model, finalization=new, release=release(),
    )  # fmt: skip
    before, now = (by_hand(*other, record.rule) for record in (old, new))
    assert found.difference == pytest.approx((now - before) * found.rows_per_run)


def test_what_cannot_be_priced_is_refused() -> None:
    frame, y = rows()
    with pytest.raises(InvalidCall, match="'debt', which is no column of X"):
        finalize(CANDIDATES, frame, y, release=release("debt"), evidence=EvidenceInMemory())
    text = frame.assign(balance="much")
    with pytest.raises(InvalidCall, match="a number in 0 of 400 rows of X"):
        finalize(CANDIDATES, text, y, release=release(), evidence=EvidenceInMemory())
    costs = {"over": 1, "under": 2, "amounts": release().costs.amounts}
    with pytest.raises(InvalidCall, match="the task is a regression"):
        finalize(
            CANDIDATES, frame, pd.Series(np.arange(400.0)),
            release=bikes_release(costs=costs), evidence=EvidenceInMemory(),
        )  # fmt: skip
