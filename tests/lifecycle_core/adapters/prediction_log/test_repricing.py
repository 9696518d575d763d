"""Rows of a log in which nothing is as one would like it, drawn and priced again."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.adapters.prediction_log.repricing import lay_out
from lifecycle_core.schema.contract import Feature
from lifecycle_core.schema.release_file import CostsSection
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime(2026, 11, 28, tzinfo=UTC)
SPAN = Span(DAY, DAY + timedelta(days=1), DAY + timedelta(days=30))
FEATURES = [
    Feature(name="a/b~c", type="number", required=False),
    Feature(name="plan", type="string", required=False),
]
KEPT = {"a/b~c": 7.5, "plan": "a'; --"}
COSTS = CostsSection(false_positive=20, false_negative=400, over=3, under=5)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of ten rows, of which three can be scored again."""
    folder = tmp_path_factory.mktemp("log")
    odd: dict[int, dict[str, Any]] = {
        4: {"features": {"plan": "a"}},  # the log does not keep the other one
        5: {"features": KEPT | {"plan": "sha256:00"}},
        6: {"arm": "shadow"},
        7: {"fallback": "deadline", "score": None, "decision": True},
        8: {"version": 9},
        9: {"decision": None},
    }
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        log.append(
            [
                prediction(number).model_copy(
                    update={"features": KEPT | ({"plan": None} if number == 3 else {})}
                    | odd.get(number, {})
                )
                for number in range(1, 11)
            ]
        )
        said = [outcome(at, at, label=at != 2) for at in range(1, 10)]  # of the tenth nothing
        log.append_outcomes(said).result(timeout=60)
    return folder / "log"


def test_only_rows_whose_features_the_log_keeps_are_drawn(log: Path) -> None:
    with closing(CountsWindows(log, "churn", acts=True)) as counts:
        window = lay_out(counts, SPAN, version=3, costs=COSTS, acts=True)
        drawn = window.draw(FEATURES)
        assert (drawn.rows, drawn.labelled) == (7, 5)  # the fallback answered one
        found = {row["id"]: (row["a/b~c"], row["plan"]) for row in drawn.table.to_pylist()}
        assert found == {
            "p-000001": (7.5, "a'; --"), "p-000002": (7.5, "a'; --"), "p-000003": (7.5, None),
        }  # fmt: skip
        assert window.draw(FEATURES, most=2).table.num_rows == 2
        assert window.draw([]).table.num_rows == 5


def test_decisions_are_priced_row_by_row_against_the_last_model(log: Path) -> None:
    with closing(CountsWindows(log, "churn", acts=True)) as counts:
        window = lay_out(counts, SPAN, version=3, costs=COSTS, acts=True)
        ids = window.draw(FEATURES).table.column("id")
        left = np.zeros(3, dtype=bool)
        right = np.array([name != "p-000002" for name in ids.to_pylist()])
        found = window.price(ids, [left, right])
    released, older, fresh = found.models
    assert (released.total, released.squares, released.behind) == (20.0, 400.0, 20.0)
    assert (older.total, older.squares) == (800.0, 320_000.0)
    assert (older.behind, older.behind_squares) == (800.0, 320_000.0)
    assert (fresh.total, fresh.behind, fresh.behind_squares) == (0.0, 0.0, 0.0)
    assert found.stakes == 2 * 400.0**2 + 20.0**2


def test_forecasts_are_priced_by_their_error(log: Path) -> None:
    with closing(CountsWindows(log, "churn", acts=False)) as counts:
        window = lay_out(counts, SPAN, version=3, costs=COSTS, acts=False)
        ids = window.draw(FEATURES).table.column("id")
        found = window.price(ids, [np.full(3, 0.5)])
    released, fresh = found.models
    assert released.total == 3.0  # once 1 instead of 0
    assert fresh.total == 0.5 * (5 + 5 + 3)
    assert released.behind == released.total - fresh.total
    assert found.stakes == released.squares


def test_where_there_is_nothing_there_is_nothing(tmp_path: Path) -> None:
    with closing(CountsWindows(tmp_path, "churn", acts=True)) as counts:
        drawn = lay_out(counts, SPAN, version=3, costs=COSTS, acts=True).draw(FEATURES)
        assert (drawn.rows, drawn.labelled, drawn.table.num_rows) == (0, 0, 0)
        assert counts.first_answer(3) is None


def test_a_version_is_as_old_as_its_first_answer(log: Path) -> None:
    with closing(CountsWindows(log, "churn", acts=True)) as counts:
        assert counts.first_answer(3) == DAY + timedelta(hours=7, minutes=30, microseconds=1)
        assert counts.first_answer(4) is None
