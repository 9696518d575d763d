"""Costs that are proportional to a feature: one log, worked out by hand, read in every way."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.adapters.prediction_log.repricing import lay_out
from lifecycle_core.adapters.prediction_log.unit_counting import CountsUnits, Stage
from lifecycle_core.schema.contract import Feature
from lifecycle_core.schema.release_file import Amount, CostsSection
from tests.fakes.experiments import plan
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime(2026, 11, 28, tzinfo=UTC)
SPAN = Span(DAY, DAY + timedelta(days=1), DAY + timedelta(days=30))
COSTS = CostsSection(
    false_positive=20,
    false_negative=400,
    amounts={"false_negative": Amount(column="balance", usual=1_000)},
)
ACT, LEAVE = True, False


class Row(NamedTuple):
    """What is logged; `cost` is 400 x balance / 1000 where it was missed, 20 where in vain."""

    balance: object
    decision: bool
    label: float
    cost: float | None


ROWS = (
    Row(2_000, LEAVE, 1, 800.0),
    Row(500, LEAVE, 1, 200.0),
    Row(3_000, ACT, 1, 0.0),
    Row(1_500, ACT, 0, 20.0),
    Row(100, LEAVE, 0, 0.0),
    Row(None, LEAVE, 1, None),
    Row("sha256:00", ACT, 0, None),  # costs 20, yet only rows of the other kind would be missing
)
BY_HAND = 1_020.0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return logged(tmp_path_factory.mktemp("priced"))


def logged(folder: Path, *, fallback: str = "") -> Path:
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        log.append(
            [
                prediction(at).model_copy(
                    update={
                        "features": {"balance": row.balance},
                        "decision": row.decision,
                        "fallback": fallback,
                    }
                )
                for at, row in enumerate(ROWS)
            ]
        )
        said = [outcome(at, at, label=row.label) for at, row in enumerate(ROWS)]
        log.append_outcomes(said).result(timeout=60)
    return folder / "log"


def test_a_review_adds_up_what_rows_cost(log: Path) -> None:
    kinds = {"balance": True}
    with closing(CountsWindows(log, "churn", acts=True, costs=COSTS, kinds=kinds)) as counts:
        counts.read(SPAN)
        found = counts.count(SPAN)
        counts.read(SPAN, features=False)
        assert counts.count(SPAN).model_cost.rows == 0  # rather than at the costs of usual rows
    left, acted = sorted(found.groups, key=lambda each: each.acted)
    assert (found.model_cost.total, found.model_cost.rows) == (BY_HAND, 5)
    assert (left.cost.total, left.positive_cost, left.cost.rows) == (1_000.0, 1_000.0, 3)
    assert (acted.cost.total, acted.positive_cost, acted.cost.rows) == (20.0, 0.0, 2)
    assert (left.if_positive, left.if_negative, left.priced) == (1_040.0, 0.0, 3)


def test_a_number_that_breaks_the_contract_prices_nothing_in_a_review(
    log: Path, tmp_path: Path
) -> None:
    """A balance in cents costs a hundred times as much; what a model answered broke no contract."""
    asked: dict[str, Any] = {"acts": True, "costs": COSTS, "kinds": {"balance": True}}
    fell = logged(tmp_path, fallback="bad_input")
    for bounds, rows, total in (
        ((0, 1_999), 3, 220.0), ((501, None), 3, 820.0), ((None, None), 5, BY_HAND),
    ):  # fmt: skip
        for address in (fell, log):
            with closing(
                CountsWindows(address, "churn", bounds={"balance": bounds}, **asked)
            ) as counts:
                counts.read(SPAN)
                found = counts.count(SPAN)
            cost = found.fallback_cost if address == fell else found.model_cost
            wanted = (rows, total) if address == fell else (5, BY_HAND)
            assert (cost.rows, cost.total) == wanted


def test_retraining_prices_rows_as_the_review_does(log: Path) -> None:
    feature = Feature(name="balance", type="number", required=False)
    with closing(CountsWindows(log, "churn", acts=True)) as counts:
        window = lay_out(counts, SPAN, version=3, costs=COSTS, acts=True)
        drawn = window.draw([feature])
        ids = drawn.table.column("id")
        balance = np.array(drawn.table.column("balance").to_pylist(), dtype=float)
        rich, every = balance < 2_500, np.ones(5, dtype=bool)
        found = window.price(ids, [rich, every])
    released, older, fresh = found.models
    assert (drawn.labelled, drawn.table.num_rows) == (7, 5)
    assert released.total == BY_HAND
    assert older.total == 1_200.0 + 20.0 + 20.0  # the one of 3,000 is missed
    assert (fresh.total, fresh.squares) == (40.0, 2 * 20.0**2)
    assert released.behind == BY_HAND - 40.0
    assert released.behind_squares == 800.0**2 + 200.0**2 + 20.0**2
    assert found.stakes == 800.0**2 + 200.0**2 + 1_200.0**2 + 2 * 20.0**2


def test_an_experiment_prices_rows_as_the_review_does(log: Path) -> None:
    stated = plan(metric={"name": "cost", "of": "cost"})
    with closing(
        CountsUnits(log, stated, key=("customer",), costs=COSTS, acts=True)
    ) as counts:  # fmt: skip
        counts.load(SPAN.start, SPAN.end, SPAN.as_of)
        found = counts.count(Stage(*SPAN), ["cost", "labelled"])
    assert sum(arm.units * arm.means[0] for arm in found.arms) == pytest.approx(BY_HAND)
    assert sum(arm.units * arm.means[1] for arm in found.arms) == pytest.approx(7)
    assert found.unpriced == 2


@pytest.mark.parametrize(("costs", "wanted"), [(CostsSection(), 0.0), (COSTS, BY_HAND)])
def test_without_costs_units_cost_nothing(log: Path, costs: CostsSection, wanted: float) -> None:
    asked: dict[str, Any] = {"key": ("customer",), "costs": costs, "acts": True}
    with closing(CountsUnits(log, plan(), **asked)) as counts:
        counts.load(SPAN.start, SPAN.end, SPAN.as_of)
        found = counts.count(Stage(*SPAN), ["cost"])
    assert sum(arm.units * arm.means[0] for arm in found.arms) == pytest.approx(wanted)
    assert found.unpriced == (2 if costs.amounts else 0)


def test_an_action_whose_truth_is_not_known_costs_nothing_yet(tmp_path: Path) -> None:
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as log:
        acted = [prediction(at).model_copy(update={"decision": ACT}) for at in range(3)]
        log.append(acted)
        said = [outcome(0, 0, label=0.0), outcome(1, 1, label=None)]  # of the third, nothing
        log.append_outcomes(said).result(timeout=60)
    costs = CostsSection(false_positive=20, false_negative=400, true_positive=5)
    stated = plan(metric={"name": "cost", "of": "cost"})
    with closing(
        CountsUnits(tmp_path / "log", stated, key=("customer",), costs=costs, acts=True)
    ) as counts:
        counts.load(SPAN.start, SPAN.end, SPAN.as_of)
        found = counts.count(Stage(*SPAN), ["cost", "labelled"])
    assert sum(arm.units * arm.means[0] for arm in found.arms) == pytest.approx(20.0)
    assert sum(arm.units * arm.means[1] for arm in found.arms) == pytest.approx(1)
