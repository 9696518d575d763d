"""The declared fallback in SQL says of logged rows what the service would have said."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.baselines import NOT_TOLD, Baseline, baseline_of
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.delivering.expressions import compile_expression
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.release_file import CostsSection
from lifecycle_core.schema.serving import Fallback
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path

FEATURES = (
    Feature(name="tenure", type="integer", required=True),
    Feature(name="charges", type="number", required=False),
    Feature(name="plan", type="string", required=True),
    Feature(name="partner", type="boolean", required=False),
    Feature(name="since", type="date", required=False),
    Feature(name="secret", type="number", required=False, log="hash"),
)
CONTRACT = Contract(name="churn", features=FEATURES)
PLACES = {each.name: each.name for each in FEATURES}
TYPES = {each.name: each.type for each in FEATURES if each.log == "value"}
ROWS: list[dict[str, Any]] = [
    {"tenure": tenure, "charges": charges, "plan": plan, "partner": partner}
    for tenure, charges, plan, partner in product(
        (0, 5, None), (-2.5, 0.0, 20.0, None), ("basic", "it's", None), (True, False, None)
    )
]
ACTS = (
    "tenure < 6", "tenure < 6 and plan == 'basic'", "tenure > 4 or not partner",
    "plan in ('plus', 'basic')", "plan not in ['plus', \"it's\"]", "-tenure in [-5, 2]",
    "0 < tenure <= 5", "0 <= tenure <= 4 < 5", "charges is None", "charges is not None",
    "not charges < 6", "partner and tenure < 9", "partner == False", "partner != True",
    "charges / tenure > 1", "min(tenure, charges) < 0 or max(charges, tenure, 1) > 19",
    "abs(charges) > 2", "(0.9 if plan == 'basic' else charges) > 0.5", "plan < 'c'",
    "row['tenure'] + 1.5 * charges - 2 >= 0", "True", "not (tenure is None or charges is None)",
)  # fmt: skip
AMOUNTS = ("charges", "2 * charges + tenure", "charges / tenure", "abs(min(charges, tenure))")


def in_sql(rule: str, *, acts: bool) -> list[float | None]:
    truths = {True: "true", False: "false", None: None}
    given = pa.table(
        {
            "tenure": pa.array([each["tenure"] for each in ROWS], pa.float64()),
            "charges": pa.array([each["charges"] for each in ROWS], pa.float64()),
            "plan": [each["plan"] for each in ROWS],
            "partner": [truths[each["partner"]] for each in ROWS],
        }
    )
    decided = Baseline(rule, TYPES).decides(PLACES, acts=acts)
    assert decided != NOT_TOLD
    with duckdb.connect() as engine:
        engine.register("given", given)
        rows = engine.execute(f"SELECT ({decided})::DOUBLE FROM given").fetchall()  # noqa: S608 - what is tested
    return [value for (value,) in rows]


@pytest.mark.parametrize("rule", ACTS)
def test_a_rule_acts_where_it_acts_on_single_rows(rule: str) -> None:
    said = compile_expression(rule, CONTRACT).value
    assert in_sql(rule, acts=True) == [float(said(row) is True) for row in ROWS]


@pytest.mark.parametrize("rule", AMOUNTS)
def test_an_amount_is_that_of_single_rows(rule: str) -> None:
    said = compile_expression(rule, CONTRACT).value
    assert in_sql(rule, acts=False) == [said(row) for row in ROWS]


@pytest.mark.parametrize("rule", ["since < since", "secret > 1", "1e999 > tenure", "gone > 1"])
def test_what_the_log_cannot_tell_is_not_told(rule: str) -> None:
    assert Baseline(rule, TYPES).decides(PLACES, acts=True) == NOT_TOLD


def test_the_first_fallback_that_looks_at_nothing_but_the_row_is_the_baseline() -> None:
    last = Fallback(use="last_score")
    rule, never = Fallback(use="rule", decision="tenure < 6"), Fallback(use="constant", decision=0)
    assert baseline_of((last, rule, never), FEATURES) == Baseline("tenure < 6", TYPES)
    assert baseline_of((never, rule), FEATURES) == Baseline(0, TYPES)
    assert baseline_of((last,), FEATURES) is None


DAY = datetime(2026, 11, 28, tzinfo=UTC)
SPAN = Span(DAY, DAY + timedelta(days=1), DAY + timedelta(days=30))
COSTS = CostsSection(false_positive=20, false_negative=400)


def test_rows_are_priced_as_if_the_model_were_not_there(tmp_path: Path) -> None:
    rows = [  # tenure, decision, label: nobody, the rule (tenure < 6), and what it cost
        (3, True, 1),  # 400, 0, 0
        (3, True, 0),  # 0, 20, 20
        (9, True, 1),  # 400, 400, 0
        (9, False, 1),  # 400, 400, 400
        (3, False, 0),  # 0, 20, 0
        (3, False, None),
    ]
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as log:
        log.append(
            [
                prediction(at).model_copy(
                    update={"features": {"tenure": tenure}, "decision": decision}
                )
                for at, (tenure, decision, _) in enumerate(rows)
            ]
        )
        said = [outcome(at, at, label=label) for at, (_, _, label) in enumerate(rows)
                if label is not None]  # fmt: skip
        log.append_outcomes(said).result(timeout=60)
    rule = Baseline("tenure < 6", {"tenure": "integer"})
    with closing(
        CountsWindows(tmp_path / "log", "churn", acts=True, costs=COSTS, kinds={"tenure": True},
                      baseline=rule)
    ) as counts:  # fmt: skip
        counts.read(SPAN)
        found = counts.count(SPAN).baselines
        counts.read(SPAN, features=False)
        assert counts.count(SPAN).baselines.rule.rows == 0
    assert (found.nobody.rows, found.nobody.total) == (5, 1_200.0)
    assert (found.nobody_saved.total, found.nobody_saved.squares) == (780.0, 2 * 400**2 + 20**2)
    assert (found.rule.rows, found.rule.total) == (5, 840.0)
    assert (found.rule_saved.total, found.rule_saved.squares) == (420.0, 400**2 + 20**2)
