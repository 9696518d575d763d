"""What the log keeps of a scored table: as a service would, row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from lifecycle_core.adapters.prediction_log import read
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.release_file import WorkflowSection
from lifecycle_core.schema.serving import Fallback
from tests.fakes.scoring import NOW, customers, hash_of, logged, make

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.scoring import Made

KEYED = WorkflowSection(key=("region", "number"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(
        tmp_path_factory.mktemp("made"),
        workflow=KEYED,
        fallback=(Fallback(use="rule", decision="tenure < 3", score="0.5"),),
        policy={"plan": "hash", "charges": "none"},
    )


def bad_rows(rows: int = 6) -> pd.DataFrame:
    """The second row has no plan, the fourth a tenure out of range, the last one neither."""
    frame = customers(rows).astype({"tenure": "float"})
    frame.loc[1, "plan"] = None
    frame.loc[3, "tenure"] = 900.0
    return frame.assign(region="north", number=np.arange(rows) * 1.0)


def test_a_row_is_kept_as_a_service_keeps_it(made: Made) -> None:
    table = made.table(bad_rows(), "in.parquet")
    summary = made.deliver(table, "out.parquet", log=logged(made.folder / "log"))
    assert (summary.rows, summary.unscored, summary.logged) == (4, 2, 6)
    out = pd.read_parquet(made.folder / "out.parquet")
    kept = read(made.folder / "log").to_pandas()
    assert kept["id"].tolist() == out["prediction"].tolist()
    assert {UUID(each).version for each in kept["id"]} == {8}
    assert kept["key"].tolist() == [f'["north", "{at}"]' for at in range(6)]
    assert kept["features"].tolist()[:4] == [
        '{"tenure":0,"plan":"hash of plan basic"}',
        '{"tenure":1,"plan":null}',
        '{"tenure":2,"plan":"hash of plan plus"}',
        '{"tenure":900,"plan":"hash of plan basic"}',
    ]
    assert hash_of("plan", "basic") == "hash of plan basic"
    assert kept["fallback"].tolist() == ["", "bad_input", "", "bad_input", "", ""]
    # The rule looks at what is good of the row: a tenure out of range is none to it, so not small.
    assert kept["decision"].tolist()[1:4:2] == [1.0, 0.0]
    assert out["decision"].tolist() == kept["decision"].astype(bool).tolist()
    assert (kept["score"][1], out["score"][1]) == (0.5, 0.5)
    assert out["unscored"].notna().tolist() == [False, True, False, True, False, False]
    assert set(kept["time"]) == {pd.Timestamp(NOW)}
    assert kept["latency_ms"].isna().all()
    assert set(kept["version"]) == {3}
    assert set(kept["arm"]) == {"champion"}


def test_a_category_that_is_not_known_is_kept_as_it_came(tmp_path: Path) -> None:
    made = make(
        tmp_path, workflow=WorkflowSection(), fallback=(Fallback(use="constant", decision=True),)
    )
    frame = customers(4)
    frame.loc[1, "plan"] = "gold"
    frame.loc[2, "plan"] = "x" * 300
    made.deliver(made.table(frame, "in.parquet"), log=logged(tmp_path / "log"))
    kept = read(tmp_path / "log").to_pandas()
    assert kept["fallback"].tolist() == ["", "bad_input", "bad_input", ""]
    plans = [json.loads(each)["plan"] for each in kept["features"]]
    assert plans == ["basic", "gold", "x" * 197 + "...", "basic"]


def test_a_run_that_is_done_again_is_in_the_log_once(made: Made) -> None:
    table = made.table(bad_rows(4), "again.parquet")
    log = logged(made.folder / "again")
    made.deliver(table, "again-out.parquet", log=log, run=None)
    first = pd.read_parquet(made.folder / "again-out.parquet")["prediction"].tolist()
    made.deliver(table, "again-out.parquet", log=log, run=None)
    assert pd.read_parquet(made.folder / "again-out.parquet")["prediction"].tolist() == first
    assert read(made.folder / "again").column("id").to_pylist() == first
    made.deliver(table, "again-out.parquet", log=log, run="another")
    assert read(made.folder / "again").num_rows == 8


def test_one_id_for_other_rows_is_another_run_in_the_log(made: Made) -> None:
    log = logged(made.folder / "same_id")
    for rows in (bad_rows(4), bad_rows(6).iloc[1:]):
        made.deliver(made.table(rows, "same_id.parquet"), "same_id-out.parquet", log=log, run="r7")
    kept = read(made.folder / "same_id").to_pandas().set_index("id")
    out = pd.read_parquet(made.folder / "same_id-out.parquet")
    assert len(kept) == 4 + 5
    logged_scores = kept.loc[out["prediction"], "score"]
    np.testing.assert_array_equal(logged_scores.to_numpy(), out["score"].to_numpy())
    assert set(out["run"]) == {"r7"}
    again = made.folder / "same_id.parquet"
    again.write_bytes(again.read_bytes())  # as a scheduler's second try makes it
    made.deliver(again, "same_id-out.parquet", log=log, run="r7")
    assert read(made.folder / "same_id").num_rows == 9


def test_a_number_s_decision_is_kept_as_it_is(tmp_path: Path) -> None:
    made = make(tmp_path, "regression", workflow=WorkflowSection())
    made.deliver(made.table(customers(3)), "out.parquet", log=logged(tmp_path / "log"))
    kept = read(tmp_path / "log").to_pandas()
    np.testing.assert_allclose(kept["decision"], kept["score"] + 5.5)
    assert kept["key"].isna().all()


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_a_score_that_is_no_number_is_none_and_the_fallback_answers(tmp_path: Path) -> None:
    made = make(
        tmp_path, "regression", workflow=WorkflowSection(), grows=True,
        fallback=(Fallback(use="constant", decision=7.0),),
    )  # fmt: skip
    frame = customers(6)
    frame.loc[[1, 4], "tenure"] = 10**6
    frame.loc[3, "plan"] = None
    summary = made.deliver(made.table(frame, "in.parquet"), log=logged(tmp_path / "log"))
    assert (summary.rows, summary.unscored) == (3, 3)
    out = pd.read_parquet(tmp_path / "out.parquet")
    lost = "the score is no number"
    wanted = ["", lost, "", "plan has no value", lost, ""]
    assert out["unscored"].fillna("").tolist() == wanted
    assert np.isfinite(out["score"]).tolist() == [True, False, True, False, False, True]
    assert out["decision"].tolist()[1::3] == [7.0, 7.0]
    kept = read(tmp_path / "log").to_pandas()
    causes = ["", "model_error", "", "bad_input", "model_error", ""]
    assert kept["fallback"].tolist() == causes
    assert kept["decision"].tolist() == out["decision"].tolist()
    rejects = pd.read_parquet(tmp_path / "rejects.parquet")
    assert rejects["row"].tolist() == [1, 3, 4]
    assert rejects["tenure"].tolist() == [10**6, 3, 10**6]
    assert rejects["plan"].fillna("").tolist() == ["plus", "", "plus"]


def test_the_output_s_own_column_is_not_kept_from_the_table(made: Made) -> None:
    table = made.table(bad_rows().assign(prediction=1), "named.parquet")
    with pytest.raises(InvalidCall, match="'prediction' cannot be kept"):
        made.deliver(
            table, "named-out.parquet", keep=("prediction",), log=logged(made.folder / "none")
        )
    assert not (made.folder / "none").exists()
