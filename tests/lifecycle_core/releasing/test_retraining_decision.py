"""Decisions on retraining from real logs: models that are trained, and tried on their rows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.releasing.retraining_decision import Asked, decide_on
from lifecycle_core.schema.release import Release
from tests.fakes import aged, monthly
from tests.fakes.predictions import prediction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifecycle_core.schema.retraining_decision import RetrainingDecision

USUAL = [("2025-02", False, 0), ("2025-03", False, 0)]
TURNED = [*USUAL, *((f"2025-{month:02d}", True, 0) for month in (4, 5, 6))]
MOVED = [*USUAL, *((f"2025-{month:02d}", False, 10 * month) for month in (4, 5, 6))]


class Here:
    """Stands for a worker: runs what it is given in this process."""

    def run(self, function: Callable[..., Any], *given: Any, **named: Any) -> Any:  # noqa: ANN401
        """Run it."""
        return function(*given, **named)

    def start(self, *_: object, **__: object) -> Any:  # noqa: ANN401
        """Nothing is started."""
        raise NotImplementedError


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, its first model, and logs of a world that turned and of one that only moved."""
    root = tmp_path_factory.mktemp("aged")
    model = aged.trained(
        monthly.month(root / "data" / "2025-01.csv", seed=1, rows=1_000), root / "model"
    )
    for name, months in (("turned", TURNED), ("moved", MOVED)):
        monthly.month(root / name / "data" / "2025-01.csv", seed=1, rows=1_000)
        aged.answer_months(root / name, model, months, log=root / name / "log")
    return root


def asked(root: Path, *, terms: str = aged.TERMS, as_of: str = "2025-08-01") -> Asked:
    return Asked(
        release=Release(
            name="churn", version=1, bundle_digest="sha256:" + "0" * 64, created="2025-01-31"
        ),
        evidence=aged.evidence(terms),
        as_of=datetime.fromisoformat(as_of).replace(tzinfo=UTC),
        log=str(root / "log"),
        train=partial(aged.train, root),
    )


def decided(task: Asked) -> RetrainingDecision:
    return decide_on(task, apart=Here())


def test_where_the_world_turned_retraining_pays(root: Path) -> None:
    found = decided(asked(root / "turned", as_of="2025-07-25"))
    assert (found.answer, found.pays, found.age) == ("retrain", True, 5)
    assert [each.window for each in found.tried] == ["2025-03", "2025-04", "2025-05", "2025-06"]
    assert [each.labelled for each in found.tried] == [400] * 4
    usual, *_, last = found.tried
    assert abs(usual.saving) < 1
    assert last.saving > 10 * last.error
    assert last.saving == pytest.approx(last.now - last.after)
    assert found.worth is not None
    assert found.worth.break_even_periods == 1
    by_name = {each.policy: each for each in found.policies}
    assert by_name["trigger"].retrained == ("2025-06",)
    costs = {name: each.cost for name, each in by_name.items()}
    assert costs["knowing all beforehand"] < costs["performance trigger"] < costs["never"]
    assert not found.notes


def test_rows_that_the_fallback_answers_are_no_volume(root: Path, tmp_path: Path) -> None:
    # As many again as the model answers, and no model changes what becomes of them.
    log = tmp_path / "log"
    shutil.copytree(root / "turned" / "log", log)
    with open_prediction_log(log, wal=tmp_path / "wal") as kept:
        kept.append(
            [
                prediction(row, day=f"{month}-10").model_copy(
                    update={
                        "id": f"f-{month}-{row}", "version": 1, "score": None,
                        "fallback": "deadline", "features": {"tenure": 3, "charges": 50},
                    }
                )
                for month, _, _ in TURNED
                for row in range(400)
            ]
        ).result(timeout=60)  # fmt: skip
    task = asked(root / "turned", as_of="2025-07-25")
    before, found = decided(task), decided(replace(task, log=str(log)))
    assert (found.worth, found.tried) == (before.worth, before.tried)
    costs = [
        {each.policy: each.cost for each in one.policies if each.policy != "drift trigger"}
        for one in (before, found)
    ]
    assert costs[0] == costs[1]
    declared = aged.TERMS.replace("{window: month,", "{window: month, expected_rows: 1000,")
    half = decided(replace(task, log=str(log), evidence=aged.evidence(declared)))
    assert half.worth is not None
    assert half.worth.rows == 500


def test_where_customers_only_differ_it_says_no_though_reviews_find_drift(root: Path) -> None:
    found = decided(asked(root / "moved", as_of="2025-07-25"))
    assert (found.answer, found.pays) == ("keep", False)
    by_name = {each.policy: each for each in found.policies}
    assert by_name["drift trigger"].retrained
    assert by_name["on proof"].cost == by_name["never"].cost < by_name["drift trigger"].cost


def test_labels_that_are_not_final_are_not_looked_at(root: Path) -> None:
    found = decided(asked(root / "turned", as_of="2025-07-05"))
    assert [each.window for each in found.tried][-1] == "2025-05"
    assert found.newest is not None
    assert (found.newest.window, found.newest.basis) == ("2025-06", "estimated")
    assert found.now.basis == "realised"


@pytest.mark.parametrize(
    ("as_of", "answer"),
    [("2025-06-05", "not_enough_data"), ("2025-06-25", "retrain"), ("2025-07-05", "retrain")],
)
def test_the_trigger_counts_labels_once_they_are_final(root: Path, as_of: str, answer: str) -> None:
    # April and May cost more than 100 a row. On the 5th of June some rows of May have a label, and
    # May is expected to cost 82; a month later June waits, and those two are final.
    terms = aged.TERMS.replace("on_proof", "on_trigger")
    found = decided(replace(asked(root / "turned", terms=terms, as_of=as_of), train=None, why="."))
    assert found.answer == answer


def test_one_window_is_not_enough(root: Path) -> None:
    found = decided(asked(root / "turned", as_of="2025-03-25"))
    assert [each.window for each in found.tried] == ["2025-02"]
    assert (found.answer, found.pays, found.policies) == ("not_enough_data", None, ())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"log": "none"}, "No window has final labels"),
        ({"as_of": datetime(2025, 3, 5, tzinfo=UTC)}, "No window has final labels"),
        ({"train": None, "why": "There is no pipeline churn."}, "There is no pipeline churn."),
        ({"evidence": aged.evidence("")}, "`retraining.parameters` does not say"),
    ],
)
def test_with_too_little_there_is_an_answer_all_the_same(
    root: Path, changed: dict[str, Any], said: str
) -> None:
    if "log" in changed:
        changed = {"log": str(root / "none")}
    task = replace(asked(root / "turned", as_of="2025-07-25"), **changed)
    found = decided(task)
    assert found.answer in {"not_enough_data", "keep"}
    assert (found.pays, found.tried) == (None, ())
    assert said in found.reason[-1]


def test_what_a_row_cost_is_told_where_no_model_can_be_tried(root: Path) -> None:
    task = asked(root / "turned", as_of="2025-07-25")
    found = decided(replace(task, train=None, why="There is no pipeline churn."))
    assert (found.now.basis, found.now.window, found.newest) == ("realised", "2025-06", None)
    assert found.now.value == decided(task).now.value


def test_a_month_without_data_is_left_out_and_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for month in ("2025-02", "2025-04", "2025-05"):
        (tmp_path / "data" / f"{month}.csv").symlink_to(root / "turned" / "data" / f"{month}.csv")
    task = replace(asked(root / "turned", as_of="2025-07-25"), train=partial(aged.train, tmp_path))
    found = decided(task)
    assert [each.window for each in found.tried] == ["2025-03", "2025-05", "2025-06"]
    assert found.notes[0].startswith("No model could be trained for 2025-04: there is no data/2025")
    assert found.answer == "retrain"
