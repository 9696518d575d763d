from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.reference_profile import binnings_of, of_version, profile_table
from lifecycle_core.adapters.window_counting import count_windows
from lifecycle_core.monitoring import plan_of
from lifecycle_core.schema.contract import Feature
from lifecycle_core.schema.release_file import ReviewSection
from lifecycle_core.schema.window_counts import WindowCounts
from tests.fakes.predictions import prediction
from tests.fakes.windows import stated

if TYPE_CHECKING:
    from pathlib import Path

FEATURES = (
    Feature(name="tenure", type="integer", required=True),
    Feature(name="plan", type="string", required=False),
    Feature(name="salary", type="number", required=True, log="hash"),
    Feature(name="religion", type="string", required=True, log="none"),
)


def test_the_last_feature_may_be_a_number(tmp_path: Path) -> None:
    """DuckDB counted nothing more while a quantile that was read was not read to its end."""
    pq.write_table(pa.table({"plan": ["a", "b"], "tenure": [1, 2]}), tmp_path / "training.parquet")
    profile = profile_table(tmp_path / "training.parquet", FEATURES[1::-1])
    assert [each.present for each in profile.columns] == [2, 2]


def test_held_out_scores_are_kept_with_their_labels(tmp_path: Path) -> None:
    pq.write_table(pa.table({"tenure": [1.0] * 1_000}), tmp_path / "training.parquet")
    scores = [number // 2 / 500 for number in range(1_000)]
    held_out = {
        "score": scores,
        "decision": [float(score >= 0.25) for score in scores],
        "label": [float(number % 4 == 0) for number in range(1_000)],
    }
    pq.write_table(pa.table(held_out), tmp_path / "held_out.parquet")
    kept = tmp_path / "held_out.parquet"
    profile = profile_table(tmp_path / "training.parquet", FEATURES[:1], held_out=kept)
    assert len(profile.groups) <= 101
    assert sum(each.rows for each in profile.groups) == 1_000
    assert sum(each.positives for each in profile.groups) == 250
    assert sum(each.rows for each in profile.groups if each.acted) == 750
    (answers,) = of_version(profile, 7).answers
    assert (answers.version, answers.decided, answers.acted) == ("7", 1_000, 750)
    assert [each.name for each in binnings_of(profile)] == ["score", "tenure"]
    assert binnings_of(profile)[0].edges == answers.score.edges
    assert WindowCounts.from_json(profile.to_json()) == profile
    forecast = profile_table(tmp_path / "training.parquet", FEATURES[:1], held_out=kept, acts=False)
    assert (forecast.groups, forecast.answers[0].decided) == ((), 0)
    older = profile_table(tmp_path / "training.parquet", FEATURES[:1], held_out=tmp_path / "none")
    assert (older.answers, older.groups) == ((), ())


def test_the_training_table_stands_in_until_there_are_windows(tmp_path: Path) -> None:
    table = {
        "tenure": list(range(40)),
        "plan": ["a"] * 30 + [None] * 10,
        "salary": [1.5] * 40,
        "religion": ["x"] * 40,
    }
    pq.write_table(pa.table(table), tmp_path / "training.parquet")
    profile = profile_table(tmp_path / "training.parquet", FEATURES)
    assert (profile.rows, [each.name for each in profile.columns]) == (40, ["tenure", "plan"])
    tenure, plan = profile.columns
    assert (tenure.present, plan.categories, plan.missing) == (40, {"a": 30}, 10)
    assert [each.number for each in binnings_of(profile)] == [True, False]
    with open_prediction_log(tmp_path / "log", wal=tmp_path / "wal") as log:
        log.append([prediction(number) for number in range(9)]).result(timeout=60)
    as_of = datetime(2026, 12, 2, tzinfo=UTC)
    plan_ = plan_of(ReviewSection(reference_windows=1), label=None, as_of=as_of)
    found = count_windows(
        plan_,
        tmp_path / "log",
        release="churn",
        stated=stated(),
        features=FEATURES,
        as_of=as_of,
        profile=profile,
    )
    assert found.reference == profile
    assert found.window.rows == 9
    assert found.window.columns[1].other == 9
    assert found.window.columns[0].edges == tenure.edges
