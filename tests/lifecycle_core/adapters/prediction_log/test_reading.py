from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw
import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log, read
from lifecycle_core.adapters.prediction_log.engine import last_said, open_engine
from lifecycle_core.errors import LogUnavailable
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        log.append([prediction(1, day="2026-11-26"), prediction(2), prediction(3)])
        log.append([prediction(4).model_copy(update={"release": "claims"})])
        log.append_outcomes([outcome(1, 2), outcome(2, 1), outcome(3, 2, action="overridden")])
        late = {"action": None, "label": False, "money": -3.5, "currency": "EUR", "release": ""}
        log.append_outcomes([outcome(4, 2, who="crm", **late)]).result(timeout=60)
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        log.append([prediction(2)]).result(timeout=60)  # sent again by a caller that was in doubt
    return folder / "log"


def test_each_prediction_once_with_the_last_that_was_said_of_it(log: Path) -> None:
    rows = read(log).to_pylist()
    assert [row["id"] for row in rows] == ["p-000001", "p-000002", "p-000003", "p-000004"]
    second = rows[1]
    assert (second["action"], second["label"], second["who"]) == ("overridden", 0.0, "crm")
    assert (second["money"], second["currency"]) == (-3.5, "EUR")
    assert rows[2]["outcome_time"] is None


def test_the_last_word_is_the_one_of_the_latest_moment_not_the_one_that_came_last(
    tmp_path: Path,
) -> None:
    newest = {"time": "2026-12-20T00:00:00Z", "label": True, "money": 500.0, "currency": "EUR"}
    before = {"time": "2026-12-01T00:00:00Z", "label": False, "money": 100.0, "currency": "EUR"}
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as log:
        log.append([prediction(1)])
        told = [outcome(1, 1, **newest), outcome(2, 1, **before, action="overridden")]
        log.append_outcomes(told).result(timeout=60)
    ((label, money, action, time),) = (
        (row["label"], row["money"], row["action"], row["outcome_time"].isoformat())
        for row in read(tmp_path / "log").to_pylist()
    )
    assert (label, money, action, time[:10]) == (1.0, 500.0, "accepted", "2026-12-20")
    with closing(open_engine(str(tmp_path / "log"))) as engine:
        counted = engine.execute(f"WITH sayings AS (FROM outcomes) {last_said()}").fetchall()
    assert counted == [("p-000001", "accepted", 1.0, 500.0, "EUR")]


def test_by_release_by_day_and_by_column(log: Path) -> None:
    first = read(log, release="churn", until=date(2026, 11, 27), columns=["score"])
    assert first.column_names[:2] == ["id", "score"]
    assert first.column("action").to_pylist() == ["accepted"]
    later = read(log, release="churn", since=date(2026, 11, 27))
    assert later.column("id").to_pylist() == ["p-000002", "p-000003"]
    with pytest.raises(LogUnavailable, match="no_such"):
        read(log, columns=["no_such"])


def test_any_frame_library_takes_it(log: Path) -> None:
    frame = nw.from_native(read(log), eager_only=True)
    assert frame.filter(nw.col("decision") == 1)["score"].to_list() == [0.62] * 4


def test_without_a_log_there_are_columns_and_no_rows(log: Path, tmp_path: Path) -> None:
    assert read(tmp_path / "none").schema == read(log).schema
    assert read(tmp_path / "none").num_rows == 0
